// Imported keys, so that a webhook does not pay for the import of a key that was used a moment ago.
// Bounded, least recently used out first. It holds secrets in memory: make one per isolate, log nothing of it.
// It decides nothing: whether a secret is still good is the caller's, so a dropped secret left here opens no door.

import { limits } from '../limits.ts';
import type { HmacHash, HmacScheme } from './scheme.ts';
import { type SecretBytes, secretBytes } from './secret-bytes.ts';

export type VerificationKey = { readonly algorithm: SecretBytes['algorithm']; readonly key: CryptoKey };

export interface KeyCache {
  /** Null where the secret is unusable. Never rejects. */
  keyOf(secret: string, scheme: Pick<HmacScheme, 'hash' | 'secretForm'>): Promise<VerificationKey | null>;
  readonly size: number;
}

async function importKey(secret: SecretBytes, hash: HmacHash): Promise<VerificationKey | null> {
  const algorithm = secret.algorithm === 'hmac' ? { name: 'HMAC', hash } : { name: 'Ed25519' };
  try {
    const key = await crypto.subtle.importKey('raw', secret.bytes, algorithm, false, ['verify']);
    return { algorithm: secret.algorithm, key };
  } catch {
    // A public key that is no point of the curve: some runtimes notice it here, others when they verify.
    return null;
  }
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
    async keyOf(secret, scheme) {
      const name = `${scheme.secretForm} ${scheme.hash} ${secret}`;
      const known = keys.get(name);
      if (known !== undefined) {
        remember(name, known);
        return known;
      }
      const bytes = secretBytes(secret, scheme.secretForm);
      const imported = bytes === null ? null : await importKey(bytes, scheme.hash);
      if (imported !== null) remember(name, imported);
      return imported;
    },
    get size() {
      return keys.size;
    },
  };
}
