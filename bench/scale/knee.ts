// The knee: the most events a second that so many partitions still accept within 100 ms (p99) and deliver as fast as they come.
// Partitions share nothing but consumers and D1, so a sample of them is simulated, with the keys that really fall on them.

import { seededRandom } from '../../scripts/lib/order-run.ts';
import { limits } from '../../src/core/limits.ts';
import { partitionOf } from '../../src/core/partition.ts';
import { quantile } from '../report/statistics.ts';
import { createEventList } from './event-list.ts';
import { createPartitionModel } from './partition-model.ts';
import { platformBounds, serviceTimes as times } from './service-times.ts';

export type Loaded = {
  readonly perSecond: number;
  readonly acceptP99Ms: number;
  readonly endToEndP99Ms: number;
  /** Delivered to claimed, in the second half. */
  readonly kept: number;
  readonly doorbellsPerSecond: number;
  readonly callsPerEvent: number;
  /** Share of its time that D1 is busy with the journal; over 1 the journal falls behind, deliveries do not. */
  readonly journalLoad: number;
};

const lengthMs = 12_000;
const maxSampled = 8;
const acceptBoundMs = 100;

export function loadPartitions(partitions: number, perSecond: number): Loaded {
  const sampled = Math.min(partitions, maxSampled);
  const list = createEventList();
  const maxConsumers = Math.max(1, Math.floor(platformBounds.consumers / partitions));
  const models = Array.from({ length: sampled }, () => createPartitionModel(list, maxConsumers));
  const random = seededRandom(partitions);
  let order = 0;
  // Of all events only those that fall on a sampled partition are simulated.
  const arrive = (): void => {
    order += 1;
    const partition = partitionOf(`order/${order}`, partitions);
    models[partition]?.arrive();
    if (list.now() < lengthMs) list.at(list.now() - (Math.log(1 - random()) * 1_000) / perSecond, arrive);
  };
  list.at(0, arrive);
  list.run(lengthMs);
  const total = (pick: (load: (typeof models)[number]['load']) => number): number =>
    models.reduce((sum, { load }) => sum + pick(load), 0);
  const scale = partitions / sampled / (lengthMs / 1_000);
  const claimed = total(({ claimed: count }) => count);
  const accept = models.flatMap(({ load }) => load.acceptMs);
  return {
    perSecond,
    acceptP99Ms: quantile(accept, 0.99),
    endToEndP99Ms: quantile(
      models.flatMap(({ load }) => load.endToEndMs),
      0.99,
    ),
    kept: total(({ delivered }) => delivered) / Math.max(1, claimed),
    doorbellsPerSecond: total(({ doorbells }) => doorbells) * scale,
    callsPerEvent: total(({ calls }) => calls) / Math.max(1, claimed),
    journalLoad: journalLoad(partitions, perSecond),
  };
}

/** Each partition with changes flushes once in the journal's delay, or more often where a batch is full. */
function journalLoad(partitions: number, perSecond: number): number {
  const own = perSecond / partitions;
  const flushes = Math.max(Math.min(1_000 / limits.journalDelayMs, own), own / limits.maxJournalBatchRecords);
  return (partitions * flushes * times.journalMs + perSecond * times.journalEventMs) / 1_000;
}

const holds = ({ acceptP99Ms, kept }: Loaded): boolean => acceptP99Ms <= acceptBoundMs && kept >= 0.95;

/** By halves, to 5 %. */
export function findKnee(partitions: number): Loaded {
  let low = loadPartitions(partitions, 50 * partitions);
  let high = 1_600 * partitions;
  if (!holds(low)) return low;
  while (high / low.perSecond > 1.05) {
    const middle = loadPartitions(partitions, Math.round((low.perSecond + high) / 2));
    if (holds(middle)) low = middle;
    else high = middle.perSecond;
  }
  return low;
}
