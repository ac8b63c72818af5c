// A sequencer on memory rows with a clock a test turns by hand: claims, leases, settles and restarts in one line each.
// It adds nothing to the sequencer: every method is one call, or a loop over one.

import type { Delivery } from '../../src/core/delivery.ts';
import type { DirectRequest } from '../../src/core/direct-request.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type {
  DeliveryView,
  LeasedDelivery,
  ReplayAnswer,
  ReplayRequest,
  Settlement,
  Signal,
} from '../../src/core/sequencer/messages.ts';
import { createSequencer, type SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { SequencerConfig } from '../../src/core/sequencer/state.ts';
import {
  type ClaimChanges,
  claimOf,
  type LeasedIds,
  outcomes,
  replayOf,
  type SettlementChanges,
  settlementOf,
} from './builders.ts';
import { createMemoryRows, type MemoryRows } from './memory-rows.ts';
import { testTime } from './records.ts';

export const benchConfig: SequencerConfig = {
  partition: 0,
  partitions: 1,
  generation: 1,
  ledgerHorizonMs: 400 * 24 * 3_600_000,
};

/** ms */
export const benchLeaseMs = 30_000;

/** Bounds that cut everything at once. */
export const wholeCut = { maxEntries: 10_000, maxBytes: 100_000_000 };

export type Bench = ReturnType<typeof createBench>;

export function createBench(config: SequencerConfig = benchConfig, rows: MemoryRows = createMemoryRows()) {
  let now = testTime;
  let core: SequencerCore = createSequencer(rows, config);
  const signals: Signal[] = [];
  const told = <T>(answer: T): T => {
    signals.push(...core.takeSignals());
    return answer;
  };

  const bench = {
    /** Direct requests, by hash. */
    requests: new Map<string, DirectRequest>(),
    rows,
    signals,
    now: () => now,
    core: () => core,
    advance: (ms: number): void => {
      now += ms;
    },
    /** The memory is gone; the rows are as they were. */
    restart: (changes: Partial<SequencerConfig> = {}): void => {
      core = createSequencer(rows, { ...config, ...changes });
    },
    /** Ids of the deliveries the claim planned. */
    claim: (eventId: string, changes: ClaimChanges = {}): readonly string[] => {
      const request = claimOf(eventId, { receivedAt: now, ...changes });
      const [answer] = told(core.claimMany([request], now));
      if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(answer)}`);
      return recordOf(rows, answer.id).deliveries.map((delivery) => delivery.id);
    },
    /** The only delivery of the claim. */
    claimOne: (eventId: string, changes: ClaimChanges = {}): string => {
      const [deliveryId] = bench.claim(eventId, changes);
      if (deliveryId === undefined) throw new Error(`${eventId} planned no delivery`);
      return deliveryId;
    },
    lease: (max = 10): readonly LeasedDelivery[] =>
      told(core.lease({ max, leaseMs: benchLeaseMs }, now)).leased,
    leaseOne: (): LeasedDelivery => {
      const [leased] = bench.lease(1);
      if (leased === undefined) throw new Error('nothing is ready');
      return leased;
    },
    /** Settles one outcome and hands out up to `max` more. */
    settle: (
      leased: LeasedDelivery | LeasedIds,
      outcome: Outcome,
      changes: SettlementChanges = {},
    ): readonly LeasedDelivery[] => bench.send([settlementOf(leased, outcome, changes)]),
    send: (settlements: readonly Settlement[], max = 0): readonly LeasedDelivery[] =>
      told(core.settle({ settlements, max, leaseMs: benchLeaseMs }, { now, random: () => 0.5 })).leased,
    confirm: (leased: LeasedDelivery): 'go' | 'stop' => core.confirm(leased.delivery.id, leased.epoch, now),
    tick: (): void => told(core.tick(now)),
    /** Every lease runs out. */
    expire: (): void => {
      bench.advance(benchLeaseMs);
      bench.tick();
    },
    replay: (deliveryId: string, changes: Partial<ReplayRequest> = {}): ReplayAnswer =>
      told(core.replay(replayOf(deliveryId, changes), now)),
    /** The id of the new delivery. */
    replayed: (deliveryId: string, changes: Partial<ReplayRequest> = {}): string => {
      const answer = bench.replay(deliveryId, changes);
      if (answer.kind !== 'replayed') throw new Error(`not replayed: ${JSON.stringify(answer)}`);
      return answer.deliveryId;
    },
    /** Cuts and acknowledges until the journal has everything. */
    journal: (): void => {
      for (let cut = core.cutJournal(wholeCut, now); cut !== null; cut = core.cutJournal(wholeCut, now)) {
        while (core.acknowledgeJournal(cut.to, now)) {}
      }
    },
    view: (deliveryId: string): DeliveryView => {
      const found = core.find(deliveryId, now);
      if (found === null) throw new Error(`${deliveryId} is not here`);
      return found;
    },
    delivery: (deliveryId: string): Delivery => bench.view(deliveryId).delivery,
    status: (deliveryId: string) => bench.view(deliveryId).status,
    signalsOf: <K extends Signal['kind']>(kind: K): readonly Extract<Signal, { kind: K }>[] =>
      signals.filter((signal): signal is Extract<Signal, { kind: K }> => signal.kind === kind),
  };
  return bench;
}

function recordOf(rows: MemoryRows, recordId: string) {
  const record = [...rows.openRecords(), ...rows.settledRecords()].find(({ id }) => id === recordId);
  if (record === undefined) throw new Error(`${recordId} is in no row`);
  return record;
}

/** Leases and settles one after the other until nothing is ready; the event ids in the order they ran. */
export function runAll(bench: Bench): readonly string[] {
  const ran: string[] = [];
  for (let leased = bench.lease(1); leased.length > 0; leased = bench.lease(1)) {
    for (const item of leased) {
      ran.push(item.event.eventId);
      bench.settle(item, outcomes.succeeded(item.delivery.id));
    }
  }
  return ran;
}
