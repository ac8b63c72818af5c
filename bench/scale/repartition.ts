// Re-partitioning under load: the real sequencers of two generations. Half of the events are claimed by the old partitions, then
// PARTITIONS changes and the same keys go on in the new ones, which ask the old for what they hold of a key when they first see
// it. Every event must be delivered once and in its order's order, and a repeated webhook must still be known.

import { partitionOf } from '../../src/core/partition.ts';
import { createSequencer, type SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import { claimOf, outcomes, settlementOf } from '../../test/support/builders.ts';
import { createMemoryRows } from '../../test/support/memory-rows.ts';

export type Repartitioned = {
  readonly events: number;
  readonly deliveredOnce: number;
  readonly outOfOrder: number;
  /** Of repeated webhooks from before the change, how many were taken for new ones. */
  readonly duplicatesTaken: number;
};

const startAt = Date.UTC(2026, 0, 5, 12);
const leaseMs = 30_000;

function generationOf(generation: number, partitions: number): SequencerCore[] {
  const ledgerHorizonMs = 400 * 24 * 3_600_000;
  return Array.from({ length: partitions }, (_, partition) =>
    createSequencer(createMemoryRows(), { partition, partitions, generation, ledgerHorizonMs }),
  );
}

const keyOf = (order: number): string => `order/${order}`;

function coreOf(cores: readonly SequencerCore[], order: number): SequencerCore {
  const core = cores[partitionOf(keyOf(order), cores.length)];
  if (core === undefined) throw new Error(`no partition holds ${keyOf(order)}`);
  return core;
}

/** The `number`-th event of an order, as ingest claims it in that generation. */
const claimFor = (
  order: number,
  number: number,
  place: { readonly partitions: number; readonly generation: number },
) =>
  claimOf(`${order}.${number}`, {
    source: 'shop',
    orderingKey: keyOf(order),
    entity: { kind: 'order', id: String(order) },
    sequence: number,
    receivedAt: startAt + number,
    ...place,
  });

/** Leases a batch and settles it; false: nothing was ready. */
function workOnce(core: SequencerCore, now: number, ran: string[]): boolean {
  const { leased } = core.lease({ max: 16, leaseMs }, now);
  for (const { event } of leased) ran.push(event.eventId);
  const settlements = leased.map((each) => settlementOf(each, outcomes.succeeded(each.delivery.id)));
  if (leased.length > 0) core.settle({ settlements, max: 0, leaseMs }, { now, random: () => 0.5 });
  return leased.length > 0;
}

export function repartition(change: { from: number; to: number; orders: number }): Repartitioned {
  const { from, to, orders } = change;
  const before = { partitions: from, generation: 1 };
  const after = { partitions: to, generation: 2 };
  const old = generationOf(1, from);
  const next = generationOf(2, to);
  const ran: string[] = [];
  const now = startAt + 10_000;
  const all = Array.from({ length: orders }, (_, order) => order);
  for (const order of all) {
    coreOf(old, order).claimMany([claimFor(order, 1, before), claimFor(order, 2, before)], now);
  }
  // Some of it is done before the change: its ledger has to come along.
  for (const core of old) workOnce(core, now, ran);
  let duplicatesTaken = 0;
  for (const order of all) {
    const core = coreOf(next, order);
    if (!core.knowsKey(keyOf(order), now)) {
      core.takeOver(keyOf(order), coreOf(old, order).giveAway(keyOf(order), now), now);
      coreOf(old, order).dropHandedOver(keyOf(order), now);
    }
    const [repeated] = core.claimMany([claimFor(order, 1, after)], now);
    if (repeated?.kind !== 'claimed' || repeated.status !== 'duplicate') duplicatesTaken += 1;
    core.claimMany([claimFor(order, 3, after)], now);
  }
  for (const core of [...old, ...next]) {
    while (workOnce(core, now, ran)) {}
  }
  return { events: orders * 3, ...judge(ran, orders), duplicatesTaken };
}

function judge(ran: readonly string[], orders: number) {
  const byOrder = Map.groupBy(ran, (id) => id.split('.')[0] ?? '');
  const lines = Array.from({ length: orders }, (_, order) => byOrder.get(String(order)) ?? []);
  const deliveredOnce = lines.reduce(
    (sum, ids) => sum + (new Set(ids).size === ids.length ? ids.length : 0),
    0,
  );
  const outOfOrder = lines.filter((ids) => ids.some((id, index) => !id.endsWith(`.${index + 1}`))).length;
  return { deliveredOnce, outOfOrder };
}
