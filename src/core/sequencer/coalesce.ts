// Operations that set a state: of the inputs for the same state only the newest matters. What is pointless is superseded,
// but never what is under way in the ERP or may be. Runs inside the caller's transaction.

import type { Delivery } from '../delivery.ts';
import { type KeyState, ledgerFor, liveRecords, recordKey } from './key-state.ts';
import type { EventRecord } from './record.ts';
import { closePosition } from './settle-rules.ts';
import { putRecord, type SequencerState } from './state.ts';

/** Looks at every state the record sets: of its inputs only the newest that is not under way stays. */
export function coalesce(state: SequencerState, key: KeyState, name: string): void {
  for (const delivery of key.records.get(name)?.deliveries ?? []) {
    if (delivery.staleKey !== null) coalesceState(state, key, delivery.staleKey);
  }
}

function coalesceState(state: SequencerState, key: KeyState, staleKey: string): void {
  const candidates = [...liveRecords(key)].flatMap(({ event, deliveries }) =>
    deliveries
      .filter((delivery) => delivery.staleKey === staleKey)
      .map(({ id }) => ({ name: recordKey(event), id })),
  );
  for (const { name, id } of candidates) {
    // As it is now, not as it was: of inputs that are each newer than the next in a circle, one has to stay.
    const record = key.records.get(name);
    const older = record?.deliveries.find((delivery) => delivery.id === id);
    if (record === undefined || older === undefined) continue;
    if (!canBeSuperseded(older, state.leaseOf.has(id)) || older.replay?.forced === true) continue;
    const newer = findNewer(key, record, older);
    if (newer !== null) supersede(state, key, { record, older, by: newer });
  }
}

/**
 * Whether a newer input may put this one aside: only where nothing of it is under way in the ERP. `isLeased` because a
 * lease stands in memory, not in the delivery.
 */
function canBeSuperseded(delivery: Delivery, isLeased: boolean): boolean {
  if (isLeased || delivery.effect !== null) return false;
  const { state } = delivery;
  // A person's hold stands, and its line with it, until a person ends it.
  if (state.status === 'held') return state.cause !== 'by_operator';
  return state.status === 'pending' || state.status === 'scheduled' || state.status === 'dead_lettered';
}

/** The id of a delivery that makes `older` pointless; null: there is none, or it sets no state. */
export function findNewer(key: KeyState, record: EventRecord, older: Delivery): string | null {
  if (older.staleKey === null) return null;
  // A replay may be clean itself, and the operation in doubt: what waits behind it must not go ahead of that.
  const isInDoubt = ledgerFor(key, older)?.kind === 'possibly_done';
  for (const other of key.records.values()) {
    if (other === record || !isNewer(other, record)) continue;
    for (const newer of other.deliveries) {
      if (newer.staleKey !== older.staleKey) continue;
      if (isInDoubt ? isApplied(newer) : makesPointless(newer)) return newer.id;
    }
  }
  return null;
}

/** True where `a` carries a newer state than `b`: by the sender's sequence, among equals by arrival. */
function isNewer(a: EventRecord, b: EventRecord): boolean {
  const sameSource = a.event.source === b.event.source;
  const sequenceA = sameSource ? a.event.sequence : a.event.occurredAt;
  const sequenceB = sameSource ? b.event.sequence : b.event.occurredAt;
  if (sequenceA !== null && sequenceB !== null && sequenceA !== sequenceB) return sequenceA > sequenceB;
  return a.arrival > b.arrival;
}

/** A newer input that is to be done or was done; a dead one leaves the older its chance. */
function makesPointless(newer: Delivery): boolean {
  const { status } = newer.state;
  return status === 'pending' || status === 'scheduled' || status === 'running' || isApplied(newer);
}

function isApplied(delivery: Delivery): boolean {
  return delivery.effect?.kind === 'succeeded';
}

function supersede(
  state: SequencerState,
  key: KeyState,
  stale: { readonly record: EventRecord; readonly older: Delivery; readonly by: string },
): void {
  const { record, older, by } = stale;
  const superseded: Delivery = {
    ...older,
    state: { status: 'superseded', by, at: state.now },
    updatedAt: state.now,
  };
  const deliveries = record.deliveries.map((delivery) => (delivery.id === older.id ? superseded : delivery));
  putRecord(state, key, closePosition({ ...record, deliveries }, superseded, state.now));
}
