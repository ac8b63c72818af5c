// A published vector: one request, what it was signed with, and whether it is genuine. The format is that of the facts the
// vectors came with; every field but the request and the verdict may be missing.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Challenge = {
  readonly expected?: string;
  readonly response_json?: unknown;
  readonly response_content_type?: string;
  readonly status?: number;
};

export type Vector = {
  readonly name: string;
  readonly provider?: string;
  readonly scheme?: string;
  readonly secret?: string;
  /** Rotation: any of them. */
  readonly secrets?: readonly string[];
  readonly secret_hex?: string;
  readonly secret_base64?: string;
  readonly secret_base64url?: string;
  readonly secret_normalize?: string;
  /** BigCommerce: the text that is the key; `secret` is then what the vendor's library is fed with. */
  readonly client_secret?: string;
  readonly publicKey?: string;
  readonly publicKeys?: readonly string[];
  readonly publicKeyJwk?: Readonly<Record<string, unknown>>;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly certificate?: string;
  readonly key_id?: string;
  readonly webhook_id?: string;
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of `body`, for one that is no text. */
  readonly body_base64?: string;
  /** Epoch seconds, milliseconds, or ISO 8601. */
  readonly now?: number | string;
  /** Seconds. */
  readonly tolerance?: number;
  readonly hash?: string;
  readonly encoding?: string;
  readonly signature_header?: string;
  readonly signature_prefix?: string;
  readonly prefix_optional?: boolean;
  /** Signed content as a template such as `{ts}.{body}`. */
  readonly template?: string;
  readonly signed_content?: string;
  readonly timestamp_header?: string;
  readonly issuer?: string;
  readonly iss?: string;
  readonly audience?: string;
  readonly aud?: string;
  readonly expect_status?: number;
  readonly challenge?: Challenge;
  readonly valid: boolean;
};

export type VectorFile = { readonly file: string; readonly vectors: readonly Vector[] };

/** Every .json of the folder, by name; a file that is no list of vectors is an error of the folder. */
export function readVectorFolder(folder: string): readonly VectorFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, vectors: parse(join(folder, file)) }));
}

function parse(path: string): readonly Vector[] {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const list = Array.isArray(content) ? content : (content as { vectors?: unknown }).vectors;
  if (!Array.isArray(list)) throw new Error(`${path} is no list of vectors`);
  return list as readonly Vector[];
}

/** Names in lower case, as stage 1 gives them. */
export function headersOf(vector: Vector): Readonly<Record<string, string>> {
  const entries = Object.entries(vector.headers ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** A letter or digit of a name, so that `aws-sns`, `AWS SNS` and `awssns` are one sender. */
export function plainName(name: string | undefined): string {
  return (name ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
}

const milliseconds = 1e11;

/** When the request arrived, epoch ms. A vector without a time was recorded at the time it is signed for. */
export function arrivalOf(vector: Vector): number {
  return toEpochMs(vector.now) ?? signedTimeOf(vector) ?? Date.UTC(2026, 0, 1);
}

const timeHeader = /timestamp|transmission-time|request-time/;

function signedTimeOf(vector: Vector): number | null {
  const headers = headersOf(vector);
  for (const [name, value] of Object.entries(headers)) {
    const inList = /(?:^|[,;\s])(?:t|ts)=(\d{1,13})(?:$|[,;])/.exec(value)?.[1];
    const time = toEpochMs(inList ?? (timeHeader.test(name) ? value : undefined));
    if (time !== null) return time;
  }
  return timeInBody(vector.body ?? '');
}

function timeInBody(text: string): number | null {
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    const signature = body?.signature as Record<string, unknown> | undefined;
    const times = [body?.webhookTimestamp, body?.Timestamp, signature?.timestamp];
    return times.map(toEpochMs).find((time) => time !== null) ?? null;
  } catch {
    return toEpochMs(new URLSearchParams(text).get('timestamp'));
  }
}

function toEpochMs(value: unknown): number | null {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{1,14}$/.test(value))) {
    return Number(value) < milliseconds ? Number(value) * 1000 : Number(value);
  }
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}
