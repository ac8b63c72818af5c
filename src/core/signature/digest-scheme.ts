// A plain digest over the secret and the content, no HMAC (HubSpot v1 and v2). Weaker than what replaced it: it signs no
// time, so a captured request stays good. No I/O, no clock, and it never throws.

import { limits } from '../limits.ts';
import { equalTexts } from './constant-time.ts';
import { encodeHex } from './decode-bytes.ts';
import { matchSecrets } from './match-signature.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict, SignedPart } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailureReason } from './signature-failure.ts';
import { joinBytes, signedContent } from './signed-content.ts';

export type DigestSchemeOptions = {
  readonly name: string;
  /** In lower case. */
  readonly header: string;
  /** What follows the secret. */
  readonly signed: readonly SignedPart[];
  /** A header that names the version, where it comes: another value is another scheme's signature. */
  readonly version: { readonly header: string; readonly value: string };
};

const encoder = new TextEncoder();
const sha256Hex = /^[0-9a-f]{64}$/;

function refuse(options: DigestSchemeOptions, check: SignatureCheck): SignatureFailureReason | null {
  const { header, version } = options;
  const { headers, repeatedHeaders } = check.request;
  if ([header, version.header].some((name) => repeatedHeaders.includes(name))) return 'repeated_header';
  const value = headers[header] ?? '';
  if (value.trim() === '') return 'missing_signature';
  if (value.length > limits.maxSignatureHeaderCharacters) return 'signature_too_long';
  if (value.includes(',')) return 'repeated_header';
  if ((headers[version.header] ?? version.value) !== version.value) return 'algorithm_not_allowed';
  return sha256Hex.test(value) ? null : 'malformed_signature';
}

async function verify(options: DigestSchemeOptions, check: SignatureCheck): Promise<SignatureVerdict> {
  const { header, signed } = options;
  if (check.publicUrl === null && signed.some(({ kind }) => kind === 'url')) {
    return { ok: false, reason: 'source_incomplete', header: null };
  }
  const refused = refuse(options, check);
  if (refused !== null) return { ok: false, reason: refused, header };
  const { request, publicUrl } = check;
  const content = signedContent(signed, { request, timestamp: null, publicUrl });
  const shown = request.headers[header] ?? '';
  return matchSecrets(check, header, async (secret) => {
    if (secret.trim() === '') return 'secret_unusable';
    const bytes = joinBytes([encoder.encode(secret), content]);
    const expected = encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
    return (await equalTexts(shown, expected)) ? 'match' : 'mismatch';
  });
}

export function digestScheme(options: DigestSchemeOptions): SignatureScheme {
  return {
    name: options.name,
    headers: [options.header],
    needsUrl: options.signed.some(({ kind }) => kind === 'url'),
    secretProblem: (secret) => secretFormProblem(secret, 'text'),
    verify: (check) => verify(options, check),
  };
}
