// The command of the simulator: `node test/simulation/simulate.ts --seed 7` plays one seed and prints its trace;
// `--runs 1000` plays that many from the seed on and prints the shortest trace of the first that fails.

import { parseArgs } from 'node:util';
import { findFailure, shortestFailure } from './find-failure.ts';
import { withPromptDigest } from './prompt-digest.ts';
import { simulate } from './relay-run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string' },
    events: { type: 'string', default: '10' },
  },
});
const seed = Number(values.seed);
const eventCount = Number(values.events);

if (values.runs === undefined) {
  const { problems, trace } = await withPromptDigest(() => simulate({ seed, eventCount }));
  process.stdout.write(`${trace.join('\n')}\n${problems.length} problems\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  const startedAt = performance.now();
  const runCount = Number(values.runs);
  const failure = await findFailure({ seed, runCount, eventCount });
  const tookMs = Math.round(performance.now() - startedAt);
  if (failure === null) {
    process.stdout.write(`${runCount} runs from seed ${seed} in ${tookMs} ms, no problem\n`);
  } else {
    const shortest = await shortestFailure(failure);
    process.stdout.write(
      `${shortest.trace.join('\n')}\nseed ${shortest.seed}, ${shortest.eventCount} events\n`,
    );
    process.exitCode = 1;
  }
}
