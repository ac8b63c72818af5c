// What is not a model: the relay's own sequencer over rows in memory, in simulated time. One hot key, one noisy source among fifty,
// one partition's share of a million events after an outage, and a change of PARTITIONS under way. Times of calls are those of
// service-times.ts; what is leased, in which order, and what is handed over is the real rules' doing.

import type { ClaimRequest, LeasedDelivery } from '../../src/core/sequencer/messages.ts';
import { createSequencer, type SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import { rampCeiling } from '../../src/core/target-limits.ts';
import { claimOf, outcomes, settlementOf } from '../../test/support/builders.ts';
import { createMemoryRows } from '../../test/support/memory-rows.ts';
import { quantile } from '../report/statistics.ts';
import { platformBounds, serviceTimes as times } from './service-times.ts';

/** Monday noon, epoch ms: any fixed time. */
const startAt = Date.UTC(2026, 0, 5, 12);

const leaseMs = 30_000;

function createCore(partitions = 1, generation = 1, partition = 0): SequencerCore {
  const config = { partition, partitions, generation, ledgerHorizonMs: 400 * 24 * 3_600_000 };
  return createSequencer(createMemoryRows(), config);
}

type Ran = { readonly eventId: string; readonly source: string; readonly at: number };

const callTimes = (count: number): number =>
  times.transactionMs + times.deliveryMs * count + times.syncMs + times.callMs;

/** One consumer works the partition off; `capacity` says how many it may have under way at a time. */
function drain(core: SequencerCore, from: number, capacity: (elapsedMs: number) => number): Ran[] {
  const ran: Ran[] = [];
  let now = from;
  let done: readonly LeasedDelivery[] = [];
  for (;;) {
    const settlements = done.map((leased) => settlementOf(leased, outcomes.succeeded(leased.delivery.id)));
    const max = Math.max(1, capacity(now - from));
    const answer =
      settlements.length === 0
        ? core.lease({ max, leaseMs }, now)
        : core.settle({ settlements, max, leaseMs }, { now, random: () => 0.5 });
    core.takeSignals();
    done = answer.leased;
    if (done.length === 0) return ran;
    // A run of one line goes one after the other, all else at once.
    const perLine = Map.groupBy(done, ({ event }) => event.orderingKey);
    const longest = Math.max(...[...perLine.values()].map(({ length }) => length));
    now += callTimes(done.length) + longest * times.erpMs;
    for (const { event } of done) ran.push({ eventId: event.eventId, source: event.source, at: now - from });
  }
}

/** How many were taken; a partition that is full refuses, its sender is answered 503 and comes again. */
function claimAll(core: SequencerCore, claims: readonly ClaimRequest[], now: number): number {
  let taken = 0;
  for (let at = 0; at < claims.length; at += 50) {
    const answers = core.claimMany(claims.slice(at, at + 50), now);
    taken += answers.filter(({ kind }) => kind === 'claimed').length;
  }
  core.takeSignals();
  return taken;
}

const orderOf = (source: string, index: number) => ({
  source,
  orderingKey: `order/${index}`,
  entity: { kind: 'order', id: String(index) },
});

export type HotKey = { readonly perSecond: number; readonly inOrder: boolean; readonly othersP99Ms: number };

/** A thousand events of one order among a thousand of others. */
export function runHotKey(): HotKey {
  const core = createCore();
  const claims = Array.from({ length: 2_000 }, (_, index) =>
    index % 2 === 0
      ? claimOf(`hot-${index}`, { ...orderOf('shop', 0), sequence: index, receivedAt: startAt + index })
      : claimOf(`cold-${index}`, { ...orderOf('shop', index), receivedAt: startAt + index }),
  );
  claimAll(core, claims, startAt + 2_000);
  const ran = drain(core, startAt + 2_000, () => platformBounds.connections);
  const hot = ran.filter(({ eventId }) => eventId.startsWith('hot'));
  const cold = ran.filter(({ eventId }) => eventId.startsWith('cold'));
  const inOrder = hot.every(({ eventId }, index) => eventId === `hot-${2 * index}`);
  const lastAt = hot.at(-1)?.at ?? Number.NaN;
  return {
    perSecond: (hot.length * 1_000) / lastAt,
    inOrder: inOrder && hot.length === 1_000,
    othersP99Ms: quantile(
      cold.map(({ at }) => at),
      0.99,
    ),
  };
}

export type Noisy = {
  readonly quietLastMs: number;
  readonly aloneLastMs: number;
  readonly noisyLastMs: number;
};

/** Fifty sources: one has 5,000 events waiting when the others' 20 each come. */
export function runNoisySource(): Noisy {
  const quiet = Array.from({ length: 49 * 20 }, (_, index) =>
    claimOf(`q-${index}`, { ...orderOf(`quiet-${index % 49}`, index), receivedAt: startAt + 5_000 }),
  );
  const noise = Array.from({ length: 5_000 }, (_, index) =>
    claimOf(`n-${index}`, { ...orderOf('noisy', 10_000 + index), receivedAt: startAt + index }),
  );
  const last = (ran: readonly Ran[], isIt: (source: string) => boolean): number =>
    Math.max(...ran.filter(({ source }) => isIt(source)).map(({ at }) => at));
  const together = createCore();
  claimAll(together, [...noise, ...quiet], startAt + 5_000);
  const ran = drain(together, startAt + 5_000, () => platformBounds.connections);
  const alone = createCore();
  claimAll(alone, quiet, startAt + 5_000);
  const undisturbed = drain(alone, startAt + 5_000, () => platformBounds.connections);
  return {
    quietLastMs: last(ran, (source) => source !== 'noisy'),
    aloneLastMs: last(undisturbed, () => true),
    noisyLastMs: last(ran, (source) => source === 'noisy'),
  };
}

export type Outage = {
  readonly share: number;
  /** Of the share: what the partition had room for while the ERP was away. */
  readonly taken: number;
  readonly drained: number;
  readonly minutes: number;
  readonly perSecond: number;
};

/**
 * A million events came in an hour in which the ERP was away. One of `partitions` works off its share, with the ramp after an
 * outage: the target's ceiling is shared by all partitions.
 */
export function runOutage(partitions: number, backlog = 1_000_000): Outage {
  const share = Math.ceil(backlog / partitions);
  const core = createCore();
  const claims = Array.from({ length: share }, (_, index) =>
    claimOf(`b-${index}`, {
      ...orderOf('shop', Math.floor(index / 3)),
      sequence: index,
      receivedAt: startAt + index,
    }),
  );
  const taken = claimAll(core, claims, startAt + 3_600_000);
  const consumers = Math.max(1, Math.floor(platformBounds.consumers / partitions));
  const most = platformBounds.connections * Math.min(consumers, 2);
  const ran = drain(core, startAt + 3_600_000, (elapsedMs) =>
    Math.min(most, Math.floor((rampCeiling(0, elapsedMs) ?? Number.POSITIVE_INFINITY) / partitions)),
  );
  const lastAt = ran.at(-1)?.at ?? Number.NaN;
  const drained = new Set(ran.map(({ eventId }) => eventId)).size;
  return {
    share,
    taken,
    drained,
    minutes: lastAt / 60_000,
    perSecond: (drained * partitions * 1_000) / lastAt,
  };
}
