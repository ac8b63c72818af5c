// Counts what the platform bills, in the memory of one isolate: the Worker and the objects that run in it share the counts.
// It is never written anywhere: a new isolate begins at zero. Counting must not change what is counted.

import { type CostCounts, type CostReading, noCosts } from '../../core/costs.ts';

export type CostMeter = {
  readonly add: (kind: keyof CostCounts, count?: number) => void;
  readonly read: () => CostReading;
};

export function createCostMeter(): CostMeter {
  const counts: { -readonly [Kind in keyof CostCounts]: number } = { ...noCosts };
  // Neither randomness nor the time may be asked for at import.
  let identity: { readonly isolate: string; readonly since: number } | null = null;
  const identify = () => {
    identity ??= { isolate: crypto.randomUUID(), since: Date.now() };
    return identity;
  };
  return {
    add: (kind, count = 1) => {
      identify();
      counts[kind] += count;
    },
    read: () => ({ ...identify(), counts: { ...counts } }),
  };
}

/** The isolate's own. */
export const costMeter: CostMeter = createCostMeter();
