// Fills the journal of a state directory, whose relay must not run, by the journal's own writer, in batches as partitions flush them, over
// some days. May touch nothing else of the state.

import { createD1Journal } from '../../src/platform/d1/d1-journal.ts';
import { withDatabaseFile } from './database-file.ts';
import { makeEntry } from './make-records.ts';

/** A partition's flush, events. A block holds what came within an hour, so that a long time has more blocks with less in each. */
const batchEvents = 100;

export type Filling = {
  readonly deliveries: number;
  readonly partitions: number;
  /** The newest is of then, epoch ms; the oldest of `spanMs` before. */
  readonly now: number;
  readonly spanMs: number;
};

export async function fillJournal(
  stateDir: string,
  { deliveries, partitions, now, spanMs }: Filling,
): Promise<void> {
  const perPartition = Math.ceil(deliveries / partitions);
  const stepMs = spanMs / perPartition;
  await withDatabaseFile(stateDir, async (database) => {
    const journal = createD1Journal(database);
    for (let from = 0; from < perPartition; from += batchEvents) {
      const to = Math.min(perPartition, from + batchEvents);
      for (let partition = 0; partition < partitions; partition += 1) {
        const numbers = Array.from({ length: to - from }, (_, index) => from + index + 1);
        const entries = numbers.map((number) => {
          const receivedAt = Math.floor(now - (perPartition - number) * stepMs - partition);
          return makeEntry({ partition, number, receivedAt });
        });
        const { appliedThrough } = await journal.append({ generation: 1, partition, from, to, entries });
        if (appliedThrough !== to) throw new Error(`the journal stands at ${appliedThrough}, not at ${to}`);
      }
    }
  });
}
