// What the benchmark says of its numbers: ratios with their spread, and whether two runs agree.

import { describe, expect, it } from 'vitest';
import { agreementOf } from '../../bench/report/agreement.ts';
import { ratioOf } from '../../bench/report/targets.ts';

const spread = (least: number, median: number, most: number) => ({ least, median, most });

const keptRun = (what: string, of: ReturnType<typeof spread>) => ({
  date: '2026-11-01T00:00:00.000Z',
  machine: { machine: 'a', revision: 'abc1234' },
  targets: [{ what, spread: of }],
});

const measured = (what: string, of: ReturnType<typeof spread> | null) => [
  { what, bound: '≥ 1', spread: of, met: null, isRatio: true },
];

describe('a ratio', () => {
  it('is the medians over each other, between the rounds furthest apart', () => {
    expect(ratioOf(spread(80, 100, 110), spread(40, 50, 80))).toEqual(spread(1, 2, 2.75));
  });

  it('is nothing where one side was not measured', () => {
    expect(ratioOf(spread(1, 1, 1), null)).toBeNull();
  });
});

describe('two runs', () => {
  it.each([
    { where: 'the value of now lies within the spread of before', now: spread(2.9, 2.9, 2.9), agrees: true },
    { where: 'the value of before lies within the spread of now', now: spread(1.5, 4, 5), agrees: true },
    { where: 'the spreads touch and hold neither value', now: spread(2.5, 4, 5), agrees: false },
    { where: 'they are apart', now: spread(4, 5, 6), agrees: false },
  ])('where $where', ({ now, agrees }) => {
    const { rows } = agreementOf(keptRun('x', spread(1, 2, 3)), measured('x', now));
    expect(rows.map((row) => row.agrees)).toEqual([agrees]);
  });

  it('say nothing of a time, for a slower hour of the machine is all in it', () => {
    const [each] = measured('x', spread(4, 5, 6));
    const times = each === undefined ? [] : [{ ...each, isRatio: false }];
    expect(agreementOf(keptRun('x', spread(1, 2, 3)), times).rows).toEqual([]);
  });

  it('say nothing of a ratio that only one of them has', () => {
    expect(agreementOf(keptRun('x', spread(1, 1, 1)), measured('y', spread(1, 1, 1))).rows).toEqual([]);
    expect(agreementOf(keptRun('x', spread(1, 1, 1)), measured('x', null)).rows).toEqual([]);
  });
});
