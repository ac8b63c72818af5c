// When a circuit opens: the strategies by themselves, with properties that hold for any sequence of attempts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAttempt, emptySample, type OpenRule, reasonToOpen } from '../../src/core/open-rules.ts';

const inARow: OpenRule = { kind: 'failures_in_a_row', count: 3 };
const ratio: OpenRule = { kind: 'failure_ratio', windowMs: 10_000, minimumCount: 4, ratio: 0.5 };

function sampleOf(attempts: readonly { at: number; failed: boolean }[], rules: readonly OpenRule[]) {
  return attempts.reduce((sample, attempt) => addAttempt(sample, attempt, rules), emptySample);
}

const attempts = fc.array(fc.record({ waitMs: fc.nat(4_000), failed: fc.boolean() }), { maxLength: 60 });
const placed = attempts.map((list) => {
  let at = 1_000_000;
  return list.map(({ waitMs, failed }) => {
    at += waitMs;
    return { at, failed };
  });
});

describe('failures in a row', () => {
  it('open exactly when the last so many attempts failed', () => {
    fc.assert(
      fc.property(placed, (list) => {
        const last = list.slice(-3);
        const expected = last.length === 3 && last.every(({ failed }) => failed);
        expect(reasonToOpen(sampleOf(list, [inARow]), [inARow], 0) !== null).toBe(expected);
      }),
    );
  });
});

describe('a failure ratio', () => {
  it('opens at its share and its minimum, and not below either', () => {
    const at = 1_000_000;
    const mixed = (failed: number, well: number) => [
      ...Array.from({ length: well }, () => ({ at, failed: false })),
      ...Array.from({ length: failed }, () => ({ at, failed: true })),
    ];
    const reason = (failed: number, well: number) =>
      reasonToOpen(sampleOf(mixed(failed, well), [ratio]), [ratio], at);
    expect(reason(3, 0)).toBeNull();
    expect(reason(2, 2)).toBe('2 of 4 calls within 10 s failed');
    expect(reason(2, 3)).toBeNull();
  });

  it('forgets what is older than its window', () => {
    const sample = sampleOf(
      Array.from({ length: 9 }, () => ({ at: 1_000_000, failed: true })),
      [ratio],
    );
    expect(reasonToOpen(sample, [ratio], 1_000_000)).not.toBeNull();
    expect(reasonToOpen(sample, [ratio], 1_010_000)).toBeNull();
  });

  it('never opens for fewer failures than its share of its minimum, whatever their order', () => {
    fc.assert(
      fc.property(placed, (list) => {
        const end = list.at(-1)?.at ?? 0;
        const recent = list.filter(({ at }) => at > end - 10_000);
        const failed = recent.filter((attempt) => attempt.failed).length;
        fc.pre(failed < 2);
        expect(reasonToOpen(sampleOf(list, [ratio]), [ratio], end)).toBeNull();
      }),
    );
  });

  it('keeps a bounded sample', () => {
    fc.assert(
      fc.property(placed, (list) => {
        expect(sampleOf(list, [ratio]).slices.length).toBeLessThanOrEqual(11);
      }),
    );
  });
});
