// Looks for a seed that breaks a promise, and for the shortest story that still breaks one.

import { withPromptDigest } from './prompt-digest.ts';
import { type Report, type RunOptions, simulate } from './relay-run.ts';

export type Failure = RunOptions & Report & { readonly eventCount: number };

/** The first failing run of `runCount`, from `seed` on; null: every promise was kept. */
export async function findFailure(
  options: RunOptions & { readonly runCount: number },
): Promise<Failure | null> {
  const { runCount, seed, eventCount = 10, ...rest } = options;
  return withPromptDigest(async () => {
    for (let n = 0; n < runCount; n += 1) {
      const run = { ...rest, seed: seed + n, eventCount };
      const report = await simulate(run);
      if (report.problems.length > 0) return { ...run, ...report };
    }
    return null;
  });
}

/** Fewer events, and some other seeds for each number of them. */
export async function shortestFailure(failure: Failure): Promise<Failure> {
  const { problems, trace, ...options } = failure;
  for (let eventCount = 1; eventCount < failure.eventCount; eventCount += 1) {
    const shorter = await findFailure({ ...options, eventCount, runCount: 60 });
    if (shorter !== null) return shorter;
  }
  return failure;
}
