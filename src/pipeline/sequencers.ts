// Which sequencer to ask: by partition, by ordering key, by id, over all generations. Changing PARTITIONS opens a new
// generation; an earlier one works off what it holds, and hands a key over when the new one first sees it. Pure: it only
// chooses; `at` makes the port.

import { generationOf, type ParsedId } from '../core/ids.ts';
import { partitionOf } from '../core/partition.ts';
import type { FindAnswer } from '../core/sequencer/messages.ts';
import type { Sequencer, Sequencers } from './ports.ts';

export function createSequencers(
  place: {
    readonly partitions: number;
    readonly generation: number;
    /** Partitions of each earlier generation, the first first. */
    readonly previousPartitions: readonly number[];
  },
  at: (generation: number, partition: number) => Sequencer,
): Sequencers {
  const { partitions, generation, previousPartitions } = place;
  const counts = [...previousPartitions, partitions];
  const everyOf = (index: number): Sequencer[] =>
    Array.from({ length: counts[index] ?? 0 }, (_, partition) => at(index + 1, partition));
  const from = (first: number): Sequencer[] =>
    counts.flatMap((_, index) => (index + 1 >= first ? everyOf(index) : []));
  return {
    partitions,
    generation,
    of: (partition) => at(generation, partition),
    all: () => from(1),
    places: () =>
      counts.flatMap((count, index) =>
        Array.from({ length: count }, (_, partition) => ({ generation: index + 1, partition })),
      ),
    forKey: (orderingKey) =>
      counts.map((count, index) => at(index + 1, partitionOf(orderingKey, count))).reverse(),
    forId: (id) => candidates(id, { counts, at, from }),
    forBell: (bell) =>
      bell.partition < (counts[bell.generation - 1] ?? 0) ? at(bell.generation, bell.partition) : null,
  };
}

/** The one that made the id; where that is of an earlier generation, any of a later one may have it by now. */
function candidates(
  id: ParsedId,
  known: {
    readonly counts: readonly number[];
    readonly at: (generation: number, partition: number) => Sequencer;
    readonly from: (generation: number) => Sequencer[];
  },
): readonly Sequencer[] {
  const generation = generationOf(id);
  if (id.partition >= (known.counts[generation - 1] ?? 0)) return [];
  const maker = known.at(generation, id.partition);
  return generation === known.counts.length ? [maker] : [maker, ...known.from(generation + 1)];
}

/** Who holds the delivery, and what it says; null: none of them does. */
export async function findHolder(
  sequencers: Sequencers,
  id: ParsedId,
  deliveryId: string,
): Promise<{ readonly sequencer: Sequencer; readonly found: FindAnswer } | null> {
  const asked = sequencers
    .forId(id)
    .map(async (sequencer) => ({ sequencer, found: await sequencer.find(deliveryId) }));
  for (const { sequencer, found } of await Promise.all(asked)) {
    if (found !== null) return { sequencer, found };
  }
  return null;
}
