// WebCrypto answers from another thread, whenever that has time: the one thing in the code under test that no clock of a
// simulation can hold. While one runs, SHA-256 is computed in place, to the same bytes.

import { sha256Hex } from '../../src/core/sha256.ts';

export async function withPromptDigest<T>(work: () => Promise<T>): Promise<T> {
  const { subtle } = crypto;
  Object.defineProperty(subtle, 'digest', {
    configurable: true,
    value: async (_algorithm: string, data: Uint8Array) => {
      const hex = sha256Hex(new TextDecoder().decode(data));
      return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer;
    },
  });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(subtle, 'digest');
  }
}
