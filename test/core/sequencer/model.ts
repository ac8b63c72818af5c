// A sequencer under random commands, beside a small model of what it promised. The model knows no lines and no ledger: it
// keeps what was accepted, what was closed, who holds a lease and what was spent, and compares after every command.
// Deterministic: the commands hold every choice.

import { expect } from 'vitest';
import type { DeliveryState } from '../../../src/core/delivery.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { LeasedDelivery, Settlement } from '../../../src/core/sequencer/messages.ts';
import type { EventRecord } from '../../../src/core/sequencer/record.ts';
import { createSequencer, type SequencerCore } from '../../../src/core/sequencer/sequencer.ts';
import {
  type ClaimChanges,
  claimOf,
  replayOf,
  resolveOf,
  returnedOf,
  settlementOf,
} from '../../support/builders.ts';
import { type CrashPoint, SimulatedCrash } from '../../support/memory-rows.ts';
import { makePayload } from '../../support/records.ts';
import { benchConfig, benchLeaseMs, createBench, wholeCut } from '../../support/sequencer-bench.ts';

export type Command =
  | { readonly do: 'claim'; readonly eventId: string; readonly changes: ClaimChanges }
  | { readonly do: 'lease'; readonly max: number; readonly run: number }
  | { readonly do: 'settle'; readonly pick: number; readonly outcome: OutcomeChoice; readonly max: number }
  | { readonly do: 'give_back'; readonly pick: number; readonly restMs: number | null }
  | { readonly do: 'confirm'; readonly pick: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'tick' }
  | { readonly do: 'restart' }
  | { readonly do: 'replay'; readonly pick: number; readonly forced: boolean }
  | { readonly do: 'resolve'; readonly pick: number; readonly as: 'done' | 'dropped' | 'released' }
  | { readonly do: 'journal'; readonly answered: boolean; readonly maxEntries: number }
  | { readonly do: 'put_journal_back' }
  | { readonly do: 'crash'; readonly point: CrashPoint };

export type OutcomeChoice = {
  readonly outcome: (now: number) => Outcome;
  readonly spent: boolean;
  readonly doubtCleared: boolean;
};

/** A lease handed to a consumer. `counts` until it was settled, given back, or expired by a call that looks at the time. */
type Held = {
  readonly leased: LeasedDelivery;
  readonly line: string;
  readonly deadlineAt: number;
  counts: boolean;
};

export type Model = ReturnType<typeof createModel>;

