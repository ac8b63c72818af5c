// Fills the journal of a state directory by the journal's own writer, in batches as partitions flush them, over a month. May touch nothing
// else of the state.

import { join } from 'node:path';
import { withDatabase } from '../../scripts/local/open-database.ts';
import { createD1Journal } from '../../src/platform/d1/d1-journal.ts';
import { makeEntry, monthMs } from './make-records.ts';

/** A partition's flush, events: a busy hour fills it, a quiet relay would have more blocks with less in each. */
const batchEvents = 100;

export async function fillJournal(
  stateDir: string,
  {
    deliveries,
    partitions,
    now,
  }: { readonly deliveries: number; readonly partitions: number; readonly now: number },
): Promise<void> {
  const perPartition = Math.ceil(deliveries / partitions);
  const stepMs = monthMs / perPartition;
  await withDatabase({ persistencePath: join(stateDir, 'v3'), runtimeEnvironment: {} }, async (database) => {
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
