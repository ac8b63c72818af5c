// The comparison itself: is one of these texts the signature of one of these contents under one of these keys?
// crypto.subtle.verify compares in constant time. No I/O, no clock, and it never throws.

import { decodeBytes } from './decode-bytes.ts';
import { ecdsaSignatureFromDer } from './der.ts';
import type { KeySpec, VerificationKey } from './key-cache.ts';
import type { SignatureCheck, SignatureEncoding, SignatureVerdict } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Candidates = {
  readonly texts: readonly string[];
  /** Those that count where the key is an Ed25519 public key beside HMAC secrets. */
  readonly ed25519?: readonly string[];
  readonly encoding: SignatureEncoding;
  /** What may have been signed: more than one where a sender writes one thing in several ways. */
  readonly contents: readonly Bytes[];
};

function decodeFor(key: VerificationKey, text: string, encoding: SignatureEncoding): Bytes | null {
  const bytes = decodeBytes(text, encoding);
  if (bytes === null || encoding !== 'der_base64') return bytes;
  return ecdsaSignatureFromDer(bytes, key.signatureBytes / 2);
}

/** A text of the wrong length or alphabet is no signature: it never reaches the comparison. */
function signaturesFor(key: VerificationKey, candidates: Candidates): readonly Bytes[] {
  const { texts, ed25519, encoding } = candidates;
  const counting = key.algorithm === 'ed25519' && ed25519 !== undefined ? ed25519 : texts;
  return counting
    .map((text) => decodeFor(key, text, encoding))
    .filter((bytes) => bytes !== null)
    .filter((bytes) => bytes.length === key.signatureBytes);
}

async function isSignature(key: VerificationKey, signature: Bytes, content: Bytes): Promise<boolean> {
  try {
    return await crypto.subtle.verify(key.parameters, key.key, signature, content);
  } catch {
    // A public key that is no point of the curve. It verifies nothing.
    return false;
  }
}

export type KeyMatch = 'match' | 'mismatch' | 'malformed_signature';

export async function matchKey(key: VerificationKey, candidates: Candidates): Promise<KeyMatch> {
  const signatures = signaturesFor(key, candidates);
  for (const signature of signatures) {
    for (const content of candidates.contents) {
      if (await isSignature(key, signature, content)) return 'match';
    }
  }
  return signatures.length === 0 ? 'malformed_signature' : 'mismatch';
}

export type SecretMatch = KeyMatch | SignatureFailureReason;

/**
 * Tries the current secret, then the previous one; which of them matched is in the verdict. Of the reasons why none
 * did, an unusable secret is told first: that is for the operator, whatever the sender sent.
 */
export async function matchSecrets(
  { secrets }: Pick<SignatureCheck, 'secrets'>,
  header: string | null,
  match: (secret: string) => Promise<SecretMatch>,
): Promise<SignatureVerdict> {
  const reasons: SignatureFailureReason[] = [];
  for (const which of ['current', 'previous'] as const) {
    const secret = secrets[which];
    if (secret === null) continue;
    const found = await match(secret);
    if (found === 'match') return { ok: true, verifiedWith: which };
    reasons.push(found);
  }
  if (reasons.includes('secret_unusable')) return { ok: false, reason: 'secret_unusable', header: null };
  const [first = 'secret_unusable'] = reasons;
  const reason = reasons.find((each) => each !== 'malformed_signature') ?? first;
  return { ok: false, reason, header };
}

/** The plain case: every secret is a key. */
export function matchSecretKeys(
  check: Pick<SignatureCheck, 'secrets' | 'keys'>,
  options: { readonly spec: KeySpec; readonly candidates: Candidates; readonly header: string | null },
): Promise<SignatureVerdict> {
  return matchSecrets(check, options.header, async (secret) => {
    const key = await check.keys.keyOf(secret, options.spec);
    return key === null ? 'secret_unusable' : matchKey(key, options.candidates);
  });
}
