// eBay: ECDSA with SHA-1 over the body; the header tells which of eBay's keys, and a key is had from eBay's API with an
// application token. The bytes that came are what is verified: a body that was formatted on its way is another body.

import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import { refused, textIn } from './body-fields.ts';
import { decodeBase64, encodeBase64 } from './decode-bytes.ts';
import { keyIdPattern, parseJsonObject, readKeyDocument } from './jwks.ts';
import type { VerificationKey } from './key-cache.ts';
import { matchKey } from './match-signature.ts';
import { onHost } from './remote-keys.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

export type EbayEnvironment = 'production' | 'sandbox';

const header = 'x-ebay-signature';
const hosts: Readonly<Record<EbayEnvironment, string>> = {
  production: 'api.ebay.com',
  sandbox: 'api.sandbox.ebay.com',
};
const scope = 'https://api.ebay.com/oauth/api_scope';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

/** A token is good for 7,200 s; ten minutes before that a new one is asked for, ms. */
const tokenMaxAgeMs = 6_600_000;
/** What eBay's own library keeps a key for, ms. */
const keyMaxAgeMs = 3_600_000;

async function readToken(
  check: SignatureCheck,
  environment: EbayEnvironment,
): Promise<Result<string, SignatureFailureReason>> {
  const { client_id: id, client_secret: secret } = check.credentials;
  if (id === undefined || secret === undefined) return err('source_incomplete');
  const text = await readKeyDocument(check.remoteKeys, {
    url: `https://${hosts[environment]}/identity/v1/oauth2/token`,
    allows: onHost(hosts[environment]),
    method: 'POST',
    headers: {
      authorization: `Basic ${encodeBase64(encoder.encode(`${id}:${secret}`))}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `grant_type=client_credentials&scope=${encodeURIComponent(scope)}`,
    cacheAs: `ebay ${environment} token of ${id}`,
    maxAgeMs: tokenMaxAgeMs,
  });
  if (!text.ok) return text;
  const token = textIn(parseJsonObject(text.value) ?? {}, 'access_token');
  return token === null ? err('key_unavailable') : ok(token);
}

async function findKey(
  check: SignatureCheck,
  environment: EbayEnvironment,
  keyId: string,
): Promise<Result<VerificationKey, SignatureFailureReason>> {
  const token = await readToken(check, environment);
  if (!token.ok) return token;
  const text = await readKeyDocument(check.remoteKeys, {
    url: `https://${hosts[environment]}/commerce/notification/v1/public_key/${encodeURIComponent(keyId)}`,
    allows: onHost(hosts[environment]),
    headers: { authorization: `Bearer ${token.value}` },
    cacheAs: `ebay ${environment} key ${keyId}`,
    maxAgeMs: keyMaxAgeMs,
  });
  if (!text.ok) return text;
  const pem = textIn(parseJsonObject(text.value) ?? {}, 'key') ?? '';
  const spec = { hash: 'SHA-1', secretForm: 'public_key', algorithm: 'ecdsa' } as const;
  const key = await check.keys.keyOf(pem, spec);
  return key === null ? err('key_unusable') : ok(key);
}

type Signature = { readonly keyId: string; readonly text: string };

function parseSignature(value: string): Result<Signature, SignatureFailureReason> {
  const bytes = decodeBase64(value);
  const parts = bytes === null ? null : parseJsonObject(decoder.decode(bytes));
  if (parts === null) return err('malformed_signature');
  const algorithm = (textIn(parts, 'alg') ?? '').toLowerCase();
  const digest = (textIn(parts, 'digest') ?? '').toUpperCase();
  if (algorithm !== 'ecdsa' || digest !== 'SHA1') return err('algorithm_not_allowed');
  const keyId = textIn(parts, 'kid') ?? '';
  return keyIdPattern.test(keyId)
    ? ok({ keyId, text: textIn(parts, 'signature') ?? '' })
    : err('key_unknown');
}

async function verify(environment: EbayEnvironment, check: SignatureCheck): Promise<SignatureVerdict> {
  const { headers, repeatedHeaders, body } = check.request;
  if (repeatedHeaders.includes(header)) return refused('repeated_header', header);
  const value = headers[header] ?? '';
  if (value.trim() === '') return refused('missing_signature', header);
  if (value.length > limits.maxSignatureHeaderCharacters) return refused('signature_too_long', header);
  const signature = parseSignature(value);
  if (!signature.ok) return refused(signature.error, header);
  const key = await findKey(check, environment, signature.value.keyId);
  if (!key.ok) return refused(key.error, header);
  const texts = [signature.value.text];
  const match = await matchKey(key.value, { texts, encoding: 'der_base64', contents: [body] });
  return match === 'match' ? { ok: true, verifiedWith: 'current' } : refused(match, header);
}

/** The secret is the verification token, which proves the endpoint to eBay when it is registered. */
export function ebayScheme(environment: EbayEnvironment): SignatureScheme {
  return {
    name: 'ebay',
    headers: [header],
    needsUrl: true,
    secretProblem: (secret) => secretFormProblem(secret, 'text'),
    verify: (check) => verify(environment, check),
  };
}
