// The form of a key: every bit of it counts, and a typing error is seen without a look-up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apiKeyPattern,
  formatApiKey,
  hintOf,
  isWellFormedApiKey,
} from '../../../src/core/identity/api-key.ts';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('an API key', () => {
  it('has one length and one alphabet, and checks itself', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const key = formatApiKey(random);
        expect(key).toMatch(apiKeyPattern);
        expect(isWellFormedApiKey(key)).toBe(true);
      }),
    );
  });

  it('tells different bytes apart', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        fc.pre(a.some((byte, index) => byte !== b[index]));
        expect(formatApiKey(a)).not.toBe(formatApiKey(b));
      }),
    );
  });

  it('is not well formed with any one character changed, or two swapped', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const one = { at: fc.integer({ min: 3, max: 51 }), as: fc.constantFrom(...alphabet) };
    fc.assert(
      fc.property(bytes, fc.record(one), (random, { at, as }) => {
        const key = formatApiKey(random);
        fc.pre(key[at] !== as);
        expect(isWellFormedApiKey(key.slice(0, at) + as + key.slice(at + 1))).toBe(false);
      }),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 3, max: 50 }), (random, at) => {
        const key = formatApiKey(random);
        fc.pre(key[at] !== key[at + 1]);
        const swapped =
          key.slice(0, at) + key.slice(at + 1, at + 2) + key.slice(at, at + 1) + key.slice(at + 2);
        expect(isWellFormedApiKey(swapped)).toBe(false);
      }),
    );
  });

  it('shows of itself only what checks it', () => {
    const key = formatApiKey(new Uint8Array(32).fill(7));
    expect(hintOf(key)).toBe(`…${key.slice(-4)}`);
  });
});
