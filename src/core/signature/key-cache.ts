// Imported keys, so that a webhook does not pay for the import of a key that was used a moment ago.
// Bounded, least recently used out first. It holds secrets in memory: make one per isolate, log nothing of it.
// It decides nothing: whether a secret is still good is the caller's, so a dropped secret left here opens no door.

import { limits } from '../limits.ts';
import { importPublicKey } from './public-key.ts';
import type { HmacHash, KeyAlgorithm, SecretForm } from './scheme.ts';
import { type SecretBytes, secretBytes } from './secret-bytes.ts';

export type VerificationKey = {
  readonly algorithm: KeyAlgorithm;
  readonly key: CryptoKey;
  /** What `subtle.verify` is called with. */
  readonly parameters: { readonly name: string; readonly hash?: string };
  /** Length of a signature as WebCrypto takes it: a text of another length is none. */
  readonly signatureBytes: number;
};

export type KeySpec = {
  readonly hash: HmacHash;
  readonly secretForm: SecretForm;
  /** Of a public key; default rsa. */
  readonly algorithm?: KeyAlgorithm;
};

export interface KeyCache {
  /** Null where the secret is unusable. Never rejects. */
  keyOf(secret: string, spec: KeySpec): Promise<VerificationKey | null>;
  readonly size: number;
}

const hashBytes: Readonly<Record<HmacHash, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };
const ed25519SignatureBytes = 64;

async function importSecret(secret: SecretBytes, hash: HmacHash): Promise<VerificationKey | null> {
  const { algorithm, bytes } = secret;
  const ofHmac = algorithm === 'hmac';
  const parameters = { name: ofHmac ? 'HMAC' : 'Ed25519' };
  try {
    const importAs = ofHmac ? { ...parameters, hash } : parameters;
    const key = await crypto.subtle.importKey('raw', bytes, importAs, false, ['verify']);
    const signatureBytes = ofHmac ? hashBytes[hash] : ed25519SignatureBytes;
    return { algorithm, key, parameters, signatureBytes };
  } catch {
    // A public key that is no point of the curve: some runtimes notice it here, others when they verify.
    return null;
  }
}

async function importKey(secret: string, spec: KeySpec): Promise<VerificationKey | null> {
  if (spec.secretForm !== 'public_key') {
    const bytes = secretBytes(secret, spec.secretForm);
    return bytes === null ? null : importSecret(bytes, spec.hash);
  }
  const algorithm = spec.algorithm === undefined || spec.algorithm === 'hmac' ? 'rsa' : spec.algorithm;
  const found = await importPublicKey(secret, algorithm, spec.hash);
  return found === null ? null : { algorithm, ...found };
}

export function createKeyCache(
  options: { readonly maxKeys: number } = { maxKeys: limits.maxCachedKeys },
): KeyCache {
  const keys = new Map<string, VerificationKey>();

  function remember(name: string, key: VerificationKey): void {
    keys.delete(name);
    keys.set(name, key);
    if (keys.size > options.maxKeys) {
      const oldest = keys.keys().next();
      if (oldest.done !== true) keys.delete(oldest.value);
    }
  }

  return {
    async keyOf(secret, spec) {
      const name = `${spec.secretForm} ${spec.hash} ${spec.algorithm ?? ''} ${secret}`;
      const known = keys.get(name);
      if (known !== undefined) {
        remember(name, known);
        return known;
      }
      const imported = await importKey(secret, spec);
      if (imported !== null) remember(name, imported);
      return imported;
    },
    get size() {
      return keys.size;
    },
  };
}
