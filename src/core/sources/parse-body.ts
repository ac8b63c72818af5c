// From a body's bytes to its payload, by what kind of body the sender sends: JSON, a form, or JSON line by line.
// Pure; never throws.

import type { JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { ParseProblem, ReceivedRequest } from '../source.ts';
import { parseJsonBody } from './parse-json-body.ts';

export type BodyKind = 'json' | 'form' | 'json_or_form' | 'json_lines';

type Body = Pick<ReceivedRequest, 'headers' | 'body'>;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const formType = 'application/x-www-form-urlencoded';

export function isForm(headers: Body['headers']): boolean {
  return (headers['content-type'] ?? '').toLowerCase().startsWith(formType);
}

function decode(bytes: Body['body']): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** A field that comes several times is a list of its texts. */
function parseForm(bytes: Body['body']): Result<JsonValue, ParseProblem> {
  const text = decode(bytes);
  if (text === null) return err({ reason: 'not_utf8', field: 'body', rule: 'must be UTF-8' });
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === '__proto__') continue;
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : [known, value].flat());
  }
  if (fields.size > limits.maxFormFields) {
    const rule = `must have at most ${limits.maxFormFields} fields`;
    return err({ reason: 'too_many_items', field: 'body', rule });
  }
  return ok(Object.fromEntries(fields));
}

/** One value, or one on each line, which then is a list. */
function parseJsonLines(bytes: Body['body']): Result<JsonValue, ParseProblem> {
  const whole = parseJsonBody(bytes);
  if (whole.ok || whole.error.reason !== 'not_json') return whole;
  const values: JsonValue[] = [];
  for (const line of (decode(bytes) ?? '').split('\n')) {
    if (line.trim() === '') continue;
    const parsed = parseJsonBody(new Uint8Array(new TextEncoder().encode(line)));
    if (!parsed.ok) return whole;
    values.push(parsed.value);
  }
  return values.length === 0 ? whole : ok(values);
}

export function parseBody(kind: BodyKind, request: Body): Result<JsonValue, ParseProblem> {
  switch (kind) {
    case 'json':
      return parseJsonBody(request.body);
    case 'form':
      return parseForm(request.body);
    case 'json_or_form':
      return isForm(request.headers) ? parseForm(request.body) : parseJsonBody(request.body);
    case 'json_lines':
      return parseJsonLines(request.body);
  }
}
