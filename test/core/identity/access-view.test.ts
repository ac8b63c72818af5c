// What a caller sees: the pure rule, that it holds what it contains, and that the journal's SQL says the same is tested with the
// journal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessView,
  contains,
  seesDelivery,
  wholeView,
} from '../../../src/core/identity/access-view.ts';

const name = fc.constantFrom('a', 'b', 'c');
const grant = fc.record({
  operation: fc.constantFrom('a', 'b', '*'),
  target: fc.constantFrom('a', 'b', '*'),
});
const view: fc.Arbitrary<AccessView> = fc.record({
  sources: fc.option(fc.array(name, { maxLength: 3 })),
  grants: fc.option(fc.array(grant, { maxLength: 3 })),
});
const delivery = fc.record({ source: name, operation: name, target: name });

describe('a view', () => {
  it('that is whole sees everything, and an empty one nothing', () => {
    fc.assert(
      fc.property(delivery, (each) => {
        expect(seesDelivery(wholeView, each)).toBe(true);
        expect(seesDelivery({ sources: [], grants: null }, each)).toBe(false);
        expect(seesDelivery({ sources: null, grants: [] }, each)).toBe(false);
      }),
    );
  });

  it('that contains another sees all that the other sees', () => {
    fc.assert(
      fc.property(view, view, delivery, (outer, inner, each) => {
        if (contains(outer, inner) && seesDelivery(inner, each)) expect(seesDelivery(outer, each)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('contains itself, and the whole contains all', () => {
    fc.assert(
      fc.property(view, (each) => {
        expect(contains(each, each)).toBe(true);
        expect(contains(wholeView, each)).toBe(true);
      }),
    );
  });
});
