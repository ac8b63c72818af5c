// The simulator can fail: every planted bug is found within a bounded number of seeds.
import { describe, expect, it } from 'vitest';
import { findFailure } from './find-failure.ts';
import { plantedBugs } from './planted-bugs.ts';

/** A bug that needs more seeds than this would slip through a run in CI. */
const maxRuns = 150;

describe('the simulator finds that', () => {
  it.each(plantedBugs.map((bug) => [bug.name, bug] as const))(
    '%s',
    async (_, { plant, faults = {} }) => {
      const failure = await findFailure({ seed: 1, runCount: maxRuns, faults, plants: plant });
      expect(failure?.problems ?? []).not.toEqual([]);
    },
    60_000,
  );
});
