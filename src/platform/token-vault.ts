// Encrypts what is kept of tokens: AES-256-GCM, the key a Worker secret, the target's id bound in, so that a token moved to
// another target is worth nothing. What another key encrypted reads as absent. May log nothing.

export type TokenVault = {
  readonly seal: (target: string, text: string) => Promise<string>;
  /** Null: another key's, changed, or of another target. */
  readonly open: (target: string, sealed: string) => Promise<string | null>;
};

const ivBytes = 12;
const format = 'v1';

/** @param tokenKey base64 of 32 bytes */
export function createTokenVault(tokenKey: string): TokenVault {
  const bytes = fromBase64(tokenKey);
  let known: Promise<{ key: CryptoKey; id: string }> | null = null;
  const material = () => {
    known ??= importKey(bytes);
    return known;
  };
  return {
    seal: async (target, text) => {
      const { key, id } = await material();
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const sealed = await crypto.subtle.encrypt(algorithm(iv, target), key, new TextEncoder().encode(text));
      return [format, id, toBase64(iv), toBase64(new Uint8Array(sealed))].join('.');
    },
    open: async (target, sealed) => {
      const [version, keyId, iv = '', content = ''] = sealed.split('.');
      const { key, id } = await material();
      if (version !== format || keyId !== id) return null;
      try {
        const opened = await crypto.subtle.decrypt(
          algorithm(fromBase64(iv), target),
          key,
          fromBase64(content),
        );
        return new TextDecoder().decode(opened);
      } catch {
        return null;
      }
    },
  };
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<{ key: CryptoKey; id: string }> {
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  // Of a random key of 256 bits four bytes of a hash tell nothing.
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, 4);
  return { key, id: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
}

function algorithm(iv: Uint8Array<ArrayBuffer>, target: string) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`holdfast/token/${target}`) };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
