// Limits of a target: the bucket never gives more than its rate, windows open when the clock on the wall says so, shares
// never starve anybody, and an ERP's pause is believed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bucket,
  fairShare,
  limitDefaults,
  nextTokenAt,
  type ProcessingWindow,
  rampCeiling,
  refill,
  throttleAfter,
  windowOpensAt,
} from '../../src/core/target-limits.ts';

describe('the rate', () => {
  it('lets no more through in any stretch than its burst and what the time gave back', () => {
    const rate = { calls: 10, perMs: 1_000 };
    fc.assert(
      fc.property(fc.array(fc.record({ waitMs: fc.nat(400), want: fc.nat(12) })), (asks) => {
        let now = 0;
        let bucket: Bucket | null = null;
        let taken = 0;
        for (const { waitMs, want } of asks) {
          now += waitMs;
          bucket = refill(bucket, rate, now);
          const got = Math.min(want, Math.floor(bucket.tokens));
          bucket = { ...bucket, tokens: bucket.tokens - got };
          taken += got;
          expect(taken).toBeLessThanOrEqual(10 + (now * 10) / 1_000 + 1e-6);
        }
      }),
    );
  });

  it('says when the next call is free, also after more calls than were let in', () => {
    const rate = { calls: 60, perMs: 60_000 };
    expect(nextTokenAt({ tokens: -2, at: 5_000 }, rate)).toBe(8_000);
    expect(nextTokenAt({ tokens: 3, at: 5_000 }, rate)).toBe(5_000);
  });
});

describe('the share', () => {
  it('is never none, and those of all together are no more than there is, where there is one for each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 64 }), (total, askers) => {
        const share = fairShare(total, askers);
        expect(share).toBeGreaterThanOrEqual(1);
        if (total >= askers) expect(share * askers).toBeLessThanOrEqual(total);
      }),
    );
  });
});

describe('the ramp', () => {
  it('begins with two, doubles, and ends', () => {
    const counts = [0, 1_999, 2_000, 4_000, 19_999].map((ms) => rampCeiling(1_000, 1_000 + ms));
    expect(counts).toEqual([2, 2, 4, 8, 1_024]);
    expect(rampCeiling(1_000, 21_000)).toBeNull();
    expect(rampCeiling(null, 0)).toBeNull();
  });
});

describe('a pause the ERP asks for', () => {
  it('is as long as it says, at most an hour', () => {
    expect(throttleAfter(null, { at: 1_000, retryAfterMs: 30_000 }).untilAt).toBe(31_000);
    expect(throttleAfter(null, { at: 0, retryAfterMs: 1e12 }).untilAt).toBe(3_600_000);
  });

  it('that names no time doubles with each that follows, and not with those that came together', () => {
    const first = throttleAfter(null, { at: 0, retryAfterMs: null });
    const together = throttleAfter(first, { at: 10, retryAfterMs: null });
    expect([first.untilAt, together.untilAt]).toEqual([1_000, 1_000]);
    const second = throttleAfter(together, { at: 1_500, retryAfterMs: null });
    expect(second.untilAt).toBe(3_500);
  });
});

describe('a processing window', () => {
  const at = (text: string) => Date.parse(text);
  const opens = (windows: readonly ProcessingWindow[], now: string, timeZone = 'UTC') =>
    new Date(windowOpensAt({ ...limitDefaults, windows, timeZone }, at(now))).toISOString();

  it('is always open where there is none', () => {
    expect(opens([], '2026-03-02T03:00:00Z')).toBe('2026-03-02T03:00:00.000Z');
  });

  it('opens at its hour, and the next day after its end', () => {
    const office = [{ from: '06:00', to: '22:00' }];
    expect(opens(office, '2026-03-02T05:59:30Z')).toBe('2026-03-02T06:00:00.000Z');
    expect(opens(office, '2026-03-02T06:00:00Z')).toBe('2026-03-02T06:00:00.000Z');
    expect(opens(office, '2026-03-02T22:00:00Z')).toBe('2026-03-03T06:00:00.000Z');
  });

  it('may pass midnight, belongs to the day it begins on, and skips the others', () => {
    const nights = [{ days: [5], from: '22:00', to: '04:00' }];
    expect(opens(nights, '2026-03-07T03:00:00Z')).toBe('2026-03-07T03:00:00.000Z');
    expect(opens(nights, '2026-03-07T05:00:00Z')).toBe('2026-03-13T22:00:00.000Z');
  });

  it('goes by the clock of its place', () => {
    const berlin = [{ from: '06:00', to: '22:00' }];
    expect(opens(berlin, '2026-07-01T03:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T04:00:00.000Z');
    expect(opens(berlin, '2026-01-05T03:00:00Z', 'Europe/Berlin')).toBe('2026-01-05T05:00:00.000Z');
  });
});
