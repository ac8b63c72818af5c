// PayPal: RSA over transmission id, time, webhook id and a CRC of the body, with a certificate that PayPal hosts. The
// secret is the webhook id: what makes a signature, which any customer can bring about, one for this source.
// The certificate must come from PayPal's own API over https, be in its time and be named as PayPal names it.

import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import { refused } from './body-fields.ts';
import { checkTimestamp } from './check-timestamp.ts';
import { crc32 } from './crc32.ts';
import { readKeyDocument } from './jwks.ts';
import type { VerificationKey } from './key-cache.ts';
import { matchKey, matchSecrets } from './match-signature.ts';
import { parseCertificate } from './public-key.ts';
import type { KeyDocument } from './remote-keys.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailure, SignatureFailureReason } from './signature-failure.ts';

const names = {
  id: 'paypal-transmission-id',
  time: 'paypal-transmission-time',
  signature: 'paypal-transmission-sig',
  certificate: 'paypal-cert-url',
  algorithm: 'paypal-auth-algo',
} as const;

const certificatePath = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,128}$/;
const commonNames: ReadonlyMap<string, string> = new Map([
  ['api.paypal.com', 'messageverificationcerts.paypal.com'],
  ['api-m.paypal.com', 'messageverificationcerts.paypal.com'],
  ['api.sandbox.paypal.com', 'messageverificationcerts.sandbox.paypal.com'],
  ['api-m.sandbox.paypal.com', 'messageverificationcerts.sandbox.paypal.com'],
]);

/** A certificate's address names it, and it lasts a year; a day bounds how long a withdrawn one is believed, ms. */
const certificateMaxAgeMs = 86_400_000;

/** PayPal sends one event for three days and does not say under which time. */
const anyAge = { unit: 'iso', pastToleranceSeconds: null, futureToleranceSeconds: null } as const;
const encoder = new TextEncoder();

type Headers = Readonly<Record<keyof typeof names, string>>;

function readHeaders({ request }: SignatureCheck): Result<Headers, SignatureFailure> {
  const fail = (reason: SignatureFailureReason, header: string) => err({ reason, header });
  const found: Record<string, string> = {};
  for (const [key, name] of Object.entries(names)) {
    const value = request.headers[name] ?? '';
    if (request.repeatedHeaders.includes(name)) return fail('repeated_header', name);
    const isSignature = key === 'signature';
    if (value.trim() === '') return fail(isSignature ? 'missing_signature' : 'missing_header', name);
    if (value.length > limits.maxSignatureHeaderCharacters) return fail('signature_too_long', name);
    found[key] = value;
  }
  return ok(found as Headers);
}

async function findKey(
  check: SignatureCheck,
  url: string,
): Promise<Result<VerificationKey, SignatureFailureReason>> {
  const document: KeyDocument = {
    url,
    allows: ({ hostname, pathname, search }) =>
      commonNames.has(hostname) && certificatePath.test(pathname) && search === '',
    cacheAs: `paypal ${url}`,
    maxAgeMs: certificateMaxAgeMs,
  };
  const text = await readKeyDocument(check.remoteKeys, document);
  if (!text.ok) return text;
  const certificate = parseCertificate(text.value);
  const expected = commonNames.get(URL.parse(url)?.hostname ?? '');
  if (certificate === null || certificate.commonName !== expected) return err('key_unusable');
  if (check.now < certificate.notBeforeAt || check.now > certificate.notAfterAt) return err('key_unusable');
  const spec = { hash: 'SHA-256', secretForm: 'public_key', algorithm: 'rsa' } as const;
  const key = await check.keys.keyOf(text.value, spec);
  return key === null ? err('key_unusable') : ok(key);
}

async function verify(check: SignatureCheck): Promise<SignatureVerdict> {
  const headers = readHeaders(check);
  if (!headers.ok) return { ok: false, ...headers.error };
  const { id, time, signature, certificate, algorithm } = headers.value;
  if (algorithm !== 'SHA256withRSA') return refused('algorithm_not_allowed', names.algorithm);
  const { now, toleranceSeconds, request } = check;
  const timely = checkTimestamp({ text: time, now, toleranceSeconds }, anyAge);
  if (!timely.ok) return refused(timely.error, names.time);
  const key = await findKey(check, certificate);
  if (!key.ok) return refused(key.error, names.certificate);
  const checksum = crc32(request.body);
  return matchSecrets(check, names.signature, async (webhookId) => {
    if (webhookId.trim() === '') return 'secret_unusable';
    const content = encoder.encode(`${id}|${time}|${webhookId}|${checksum}`);
    return matchKey(key.value, {
      texts: [signature],
      encoding: 'base64',
      contents: [new Uint8Array(content)],
    });
  });
}

export const paypalScheme: SignatureScheme = {
  name: 'paypal',
  headers: [names.signature],
  needsUrl: false,
  secretProblem: (secret) => secretFormProblem(secret, 'text'),
  verify,
};
