// Two runs of the benchmark beside each other: a ratio agrees where the value of one run lies within the spread of the other. What is no
// ratio is not compared: a slower hour of the machine is all in it. Pure.

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

const holds = ({ least, most }: Spread, value: number): boolean => value >= least && value <= most;

/** Ratios that only one of the runs has are left out. */
export function agreementOf(before: KeptRun, now: readonly Target[]): Agreement {
  const known = new Map(before.targets.map(({ what, spread }) => [what, spread]));
  const rows = now.flatMap(({ what, spread, isRatio }) => {
    const earlier = known.get(what) ?? null;
    if (earlier === null || spread === null || !isRatio) return [];
    const agrees = holds(earlier, spread.median) || holds(spread, earlier.median);
    return [{ what, before: earlier, now: spread, agrees }];
  });
  return { date: before.date, revision: before.machine.revision ?? 'unknown', rows };
}

const short = (value: number): string => value.toFixed(2);

/** `1.20 (1.05–1.40)` */
export function spreadText(spread: Spread | null): string {
  if (spread === null) return '–';
  return `${short(spread.median)} (${short(spread.least)}–${short(spread.most)})`;
}