export function createModel() {
  const bench = createBench();
  const accepted = new Set<string>();
  const closed = new Map<string, DeliveryState>();
  const spent = new Map<string, number>();
  const held: Held[] = [];
  let journalStands = 0;
  let restingUntil = 0;

  const core = (): SequencerCore => bench.core();
  const records = (): readonly EventRecord[] => [...bench.rows.openRecords(), ...bench.rows.settledRecords()];
  const deliveries = () => records().flatMap((record) => record.deliveries);
  const expireHeld = (): void => {
    for (const item of held) if (item.deadlineAt <= bench.now()) item.counts = false;
  };
  const take = (leased: readonly LeasedDelivery[]): void => {
    for (const item of leased) {
      const line = `${item.event.orderingKey} ${item.delivery.target}`;
      // A run is of one lease, and one consumer goes through it.
      const isOther = ({ counts, leased }: Held) => counts && leased.epoch !== item.epoch;
      const other = held.find((before) => before.line === line && isOther(before));
      expect(other, `two leases on line ${line}`).toBeUndefined();
      held.push({ leased: item, line, deadlineAt: bench.now() + benchLeaseMs, counts: true });
    }
  };
  /** The commit happened: what the settlements say counts as far as their leases do. */
  const account = (settlement: Settlement): void => {
    const item = held.find(
      ({ leased }) => leased.delivery.id === settlement.deliveryId && leased.epoch === settlement.epoch,
    );
    if (item === undefined || !item.counts) return;
    item.counts = false;
    const wasSpent = settlement.result.kind === 'outcome' && settlement.result.spent;
    if (!wasSpent || closed.has(settlement.deliveryId)) return;
    spent.set(settlement.deliveryId, (spent.get(settlement.deliveryId) ?? 0) + 1);
  };
  const send = (settlements: readonly Settlement[], max: number): void => {
    try {
      const answer = core().settle(
        { settlements, max, leaseMs: benchLeaseMs },
        { now: bench.now(), random: () => 0.3 },
      );
      settlements.forEach(account);
      expireHeld();
      take(answer.leased);
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
      if (error.committed) {
        settlements.forEach(account);
        expireHeld();
      }
    }
  };
  const pickHeld = (pick: number): Held | undefined =>
    held[held.length - 1 - (pick % Math.max(held.length, 1))];

  const run = (command: Command): void => {
    switch (command.do) {
      case 'claim': {
        const request = claimOf(command.eventId, { receivedAt: bench.now(), ...command.changes });
        const { orderingKey, source } = request.event;
        core().claimMany([request], bench.now());
        accepted.add(`${orderingKey} ${source} ${command.eventId}`);
        return;
      }
      case 'lease': {
        const runs = { most: command.run, room: 64, notFor: [] };
        const answer = core().lease({ max: command.max, leaseMs: benchLeaseMs, runs }, bench.now());
        expireHeld();
        take(answer.leased);
        return;
      }
      case 'settle': {
        const item = pickHeld(command.pick);
        if (item === undefined) return;
        const { outcome, ...rest } = command.outcome;
        send(
          [settlementOf(item.leased, outcome(bench.now()), { ...rest, endedAt: bench.now() })],
          command.max,
        );
        return;
      }
      case 'give_back': {
        const item = pickHeld(command.pick);
        if (item === undefined) return;
        const rest = {
          target: item.leased.delivery.target,
          notBeforeAt: bench.now() + (command.restMs ?? 0),
        };
        if (command.restMs !== null && item.counts) restingUntil = Math.max(restingUntil, rest.notBeforeAt);
        send([returnedOf(item.leased, command.restMs === null ? null : rest)], 0);
        return;
      }
      case 'confirm': {
        const item = pickHeld(command.pick);
        if (item === undefined) return;
        const said = core().confirm(item.leased.delivery.id, item.leased.epoch, bench.now());
        if (said === 'go') expect(item.counts && item.deadlineAt > bench.now()).toBe(true);
        return;
      }
      case 'advance':
        bench.advance(command.ms);
        return;
      case 'tick':
        core().tick(bench.now());
        expireHeld();
        return;
      case 'restart':
        bench.restart();
        return;
      case 'replay': {
        const all = deliveries();
        const target = all[command.pick % Math.max(all.length, 1)];
        if (target === undefined) return;
        const record = bench.rows
          .settledRecords()
          .find(({ deliveries: own }) => own.some(({ id }) => id === target.id));
        const archived = record === undefined ? null : { record, payload: makePayload() };
        core().replay(replayOf(target.id, { forced: command.forced, archived }), bench.now());
        return;
      }
      case 'resolve': {
        const all = deliveries();
        const target = all[command.pick % Math.max(all.length, 1)];
        if (target !== undefined) core().resolve(resolveOf(target.id, command.as), bench.now());
        return;
      }
      case 'journal': {
        const cut = core().cutJournal({ ...wholeCut, maxEntries: command.maxEntries }, bench.now());
        if (cut === null) return;
        if (cut.from === journalStands) journalStands = cut.to;
        if (command.answered) while (core().acknowledgeJournal(journalStands, bench.now())) {}
        return;
      }
      case 'put_journal_back':
        journalStands = Math.floor(journalStands / 2);
        while (core().acknowledgeJournal(journalStands, bench.now())) {}
        return;
      case 'crash':
        bench.rows.crashNext(command.point);
        return;
    }
  };

  return {
    bench,
    accepted,
    closed,
    spent,
    held,
    isResting: () => restingUntil > bench.now(),
    records,
    deliveries,
    run: (command: Command): void => {
      try {
        run(command);
      } catch (error) {
        if (!(error instanceof SimulatedCrash)) throw error;
        if (error.committed && (command.do === 'lease' || command.do === 'tick')) expireHeld();
        if (error.committed && command.do === 'claim') {
          const { orderingKey, source } = claimOf(command.eventId, command.changes).event;
          accepted.add(`${orderingKey} ${source} ${command.eventId}`);
        }
      }
    },
    restored: (): SequencerCore => createSequencer(bench.rows.copy(), benchConfig),
  };
}
