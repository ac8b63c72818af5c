// Signs for a sender that has no signer: what its scheme's row says is put together and signed with node:crypto.
// For a person who wants to try a sender of their own; no test relies on it, for it reads the relay's own definition.

import { createHmac } from 'node:crypto';
import type { SignedPart, SignedRow } from '../../src/core/signature/scheme.ts';
import { json, type SignedRequest, type Signing, toBody, toIsoSeconds, toSeconds } from './signing.ts';

const hashes = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' } as const;

function toKey(secret: string, form: SignedRow['secretForm']): Buffer {
  switch (form) {
    case 'hex':
      return Buffer.from(secret, 'hex');
    case 'base64':
    case 'base64url':
      return Buffer.from(secret, form);
    case 'whsec_base64':
      return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    case 'nfkd_text':
      return Buffer.from(secret.normalize('NFKD'));
    default:
      return Buffer.from(secret);
  }
}

function timeOf({ timestamp }: SignedRow, now: number): string {
  switch (timestamp?.unit) {
    case 'ms':
      return String(now);
    case 'iso':
      return toIsoSeconds(now);
    case 'rfc2822':
      return new Date(now).toUTCString().replace('GMT', '+0000');
    default:
      return String(toSeconds(now));
  }
}

type From = {
  readonly body: string;
  readonly time: string;
  readonly headers: Record<string, string>;
  readonly url: string;
};

function textOf(part: SignedPart, { body, time, headers, url }: From): string {
  switch (part.kind) {
    case 'raw':
      return body;
    case 'raw_base64':
      return Buffer.from(body).toString('base64');
    case 'text':
      return part.text;
    case 'header':
      return headers[part.name] ?? '';
    case 'method':
      return 'POST';
    case 'timestamp':
      return time;
    case 'url':
      return url;
    case 'url_path': {
      const { pathname, search } = new URL(url);
      return pathname + search;
    }
  }
}

function place({ place: at }: SignedRow, time: string, signature: string): readonly [string, string] {
  switch (at.kind) {
    case 'header':
      return [at.name, (at.prefix ?? '') + signature];
    case 'key_values':
      return [at.name, `${at.timestampKey}=${time}${at.separator}${at.signatureKey}=${signature}`];
    case 'versioned_list':
      return [at.name, `${at.version},${signature}`];
    case 'numbered':
      return [`${at.name}1`, signature];
  }
}

/** Null where the row's key is none that could be written down: a public key signs nothing. */
export function signByRow(
  row: SignedRow,
  signing: Signing,
  headers: Readonly<Record<string, string>>,
): SignedRequest | null {
  if (row.algorithm !== 'hmac') return null;
  const body = toBody(signing.payload);
  const time = timeOf(row, signing.now);
  const header = row.timestamp?.header ?? null;
  const own = { ...json, ...headers, ...(header === null ? {} : { [header]: time }) };
  const from = { body, time, headers: own, url: signing.url ?? '' };
  const content = row.signed.map((part) => textOf(part, from)).join('');
  const encoding = row.encoding === 'der_base64' ? 'base64' : row.encoding;
  const key = toKey(signing.secret, row.secretForm);
  const signature = createHmac(hashes[row.hash], key).update(content).digest(encoding);
  const [name, value] = place(row, time, signature);
  return { body, headers: { ...own, [name]: value } };
}
