// Back-off: never longer than its cap, never shorter than what the ERP asked for, spread over the whole range.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/core/backoff.ts';

const policy = { attempts: 8, baseMs: 1_000, capMs: 60_000 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoffMs', () => {
  it('doubles its range with every failure up to the cap', () => {
    const highest = [1, 2, 3, 6, 7, 8].map((failures) => backoffMs(policy, failures, { random: 0.999_999 }));
    expect(highest).toEqual([999, 1_999, 3_999, 31_999, 59_999, 59_999]);
  });

  it('draws from the whole range, from nothing on', () => {
    expect(backoffMs(policy, 3, { random: 0 })).toBe(0);
    expect(backoffMs(policy, 3, { random: 0.5 })).toBe(2_000);
  });

  it('waits as long as the ERP asked for where that is longer, also beyond the cap', () => {
    expect(backoffMs(policy, 1, { random: 0.5, retryAfterMs: 90_000 })).toBe(90_000);
    expect(backoffMs(policy, 1, { random: 0.5, retryAfterMs: 10 })).toBe(500);
  });

  it('takes no failure for the first', () => {
    expect(backoffMs(policy, 0, { random: 0.5 })).toBe(backoffMs(policy, 1, { random: 0.5 }));
  });

  it('is a whole number of ms within its bounds for any policy, count and draw', () => {
    const bounds = fc.record({
      attempts: fc.constant(8),
      baseMs: fc.integer({ min: 1, max: 3_600_000 }),
      capMs: fc.integer({ min: 1, max: 86_400_000 }),
    });
    fc.assert(
      fc.property(bounds, fc.nat({ max: 10_000 }), random, (drawn, failures, draw) => {
        const waitMs = backoffMs(drawn, failures, { random: draw });
        expect(Number.isSafeInteger(waitMs) && waitMs >= 0 && waitMs < Math.max(drawn.capMs, 1)).toBe(true);
      }),
    );
  });
});
