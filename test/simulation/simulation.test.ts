// Thousands of stormy stories, each from its seed: whatever dies, stalls, comes late, twice or not at all, nothing is lost,
// nothing is done twice, and everything ends. `node test/simulation/simulate.ts --seed N` tells one of them again.
import { describe, expect, it } from 'vitest';
import { slowStorm, storm } from './faults.ts';
import { findFailure, shortestFailure } from './find-failure.ts';
import { withPromptDigest } from './prompt-digest.ts';
import { simulate } from './relay-run.ts';

/** Seeds of each kind of storm: 15 s in all on two cores, 50 s on busy ones. SIMULATION_RUNS=10000 looks for more. */
const runCount = Number(process.env.SIMULATION_RUNS ?? 1_000);
const timeoutMs = 30_000 + runCount * 250;

async function expectNoFailure(options: Parameters<typeof findFailure>[0]): Promise<void> {
  const failure = await findFailure(options);
  if (failure === null) {
    process.stdout.write(`simulated ${options.runCount} seeds from ${options.seed} on\n`);
    return;
  }
  const { seed, eventCount, problems, trace } = await shortestFailure(failure);
  expect.fail(`seed ${seed}, ${eventCount} events: ${problems.join('; ')}\n${trace.join('\n')}`);
}

describe('a relay in a storm', () => {
  it(
    'loses nothing, does nothing twice, keeps its order and comes to an end',
    () => expectNoFailure({ seed: 1, runCount, eventCount: 10, faults: storm }),
    timeoutMs,
  );

  it(
    'does so where everything is slow',
    () => expectNoFailure({ seed: 1_000_001, runCount, eventCount: 6, faults: slowStorm }),
    timeoutMs,
  );

  it('tells the same story for the same seed', async () => {
    const tell = () => withPromptDigest(() => simulate({ seed: 42 }));
    const [first, second] = [await tell(), await tell()];
    expect(second.trace).toEqual(first.trace);
    expect(first.trace.length).toBeGreaterThan(20);
  });
});
