// Two runs of the benchmark beside each other: a ratio agrees where the spreads of the two overlap. What is no ratio is not compared:
// a slower hour of the machine is all in it. Pure.

import type { Spread } from './statistics.ts';
import type { Target } from './targets.ts';

/** What `bench/results.json` keeps of a run, as far as it is compared. */
export type KeptRun = {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly targets: readonly Pick<Target, 'what' | 'spread'>[];
};

export type Agreement = {
  readonly date: string;
  readonly revision: string;
  readonly rows: readonly {
    readonly what: string;
    readonly before: Spread;
    readonly now: Spread;
    readonly agrees: boolean;
  }[];
};

const overlap = (one: Spread, other: Spread): boolean => one.least <= other.most && other.least <= one.most;

/** Ratios that only one of the runs has are left out. */
export function agreementOf(before: KeptRun, now: readonly Target[]): Agreement {
  const known = new Map(before.targets.map(({ what, spread }) => [what, spread]));
  const rows = now.flatMap(({ what, spread, isRatio }) => {
    const earlier = known.get(what) ?? null;
    if (earlier === null || spread === null || !isRatio) return [];
    return [{ what, before: earlier, now: spread, agrees: overlap(earlier, spread) }];
  });
  return { date: before.date, revision: before.machine.revision ?? 'unknown', rows };
}

const short = (value: number): string => value.toFixed(2);

/** `1.20 (1.05–1.40)` */
export function spreadText(spread: Spread | null): string {
  if (spread === null) return '–';
  return `${short(spread.median)} (${short(spread.least)}–${short(spread.most)})`;
}
