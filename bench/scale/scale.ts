// `npm run scale`: the load simulation behind docs/scale.md. Plain Node, simulated time, no randomness but a seeded one: the same
// numbers on every machine. Prints the tables of the document.

import { endWithParent } from '../../scripts/local/end-with-parent.ts';
import { runHotKey, runNoisySource, runOutage } from './core-runs.ts';
import { findKnee, loadPartitions } from './knee.ts';
import { repartition } from './repartition.ts';

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const rounded = (value: number): string => Math.round(value).toLocaleString('en-US');

function sayKnees(): void {
  say('## The knee (model)\n');
  say(row(['partitions', 'events/s', 'accept p99 ms', 'end to end p99 ms', 'calls an event', 'D1 busy']));
  say(row(['---', '---', '---', '---', '---', '---']));
  for (const partitions of [1, 16, 64, 256]) {
    const { perSecond, acceptP99Ms, endToEndP99Ms, callsPerEvent, journalLoad } = findKnee(partitions);
    const figures = [perSecond, acceptP99Ms, endToEndP99Ms].map(rounded);
    say(row([partitions, ...figures, callsPerEvent.toFixed(2), `${rounded(journalLoad * 100)} %`]));
  }
}

function sayGrowth(): void {
  say('\n## Ten and a hundred times 100 events/s, 64 partitions (model)\n');
  say(row(['events/s', 'accept p99 ms', 'delivered', 'doorbells/s', 'D1 busy']));
  say(row(['---', '---', '---', '---', '---']));
  for (const perSecond of [100, 1_000, 10_000, 100_000]) {
    const { acceptP99Ms, kept, doorbellsPerSecond, journalLoad } = loadPartitions(64, perSecond);
    const share = `${rounded(kept * 100)} %`;
    const cells = [rounded(perSecond), rounded(acceptP99Ms), share, rounded(doorbellsPerSecond)];
    say(row([...cells, `${rounded(journalLoad * 100)} %`]));
  }
}

function sayCoreRuns(): void {
  const hot = runHotKey();
  say('\n## One hot key (the real sequencer)\n');
  say(`1,000 events of one order: ${hot.perSecond.toFixed(1)}/s, in order: ${hot.inOrder ? 'all' : 'NO'};`);
  say(`p99 of the 1,000 others behind it ${rounded(hot.othersP99Ms)} ms.`);
  const noisy = runNoisySource();
  say('\n## One noisy source among fifty (the real sequencer)\n');
  say(
    `The 980 events of the quiet ones are done after ${rounded(noisy.quietLastMs)} ms beside 5,000 of the noisy one,`,
  );
  say(
    `after ${rounded(noisy.aloneLastMs)} ms without it; the noisy one's after ${rounded(noisy.noisyLastMs)} ms.`,
  );
  say('\n## A million events after an hour without the ERP (the real sequencer, one partition of each)\n');
  say(row(['partitions', 'share of one', 'taken', 'delivered', 'drained in', 'events/s']));
  say(row(['---', '---', '---', '---', '---', '---']));
  for (const partitions of [16, 64, 256]) {
    const { share, taken, drained, minutes, perSecond } = runOutage(partitions);
    const counts = [share, taken, drained].map(rounded);
    const cells = [partitions, ...counts, `${minutes.toFixed(1)} min`, rounded(perSecond)];
    say(row(cells));
  }
  say('\n## Re-partitioning (the real sequencers of two generations)\n');
  for (const { from, to } of [
    { from: 16, to: 64 },
    { from: 64, to: 16 },
  ]) {
    const { events, deliveredOnce, outOfOrder, duplicatesTaken } = repartition({ from, to, orders: 2_000 });
    const lost = events - deliveredOnce;
    const told = `lost or doubled ${lost}, out of order ${outOfOrder}, duplicates taken ${duplicatesTaken}`;
    say(`- ${from} to ${to} partitions, ${rounded(events)} events: ${told}`);
  }
}

endWithParent();
sayKnees();
sayGrowth();
sayCoreRuns();
process.exit(0);
