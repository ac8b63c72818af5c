// A person stops a delivery that waits: holds it, so that it and its line wait for a release, or cancels it, so that it is never
// tried. Neither touches what is being worked on: nobody could say what came of it. Runs inside the caller's transaction.

import { type Delivery, isClosed } from '../delivery.ts';
import { err, ok, type Result } from '../result.ts';
import { hasRoomForAct, noRoomForAct, withAct } from './acts.ts';
import { coalesce } from './coalesce.ts';
import { recordKey } from './key-state.ts';
import type { ResolveAnswer, StopRequest } from './messages.ts';
import { reviewKey } from './review.ts';
import { closePosition } from './settle-rules.ts';
import { findRecord, putRecord, type SequencerState } from './state.ts';

export function stop(state: SequencerState, request: StopRequest): ResolveAnswer {
  const { deliveryId, as, actor, note } = request;
  const found = findRecord(state, deliveryId);
  if (found === null) {
    const message = `no open delivery ${deliveryId} in this partition`;
    return { kind: 'refused', reason: 'not_found', message };
  }
  const { key, record, delivery } = found;
  const isLeased = state.leaseOf.has(deliveryId);
  const decided = decideStop(delivery, { ...request, isLeased, now: state.now });
  if (!decided.ok) return { kind: 'refused', reason: 'wrong_state', message: decided.error };
  if (!hasRoomForAct(record)) return { kind: 'refused', reason: 'wrong_state', message: noRoomForAct };
  const stopped = decided.value;
  const deliveries = record.deliveries.map((each) => (each.id === deliveryId ? stopped : each));
  const changed = closePosition({ ...record, deliveries }, stopped, state.now);
  const act = { deliveryId, target: delivery.target, actor, action: as, reason: note } as const;
  const told = { before: delivery.state.status, after: stopped.state.status };
  putRecord(state, key, withAct(state, changed, { ...act, ...told }));
  coalesce(state, key, recordKey(record.event));
  reviewKey(state, key);
  return { kind: 'resolved', delivery: stopped };
}

/**
 * Pure: the delivery after it was stopped, or why it cannot be and what to do instead. What earlier attempts may have done stays with it: a
 * cancelled one is known to the ledger as before.
 */
export function decideStop(
  delivery: Delivery,
  request: Pick<StopRequest, 'as' | 'note'> & { readonly isLeased: boolean; readonly now: number },
): Result<Delivery, string> {
  const { id, state } = delivery;
  const { as, note, isLeased, now } = request;
  if (isClosed(state)) return err(`${id} has ended: it is ${state.status}`);
  if (isLeased)
    return err(
      `${id} is being attempted right now: try again when the attempt has ended, or pause its target`,
    );
  if (state.status === 'running')
    return err(`the ERP works on ${id}: wait for its answer, or skip it where nobody waits for that`);
  if (state.status === 'dead_lettered')
    return err(`${id} is a dead letter and is not tried by itself: skip or resolve it`);
  if (as === 'cancelled')
    return ok({
      ...delivery,
      state: { status: 'skipped', how: 'cancelled', note, at: now },
      updatedAt: now,
    });
  if (state.status === 'held') return err(`${id} is held already (${state.cause}): release or cancel it`);
  return ok({
    ...delivery,
    state: { status: 'held', cause: 'by_operator', message: note, at: now },
    updatedAt: now,
  });
}
