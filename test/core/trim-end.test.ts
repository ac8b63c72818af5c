import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trimEnd } from '../../src/core/trim-end.ts';

it('cuts what /x+$/ cuts, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('/', 'a', ':'), maxLength: 20 }), (text) => {
      expect(trimEnd(text, '/')).toBe(text.replace(/\/+$/, ''));
    }),
  );
});
