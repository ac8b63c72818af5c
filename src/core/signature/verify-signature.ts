// Says whether a request was signed with one of the source's secrets, and if not, why not.
// WebCrypto only, compared in constant time by crypto.subtle.verify. No I/O, no clock, and it never throws:
// whatever arrives, the answer is a value.

import { err, ok, type Result } from '../result.ts';
import type { ReceivedRequest, SourceSecrets } from '../source.ts';
import { checkTimestamp } from './check-timestamp.ts';
import { decodeBytes } from './decode-bytes.ts';
import type { KeyCache, VerificationKey } from './key-cache.ts';
import { readSignatures, type SignatureTexts } from './read-signatures.ts';
import type { HmacHash, HmacScheme, SignatureScheme } from './scheme.ts';
import type { SignatureFailure, SignatureFailureReason } from './signature-failure.ts';
import { signedContent } from './signed-content.ts';

export type SignedRequest = Pick<ReceivedRequest, 'method' | 'headers' | 'repeatedHeaders' | 'body'>;

export type SignatureVerdict =
  | { readonly ok: true; readonly verifiedWith: 'current' | 'previous' }
  | ({ readonly ok: false } & SignatureFailure);

export type SignatureCheck = {
  readonly scheme: SignatureScheme;
  readonly secrets: SourceSecrets;
  readonly request: SignedRequest;
  /** When the request arrived, epoch ms: tolerance is measured at the edge, never after a queue. */
  readonly now: number;
  readonly keys: KeyCache;
};

const hashBytes: Readonly<Record<HmacHash, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };
const ed25519SignatureBytes = 64;

/** The scheme that must hold for this request: of several header families the first one present. */
export function chooseScheme(scheme: SignatureScheme, headers: SignedRequest['headers']): HmacScheme {
  if (scheme.kind === 'hmac') return scheme;
  const present = scheme.schemes.find((candidate) => headers[candidate.place.name] !== undefined);
  return present ?? scheme.schemes[0];
}

type Signed = { readonly texts: SignatureTexts; readonly timestamp: string | null };

/** Headers that must be there once, besides the signature's. */
function requiredHeaders(scheme: HmacScheme): readonly string[] {
  const timestampHeader = scheme.timestamp?.header ?? null;
  return timestampHeader === null ? scheme.requiredHeaders : [timestampHeader, ...scheme.requiredHeaders];
}

/** Everything that can be refused without touching the body. */
function readSigned(
  scheme: HmacScheme,
  request: SignedRequest,
  now: number,
): Result<Signed, SignatureFailure> {
  const fail = (reason: SignatureFailureReason, header: string) => err({ reason, header });
  const name = scheme.place.name;
  const repeated = [name, ...requiredHeaders(scheme)].find((header) =>
    request.repeatedHeaders.includes(header),
  );
  if (repeated !== undefined) return fail('repeated_header', repeated);
  const texts = readSignatures(request.headers[name], scheme.place);
  if (!texts.ok) return fail(texts.error, name);
  const missing = scheme.requiredHeaders.find((header) => (request.headers[header] ?? '') === '');
  if (missing !== undefined) return fail('missing_header', missing);
  if (scheme.timestamp === null) return ok({ texts: texts.value, timestamp: null });
  const { header } = scheme.timestamp;
  const timestamp = header === null ? texts.value.timestamp : (request.headers[header] ?? null);
  const checked = checkTimestamp(timestamp, scheme.timestamp, now);
  return checked.ok ? ok({ texts: texts.value, timestamp }) : fail(checked.error, header ?? name);
}

type Candidates = { readonly signatures: readonly Uint8Array<ArrayBuffer>[]; readonly algorithm: string };

/** A text of the wrong length or alphabet is no candidate: it never reaches the comparison. */
function candidatesFor(key: VerificationKey, texts: SignatureTexts, scheme: HmacScheme): Candidates {
  const ofHmac = key.algorithm === 'hmac';
  const length = ofHmac ? hashBytes[scheme.hash] : ed25519SignatureBytes;
  const signatures = (ofHmac ? texts.hmac : texts.ed25519)
    .map((text) => decodeBytes(text, scheme.encoding))
    .filter((bytes) => bytes !== null)
    .filter((bytes) => bytes.length === length);
  return { signatures, algorithm: ofHmac ? 'HMAC' : 'Ed25519' };
}

async function anyMatches(
  candidates: Candidates,
  key: CryptoKey,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const signature of candidates.signatures) {
    try {
      if (await crypto.subtle.verify(candidates.algorithm, key, signature, content)) return true;
    } catch {
      // A public key that is no point of the curve. It verifies nothing.
    }
  }
  return false;
}

async function compare(check: SignatureCheck, scheme: HmacScheme, signed: Signed): Promise<SignatureVerdict> {
  const { secrets, request, keys } = check;
  const header = scheme.place.name;
  const content = signedContent(scheme.signed, request, signed.timestamp);
  let candidateCount = 0;
  let unusable = false;
  for (const which of ['current', 'previous'] as const) {
    const secret = secrets[which];
    if (secret === null) continue;
    const key = await keys.keyOf(secret, scheme);
    if (key === null) {
      unusable = true;
      continue;
    }
    const candidates = candidatesFor(key, signed.texts, scheme);
    candidateCount += candidates.signatures.length;
    if (await anyMatches(candidates, key.key, content)) return { ok: true, verifiedWith: which };
  }
  if (unusable) return { ok: false, reason: 'secret_unusable', header: null };
  return { ok: false, reason: candidateCount === 0 ? 'malformed_signature' : 'mismatch', header };
}

/** The current secret is tried first, then the previous one; which of them matched is in the verdict. */
export async function verifySignature(check: SignatureCheck): Promise<SignatureVerdict> {
  const scheme = chooseScheme(check.scheme, check.request.headers);
  const signed = readSigned(scheme, check.request, check.now);
  return signed.ok ? compare(check, scheme, signed.value) : { ok: false, ...signed.error };
}
