// The memory of one partition and how it changes: every change goes through putRecord(), so that indexes, lines and
// rows stay together. If anything throws here the owner must drop the memory and start again from the rows.
// No I/O but the synchronous rows port; clock and randomness are passed in.

import type { Delivery, LedgerEffect } from '../delivery.ts';
import type { EventPayload } from '../event.ts';
import { formatId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { SubscriptionSet } from '../subscriptions/subscription.ts';
import { noteChange, type TailChanges } from '../tail/tail-changes.ts';
import type { RestReason } from '../target-signals.ts';
import { withEventNotices } from './event-notices.ts';
import type { IntakeState } from './intake-state.ts';
import { journalKindOf, numbered } from './journal-kind.ts';
import { createKeyState, type KeyState, keepRecord, lineOf, recordKey } from './key-state.ts';
import { isInLine, type Position, positionsOf } from './line.ts';
import type { Signal } from './messages.ts';
import { withNotices } from './notices.ts';
import type { ReadyHeap } from './ready-heap.ts';
import type { EventRecord, SequencerRows } from './record.ts';

export type ActiveLease = {
  readonly slot: number;
  readonly epoch: number;
  readonly deadlineAt: number;
  readonly deliveryIds: Set<string>;
  /** How many it was given, at first: a lone one that expires counts towards poison. */
  givenCount: number;
  /** What the ledger said when each was handed out. In memory only: after a restart nobody knows. */
  readonly ledgers: Map<string, LedgerEffect | null>;
};

export type SequencerConfig = {
  readonly partition: number;
  readonly partitions: number;
  readonly generation: number;
  readonly ledgerHorizonMs: number;
  /** Where intakes have their items claimed; absent: this generation is the newest. */
  readonly newest?: { readonly partitions: number; readonly generation: number };
};

export type SequencerState = {
  readonly config: SequencerConfig;
  readonly rows: SequencerRows;
  readonly keys: Map<string, KeyState>;
  /** Keys with nothing open, the longest idle first. */
  readonly idleKeys: Set<KeyState>;
  idleRecordCount: number;
  /** Delivery id → ordering key and record, of all that is in memory. */
  readonly byDelivery: Map<string, { readonly orderingKey: string; readonly record: string }>;
  readonly leases: Map<number, ActiveLease>;
  readonly leaseOf: Map<string, ActiveLease>;
  /** Ready lines by (target, source of the head), each a heap by age. */
  readonly ready: Map<string, ReadyHeap>;
  /** Group of a ready line. */
  readonly readyGroup: Map<string, string>;
  /** Lines that time alone will make ready. */
  readonly timers: ReadyHeap;
  /** Targets that take nothing before that instant, and why. In memory only: whoever asks next is told again. */
  readonly resting: Map<string, { readonly until: number; readonly reason: RestReason | null }>;
  /** Records the journal has not acknowledged, by record id; without the quiet ones. */
  readonly unjournaled: Map<string, EventRecord>;
  /** Change numbers of open records the journal is not told of yet, by record id: the lowest first. */
  readonly quiet: Map<string, number>;
  /** Quiet records as they were read after a start, until it is known what an earlier build journaled of them. */
  readonly restored: Map<string, EventRecord>;
  /** Records whose payload the journal has. */
  readonly journaledPayloads: Set<string>;
  readonly intakes: IntakeState;
  readonly signals: Signal[];
  /** The instant of the call that is being served, epoch ms: set by sequencer.ts, so that one call has one time. */
  now: number;
  appliedThrough: number;
  nextNumber: number;
  reservedNumbers: number;
  openCount: number;
  pruneCursor: string | null;
  /** Who is told of what ends; null: nobody has said. */
  subscriptions: SubscriptionSet | null;
  /** What the live tail is to be told; null: nobody listens. */
  tail: TailChanges | null;
  /** Some ordering keys were handed over to the next generation. */
  hasMovedKeys: boolean;
  /** Keys handed over with open deliveries that nobody has taken yet, and when to offer them next, epoch ms. */
  readonly untaken: Map<string, number>;
};

/** An intake of an earlier generation has its items claimed where their keys are now. */
export function newestPlace({ newest, partitions, generation }: SequencerConfig) {
  return newest ?? { partitions, generation };
}

/** The next number of the partition: ids, epochs and changes share one rising count. */
export function takeNumber(state: SequencerState): number {
  if (state.nextNumber >= state.reservedNumbers) {
    state.reservedNumbers = state.nextNumber + limits.numberBlock;
    const { partitions, generation } = state.config;
    state.rows.writeMeta({ reservedNumbers: state.reservedNumbers, partitions, generation });
  }
  return state.nextNumber++;
}

/** The key with all its records, settled ones included. */
export function loadKey(state: SequencerState, orderingKey: string): KeyState {
  let key = state.keys.get(orderingKey);
  if (key === undefined) {
    key = createKeyState(orderingKey);
    state.keys.set(orderingKey, key);
    rest(state, key);
  }
  if (!key.settledLoaded) {
    for (const record of state.rows.readSettled(orderingKey)) {
      if (!key.records.has(recordKey(record.event))) indexRecord(state, key, record);
    }
    key.settledLoaded = true;
    if (key.openCount === 0) rest(state, key);
  }
  return key;
}

/** A key with nothing open may be forgotten, the one that rests longest first. */
function rest(state: SequencerState, key: KeyState): void {
  wake(state, key);
  state.idleKeys.add(key);
  key.idleRecordCount = key.records.size;
  state.idleRecordCount += key.idleRecordCount;
  for (const oldest of state.idleKeys) {
    const fits = state.idleKeys.size <= limits.maxIdleKeys && state.idleRecordCount <= limits.maxIdleRecords;
    if (fits || oldest === key) return;
    dropKey(state, oldest);
  }
}

function wake(state: SequencerState, key: KeyState): void {
  if (state.idleKeys.delete(key)) state.idleRecordCount -= key.idleRecordCount;
}

function dropKey(state: SequencerState, key: KeyState): void {
  for (const record of key.records.values()) {
    for (const delivery of record.deliveries) state.byDelivery.delete(delivery.id);
  }
  wake(state, key);
  state.keys.delete(key.orderingKey);
}

/** Takes the key out of memory with all that is open of it: it is another partition's from now on. */
export function forgetKey(state: SequencerState, key: KeyState): void {
  for (const record of key.records.values()) {
    state.unjournaled.delete(record.id);
    state.quiet.delete(record.id);
    state.journaledPayloads.delete(record.id);
  }
  state.openCount -= key.openCount;
  dropKey(state, key);
}

/** Counts open records: what stands in the `open` rows. */
export function countOpen(state: SequencerState, key: KeyState, change: 1 | -1): void {
  state.openCount += change;
  key.openCount += change;
  if (key.openCount === 0) rest(state, key);
  else wake(state, key);
}

export function indexRecord(state: SequencerState, key: KeyState, record: EventRecord): void {
  const name = recordKey(record.event);
  keepRecord(key, record);
  for (const delivery of record.deliveries) {
    state.byDelivery.set(delivery.id, { orderingKey: key.orderingKey, record: name });
  }
}

export function findRecord(
  state: SequencerState,
  deliveryId: string,
): { key: KeyState; record: EventRecord; delivery: Delivery } | null {
  const place = state.byDelivery.get(deliveryId);
  if (place === undefined) return null;
  const key = state.keys.get(place.orderingKey);
  const record = key?.records.get(place.record);
  const delivery = record?.deliveries.find((candidate) => candidate.id === deliveryId);
  return key === undefined || record === undefined || delivery === undefined
    ? null
    : { key, record, delivery };
}

/** Writes a changed record, with a new change number, and has the lines of its key looked at again. */
export function putRecord(state: SequencerState, key: KeyState, record: EventRecord): EventRecord {
  const before = key.records.get(recordKey(record.event));
  const told = withNotices(record, () => nextDeliveryId(state), state.now);
  const changed = numbered(withSubscribers(state, { before, record: told }), takeNumber(state));
  state.rows.updateOpen(changed);
  if (state.tail !== null) noteChange(state.tail, before, changed);
  remember(state, key, { before, record: changed });
  return changed;
}

export function insertRecord(
  state: SequencerState,
  key: KeyState,
  fresh: { readonly record: EventRecord; readonly payload: EventPayload },
): EventRecord {
  const told = withSubscribers(state, { before: undefined, record: fresh.record });
  const inserted = numbered(told, takeNumber(state));
  state.rows.insertOpen(inserted, fresh.payload);
  countOpen(state, key, 1);
  if (state.tail !== null) noteChange(state.tail, undefined, inserted);
  remember(state, key, { before: undefined, record: inserted });
  return inserted;
}

function nextDeliveryId(state: SequencerState): string {
  return formatId('dlv', state.config.partition, takeNumber(state));
}

/** What just ended, for whoever subscribed to it. */
function withSubscribers(
  state: SequencerState,
  change: { readonly before: EventRecord | undefined; readonly record: EventRecord },
): EventRecord {
  const { subscriptions, now } = state;
  const nextId = () => nextDeliveryId(state);
  return withEventNotices(change, { subscriptions: subscriptions?.active ?? [], nextId, now });
}

/** The newest word counts, and stays over a restart: endings that no lease brings are told by it too. */
export function learnSubscriptions(state: SequencerState, told: SubscriptionSet | undefined): void {
  const known = state.subscriptions;
  if (told === undefined || (known !== null && told.version < known.version)) return;
  const isSame = JSON.stringify(told.active) === JSON.stringify(known?.active ?? []);
  state.subscriptions = told;
  if (!isSame) state.rows.writeSubscriptions(told);
}

/** Takes a record into memory as it is now. */
export function remember(
  state: SequencerState,
  key: KeyState,
  change: { readonly before: EventRecord | undefined; readonly record: EventRecord },
): void {
  const { before, record } = change;
  indexRecord(state, key, record);
  track(state, record);
  const sameDeliveries = before?.deliveries.length === record.deliveries.length;
  for (const target of targetsOf(record)) {
    const line = lineOf(key, target);
    line.order = line.order !== null && sameDeliveries ? changedOrder(line.order, record, target) : null;
  }
}

/** What the journal is to be told of. Change numbers rise, so that the lowest one always stands first. */
export function track(state: SequencerState, record: EventRecord): void {
  state.quiet.delete(record.id);
  state.unjournaled.delete(record.id);
  if (journalKindOf(record) === 'quiet') {
    state.quiet.set(record.id, record.changeNumber);
  } else {
    state.unjournaled.set(record.id, record);
  }
}

/**
 * The line after one record changed, without sorting it again where it need not be: a started place that closed falls
 * out. Where one that was not started left or started, the others may stand differently: null.
 */
function changedOrder(order: readonly Position[], record: EventRecord, target: string): Position[] | null {
  const current = new Map(positionsOf(record, target).map((position) => [position.id, position]));
  const kept: Position[] = [];
  for (const position of order) {
    if (position.record.id !== record.id) {
      kept.push(position);
      continue;
    }
    const now = current.get(position.id);
    const stays = now !== undefined && isInLine(now);
    if (position.occupant.startNumber === null && !(stays && now.occupant.startNumber === null)) return null;
    if (stays) kept.push(now);
  }
  return kept;
}

export function targetsOf(record: EventRecord): Set<string> {
  return new Set(record.deliveries.map((delivery) => delivery.target));
}

export function lineName(orderingKey: string, target: string): string {
  return `${target}\n${orderingKey}`;
}
