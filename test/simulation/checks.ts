// What must be true of a simulated relay: while it runs, of every lease and every settle; at the end, of everything at once.
// Compares what the ERP holds, what the ledger says and what the senders were told; asks no part for its own opinion of itself.

import { isClosed, type LedgerEffect } from '../../src/core/delivery.ts';
import type { LeaseAnswer, LeasedDelivery, SettleRequest } from '../../src/core/sequencer/messages.ts';
import type { EventRecord } from '../../src/core/sequencer/record.ts';
import type { SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { MemoryJournal } from '../support/memory-journal.ts';
import type { MemoryRows } from '../support/memory-rows.ts';
import { checkBatches } from './batch-checks.ts';
import type { SequencerHost } from './sequencer-host.ts';
import { postInvoices } from './simulated-batches.ts';
import type { SimulatedErp } from './simulated-erp.ts';
import type { World } from './world.ts';

export type SimulatedEvent = {
  readonly eventId: string;
  readonly type: string;
  readonly orderingKey: string;
  readonly sequence: number;
};

export type Checks = ReturnType<typeof createChecks>;

export function createChecks(world: World, erp: SimulatedErp, events: readonly SimulatedEvent[]) {
  const problems: string[] = [];
  const told = new Map(events.map((event) => [event.eventId, event]));
  const accepted = new Set<string>();
  const problem = (text: string): void => {
    if (problems.length < 20) problems.push(text);
    world.note(`PROBLEM ${text}`);
  };

  /** Nothing starts before what its source numbered lower, among those present; but a waiter yields to what it waits for. */
  const checkSequence = (core: SequencerCore, item: LeasedDelivery, run: readonly LeasedDelivery[]): void => {
    const { delivery, event, epoch } = item;
    if (delivery.startNumber !== epoch || delivery.replay !== null) return;
    const sequenceOf = (eventId: string): number | undefined => told.get(eventId)?.sequence;
    const own = sequenceOf(event.eventId) ?? -Infinity;
    const lower = core
      .listOpen({ filter: { orderingKey: event.orderingKey }, cursor: null, limit: 1_000 }, world.now())
      .filter((other) => other.delivery.target === delivery.target && other.event.eventId !== event.eventId)
      .filter((other) => other.delivery.startNumber === null)
      .filter((other) => (sequenceOf(other.event.eventId) ?? Infinity) < own);
    const waiters = lower.filter((other) => other.event.type === 'order.paid' && delivery.target === 'erp');
    const isLower = ({ event: other }: LeasedDelivery) =>
      other.type === 'order.paid' && (sequenceOf(other.eventId) ?? Infinity) < own;
    const isAwaited = waiters.length > 0 || run.slice(run.indexOf(item)).some(isLower);
    if (event.type === 'order.created' && isAwaited) return;
    const before = lower.filter((other) => other.status === 'pending');
    for (const other of before) problem(`${event.eventId} started before ${other.event.eventId}`);
  };
  /** What a route declares to come after is done before anything of it is leased, whatever the leased one is. */
  const checkPrerequisites = (
    rows: MemoryRows,
    item: LeasedDelivery,
    run: readonly LeasedDelivery[],
  ): void => {
    const { delivery, event } = item;
    if (event.type !== 'order.paid' || delivery.target !== 'erp') return;
    const created = [...rows.openRecords(), ...rows.settledRecords()].filter(
      (record) => record.event.orderingKey === event.orderingKey && record.event.type === 'order.created',
    );
    // What is in front in its run is done before it starts: the ERP is the judge of that.
    const ahead = new Set(run.slice(0, run.indexOf(item)).map((before) => before.delivery.id));
    const isDone = (record: EventRecord): boolean =>
      record.deliveries.every(({ id, replay, state }) => replay !== null || isClosed(state) || ahead.has(id));
    if (!created.some(isDone)) problem(`${event.eventId} started before its prerequisite was done`);
  };

  return {
    problem,
    problems: (): readonly string[] => problems,
    accepted: (event: SimulatedEvent): void => void accepted.add(event.eventId),
    leased: (core: SequencerCore, rows: MemoryRows, answer: LeaseAnswer): void => {
      for (const item of answer.leased) {
        const isOfLine = ({ delivery, event }: LeasedDelivery) =>
          delivery.target === item.delivery.target && event.orderingKey === item.event.orderingKey;
        const run = answer.leased.filter(isOfLine);
        checkSequence(core, item, run);
        checkPrerequisites(rows, item, run);
      }
    },
    /** What a consumer saw done is known from then on, whenever it says so. */
    settled: (core: SequencerCore, rows: MemoryRows, request: SettleRequest): void => {
      for (const { deliveryId, result } of request.settlements) {
        if (result.kind !== 'outcome' || result.outcome.effect === 'none') continue;
        const ledger = core.find(deliveryId, world.now())?.ledger ?? archivedEffect(rows, deliveryId);
        const isDone = result.outcome.kind === 'succeeded' || result.outcome.kind === 'duplicate';
        if (ledger === null || (isDone && ledger.kind !== 'succeeded')) {
          problem(`${deliveryId} was ${result.outcome.kind}, and the ledger does not say so`);
        }
      }
    },
    atTheEnd: async (run: {
      readonly hosts: readonly SequencerHost[];
      readonly journal: MemoryJournal;
    }): Promise<void> => {
      const records = recordsOf(run.hosts);
      checkKept({ problem, accepted, records });
      checkEffects({ problem, erp, records });
      checkBatches({ problem, erp, records });
      for (const host of run.hosts) checkSignals({ problem, host });
      await checkJournal({ problem, journal: run.journal, records });
    },
  };
}

/** Of what was handed over the newer generation's counts; where that does not have it, it is still the old one's duty. */
function recordsOf(hosts: readonly SequencerHost[]): readonly EventRecord[] {
  const byId = new Map<string, EventRecord>();
  for (const { rows } of hosts) {
    for (const record of [...rows.openRecords(), ...rows.settledRecords()]) byId.set(record.id, record);
  }
  return [...byId.values()];
}

function archivedEffect(rows: MemoryRows, deliveryId: string): LedgerEffect | null {
  const deliveries = rows.settledRecords().flatMap((record) => record.deliveries);
  return deliveries.find(({ id }) => id === deliveryId)?.effect ?? null;
}

type Problem = (text: string) => void;

function checkKept(on: {
  readonly problem: Problem;
  readonly accepted: ReadonlySet<string>;
  readonly records: readonly EventRecord[];
}): void {
  const kept = new Set(on.records.map(({ event }) => event.eventId));
  for (const eventId of on.accepted)
    if (!kept.has(eventId)) on.problem(`${eventId} was accepted and is lost`);
  for (const { deliveries, event } of on.records) {
    for (const { id, state } of deliveries) {
      if (!isClosed(state)) on.problem(`${id} of ${event.eventId} never ended: ${JSON.stringify(state)}`);
    }
  }
}

/** One document for what was done, none for what was not, and the ledger names it. */
function checkEffects(on: {
  readonly problem: Problem;
  readonly erp: SimulatedErp;
  readonly records: readonly EventRecord[];
}): void {
  const { problem, erp } = on;
  const deliveries = on.records.flatMap((record) => record.deliveries);
  for (const key of new Set(deliveries.map(({ operationKey }) => operationKey ?? ''))) {
    const documents = erp.documentsOf(key).map(({ documentId }) => documentId);
    const own = deliveries.filter(({ operationKey }) => operationKey === key);
    // Of a batch the records are what is done.
    if (own.some(({ operation }) => operation === postInvoices.name)) continue;
    if (documents.length > 1) problem(`${key} was done ${documents.length} times: ${documents.join(', ')}`);
    const known = own.flatMap(({ effect }) =>
      effect?.kind === 'succeeded' ? [effect.document.documentId] : [],
    );
    if (known.some((documentId) => !documents.includes(documentId))) {
      problem(
        `the ledger says ${known.join(', ')} for ${key}, the ERP holds ${documents.join(', ') || 'nothing'}`,
      );
    }
    // Who cancels what is in doubt, or its replay, lets it stay so; the doubt itself is known.
    const isGivenUp =
      own.some(({ state }) => state.status === 'skipped') &&
      own.some(({ effect }) => effect?.kind === 'possibly_done');
    if (documents.length > 0 && known.length === 0 && !isGivenUp)
      problem(
        `${key} was done, and the ledger does not know: ${JSON.stringify(own.map(({ id, state, effect, attemptCount, epoch, crashCount }) => ({ id, state, effect, attemptCount, epoch, crashCount })))}`,
      );
    if (known.length === 0 && own.some(({ state }) => state.status === 'succeeded')) {
      problem(`${key} is called succeeded without a document`);
    }
    const spent = own.reduce((sum, { attemptCount }) => sum + attemptCount, 0);
    if (spent > erp.writesOf(key) + own.length)
      problem(`${key}: ${spent} attempts for ${erp.writesOf(key)} writes`);
  }
}

function checkSignals(on: { readonly problem: Problem; readonly host: SequencerHost }): void {
  for (const signal of on.host.signals) {
    if (signal.kind === 'effect.doubled') on.problem(`effect.doubled: ${signal.documents.join(', ')}`);
  }
}

async function checkJournal(on: {
  readonly problem: Problem;
  readonly journal: MemoryJournal;
  readonly records: readonly EventRecord[];
}): Promise<void> {
  for (const { deliveries, event } of on.records) {
    for (const { id, state } of deliveries) {
      const archived = await on.journal.find(id);
      if (JSON.stringify(archived?.delivery.state) !== JSON.stringify(state)) {
        on.problem(
          `the journal has ${id} of ${event.eventId} as ${archived?.delivery.state.status ?? 'nothing'}, not ${state.status}`,
        );
      } else if (archived?.payload === null) {
        on.problem(`the journal has no body of ${event.eventId}`);
      }
    }
  }
}
