// Handing an ordering key over to the next generation, where another PARTITIONS puts it into another object. The old side
// marks the key moved and gives everything it knows of it; the new side takes it in one transaction, before its first claim
// of the key. What was leased on the old side may still be done: it is in doubt until its lease ends, and quiet after it.

import { type Delivery, isClosed } from '../delivery.ts';
import type { EventPayload } from '../event.ts';
import { limits } from '../limits.ts';
import { horizonMs } from './journal-cut.ts';
import { asListed } from './journal-kind.ts';
import { recordKey } from './key-state.ts';
import type { EventRecord } from './record.ts';
import { withoutGivenBack } from './restore.ts';
import { reviewKey, withdrawLines } from './review.ts';
import { laterDoubt } from './settle-rules.ts';
import { forgetKey, indexRecord, insertRecord, loadKey, putRecord, type SequencerState } from './state.ts';

/** A record of the key; the payload stands with those that are still open. */
export type HandedRecord = { readonly record: EventRecord; readonly payload: EventPayload | null };

/** Old side. Idempotent: asked again, it gives the same, until dropHandedOver(). */
export function giveAway(state: SequencerState, orderingKey: string): readonly HandedRecord[] {
  if (!state.rows.isMoved(orderingKey)) moveKey(state, orderingKey);
  // What was leased and given back is not written at once: the rows still call it started.
  const open = [...state.rows.readOpenOf(orderingKey)].map((record) => ({
    record: withoutGivenBack(record),
    payload: state.rows.readPayload(record.event),
  }));
  const settled = [...state.rows.readSettled(orderingKey)].map((record) => ({ record, payload: null }));
  return [...settled, ...open];
}

function moveKey(state: SequencerState, orderingKey: string): void {
  const key = loadKey(state, orderingKey);
  for (const record of key.records.values()) {
    const deliveries = record.deliveries.map((delivery) => endLeaseInDoubt(state, delivery));
    if (deliveries.some((delivery, index) => delivery !== record.deliveries[index])) {
      putRecord(state, key, { ...record, deliveries });
    }
  }
  if (key.openCount > 0) state.untaken.set(orderingKey, state.now + limits.handOverOfferMs);
  withdrawLines(state, key);
  forgetKey(state, key);
  state.rows.markMoved(orderingKey);
  state.hasMovedKeys = true;
}

/** It may be under way in the ERP until the lease's deadline: the new line waits for that, and looks up first. */
function endLeaseInDoubt(state: SequencerState, delivery: Delivery): Delivery {
  const active = state.leaseOf.get(delivery.id);
  if (active === undefined) return delivery;
  active.deliveryIds.delete(delivery.id);
  state.leaseOf.delete(delivery.id);
  if (active.deliveryIds.size === 0) state.leases.delete(active.slot);
  if (isClosed(delivery.state)) return { ...delivery, epoch: active.epoch };
  return {
    ...delivery,
    state: { status: 'scheduled', dueAt: active.deadlineAt, reason: 'handed_over' },
    effect: laterDoubt(delivery.effect, active.deadlineAt),
    epoch: active.epoch,
    suspect: true,
    updatedAt: state.now,
  };
}

/**
 * Old side: keys whose taker was lost between asking and taking. Nobody would lease what is open of them, so they are
 * offered again; each is due again a while after.
 */
export function untakenKeys(state: SequencerState): readonly string[] {
  const due = [...state.untaken].filter(([, at]) => at <= state.now).map(([key]) => key);
  for (const key of due) state.untaken.set(key, state.now + limits.handOverOfferMs);
  return due;
}

/** The new side has it. */
export function dropHandedOver(state: SequencerState, orderingKey: string): void {
  state.untaken.delete(orderingKey);
  if (state.rows.isMoved(orderingKey)) state.rows.dropMoved(orderingKey);
}

/** New side: whether anything of the key stands here, so that nothing is to be asked for. */
export function knowsKey(state: SequencerState, orderingKey: string): boolean {
  return loadKey(state, orderingKey).records.size > 0;
}

/** New side. Ids, arrival and operation keys stay as they were made; the change numbers are this partition's. */
export function takeOver(state: SequencerState, orderingKey: string, handed: readonly HandedRecord[]): void {
  const key = loadKey(state, orderingKey);
  for (const { record, payload } of handed) {
    if (key.records.has(recordKey(record.event))) continue;
    if (payload === null) {
      state.rows.insertSettled(record, state.now + horizonMs(state, record));
      indexRecord(state, key, record);
    } else {
      // Its numbers are of another partition, by which no block of this one would be found.
      insertRecord(state, key, { record: asListed(record), payload });
    }
  }
  reviewKey(state, key);
}
