// Finds a key by its id in a sender's JWKS, with one forced refresh where the id is not in what is kept.
// It fetches through the RemoteKeys port only, and an id that nobody knows costs no more than that refresh.

import { isJsonObject, type JsonObject } from '../json.ts';
import { err, ok, type Result } from '../result.ts';
import type { KeyDocument, RemoteKeyFailure, RemoteKeys } from './remote-keys.ts';
import type { KeyAlgorithm, SignatureCheck } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';
import type { FindKey } from './signed-scheme.ts';

/** A sender's key id: what may stand in a URL, a cache name and a log. */
export const keyIdPattern = /^[A-Za-z0-9._:-]{1,128}$/;

const reasons: Readonly<Record<RemoteKeyFailure, SignatureFailureReason>> = {
  not_allowed: 'key_not_allowed',
  not_found: 'key_unknown',
  unavailable: 'key_unavailable',
};

/** A key document's text, with the failure in the words of a verdict. */
export async function readKeyDocument(
  remoteKeys: RemoteKeys,
  document: KeyDocument,
  options: { readonly fresh?: boolean } = {},
): Promise<Result<string, SignatureFailureReason>> {
  const read = await remoteKeys.read(document, options);
  return read.ok ? read : err(reasons[read.error]);
}

export function parseJsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function keyIn(text: string, keyId: string): JsonObject | null {
  const { keys } = parseJsonObject(text) ?? {};
  if (!Array.isArray(keys)) return null;
  return keys.filter(isJsonObject).find(({ kid }) => kid === keyId) ?? null;
}

/** How long a JWKS is kept, ms: 24 h, what senders name; an unknown id refreshes it earlier. */
export const jwksMaxAgeMs = 24 * 3600 * 1000;

export async function readJwk(
  remoteKeys: RemoteKeys,
  document: KeyDocument,
  keyId: string,
): Promise<Result<JsonObject, SignatureFailureReason>> {
  for (const fresh of [false, true]) {
    const text = await readKeyDocument(remoteKeys, document, { fresh });
    if (!text.ok) return text;
    const key = keyIn(text.value, keyId);
    if (key !== null) return ok(key);
  }
  return err('key_unknown');
}

export type JwksKeyOptions = {
  readonly document: KeyDocument;
  /** The header that names the key. */
  readonly keyIdHeader: string;
  readonly algorithm: Exclude<KeyAlgorithm, 'hmac'>;
};

/** For a scheme whose header names the key: that key, out of the sender's JWKS. */
export function keyFromJwks({ document, keyIdHeader, algorithm }: JwksKeyOptions): FindKey {
  return async (check: SignatureCheck) => {
    const fail = (reason: SignatureFailureReason) => err({ reason, header: keyIdHeader });
    const keyId = check.request.headers[keyIdHeader] ?? '';
    if (keyId === '') return fail('missing_header');
    if (check.request.repeatedHeaders.includes(keyIdHeader)) return fail('repeated_header');
    if (!keyIdPattern.test(keyId)) return fail('key_unknown');
    const jwk = await readJwk(check.remoteKeys, document, keyId);
    if (!jwk.ok) return fail(jwk.error);
    const spec = { hash: 'SHA-256', secretForm: 'public_key', algorithm } as const;
    const key = await check.keys.keyOf(JSON.stringify(jwk.value), spec);
    return key === null ? fail('key_unusable') : ok(key);
  };
}
