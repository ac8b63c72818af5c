// The synchronous SHA-256 against the platform's own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/sha256.ts';

async function platformHex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('sha256Hex', () => {
  it('agrees with WebCrypto for every length around the block size', async () => {
    for (let length = 0; length < 200; length += 1) {
      const text = 'é'.repeat(length % 3) + 'x'.repeat(length);
      expect(sha256Hex(text)).toBe(await platformHex(text));
    }
  });

  it('agrees with WebCrypto for any text', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 500 }).filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(sha256Hex(text)).toBe(await platformHex(text));
      }),
    );
  });
});
