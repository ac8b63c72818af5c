// The part of the configuration that says where traces go, and how many. A part of variables-config.ts. All problems at once; no
// message may hold a secret.

import { checkBaseUrl } from './core/egress.ts';
import type { ConfigProblem } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import { trimEnd } from './core/trim-end.ts';
import { type Environment, readText, secretsFile, variablesFile } from './environment.ts';

export type TraceSettings = {
  /** Where spans are posted: the endpoint and `/v1/traces`. */
  readonly url: string;
  /** What the collector wants to see, its key above all. */
  readonly headers: Readonly<Record<string, string>>;
  /** 0 to 1. */
  readonly sampleRatio: number;
  readonly senderTrace: 'parent' | 'link';
};

/** Null: nothing is traced. */
export function readTraceSettings(
  environment: Environment,
): Result<TraceSettings | null, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const refuse = (field: string, rule: string, file = variablesFile): void => {
    problems.push({ file, field, rule });
  };
  const endpoint = readText(environment, 'OTLP_ENDPOINT');
  const network = readText(environment, 'OTLP_NETWORK') ?? 'public';
  if (network !== 'public' && network !== 'private') refuse('OTLP_NETWORK', 'must be public or private');
  const checked =
    endpoint === null ? null : checkBaseUrl(endpoint, network === 'private' ? 'private' : 'public');
  if (checked?.ok === false) refuse('OTLP_ENDPOINT', checked.error.message);
  const headers = readHeaders(readText(environment, 'OTLP_HEADERS') ?? '');
  if (headers === null)
    refuse('OTLP_HEADERS', 'must be name=value, joined by commas, values percent-encoded', secretsFile);
  const ratio = readRatio(environment.OTLP_SAMPLE_RATIO);
  if (ratio === null) refuse('OTLP_SAMPLE_RATIO', 'must be a number from 0 to 1, such as 0.05');
  const senderTrace = readText(environment, 'OTLP_SENDER_TRACE') ?? 'parent';
  if (senderTrace !== 'parent' && senderTrace !== 'link')
    refuse('OTLP_SENDER_TRACE', 'must be parent or link');
  if (problems.length > 0) return err(problems);
  if (endpoint === null) return ok(null);
  return ok({
    url: `${trimEnd(endpoint, '/')}/v1/traces`,
    headers: headers ?? {},
    sampleRatio: ratio ?? 1,
    senderTrace: senderTrace === 'link' ? 'link' : 'parent',
  });
}

function readRatio(value: unknown): number | null {
  if (value === undefined || value === '') return 1;
  const ratio = /^\d(\.\d{1,9})?$/.test(String(value)) ? Number(value) : Number.NaN;
  return ratio >= 0 && ratio <= 1 ? ratio : null;
}

/** What an exporter sets itself. */
const ownHeaders: ReadonlySet<string> = new Set(['content-type', 'content-length', 'host', 'traceparent']);

/** As OTEL_EXPORTER_OTLP_HEADERS is written. Null: it is not. */
function readHeaders(text: string): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim().toLowerCase();
    const value = decode(pair.slice(at + 1).trim());
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) || ownHeaders.has(name)) return null;
    if (value === null || !/^[\x20-\x7e]{1,4096}$/.test(value)) return null;
    headers[name] = value;
  }
  return headers;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
