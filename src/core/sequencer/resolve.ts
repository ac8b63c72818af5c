// What a person says about a delivery: that it was done, shall not be done, may go on, or shall not hold up its line. Each is
// kept with who said it and why. Runs inside the caller's transaction.

import { type Delivery, isClosed, type LedgerEffect } from '../delivery.ts';
import { hasRoomForAct, noRoomForAct, withAct } from './acts.ts';
import { coalesce } from './coalesce.ts';
import { recordKey } from './key-state.ts';
import type { ResolveAnswer, ResolveRequest } from './messages.ts';
import { deliveriesAt } from './operator.ts';
import { reviewKey } from './review.ts';
import { closePosition } from './settle-rules.ts';
import { findRecord, putRecord, type SequencerState } from './state.ts';

/** `probe`: whether a released one runs also while its operation is held. */
export function resolve(
  state: SequencerState,
  request: ResolveRequest,
  options: { readonly probe: boolean } = { probe: true },
): ResolveAnswer {
  const { now } = state;
  const found = findRecord(state, request.deliveryId);
  if (found === null)
    return {
      kind: 'refused',
      reason: 'not_found',
      message: `no open delivery ${request.deliveryId} in this partition`,
    };
  if (state.leaseOf.has(request.deliveryId)) {
    return {
      kind: 'refused',
      reason: 'wrong_state',
      message: `${request.deliveryId} is being attempted right now`,
    };
  }
  if (!hasRoomForAct(found.record)) return { kind: 'refused', reason: 'wrong_state', message: noRoomForAct };
  const newest = deliveriesAt(found.record, found.delivery.replay?.position ?? found.delivery.id).at(
    -1,
  ) as Delivery;
  if (
    newest.id !== request.deliveryId &&
    !isClosed(newest.state) &&
    newest.state.status !== 'dead_lettered'
  ) {
    const message = `its replay ${newest.id} is open: that one decides`;
    return { kind: 'refused', reason: 'wrong_state', message };
  }
  const decided = decideResolve(found.delivery, request, now);
  const resolved = decided !== null && !options.probe ? { ...decided, probe: false } : decided;
  if (resolved === null) {
    const message = `${request.deliveryId} is ${found.delivery.state.status}: it cannot be ${request.as}`;
    return { kind: 'refused', reason: 'wrong_state', message };
  }
  const deliveries = found.record.deliveries.map((delivery) =>
    delivery.id === resolved.id ? resolved : delivery,
  );
  const changed = closePosition({ ...found.record, deliveries }, resolved, now);
  putRecord(state, found.key, withAct(state, changed, toAct(found.delivery, resolved, request)));
  coalesce(state, found.key, recordKey(found.record.event));
  reviewKey(state, found.key);
  return { kind: 'resolved', delivery: resolved };
}

/** Pure: the delivery after a person's decision, or null where its state does not allow it. */
export function decideResolve(delivery: Delivery, request: ResolveRequest, now: number): Delivery | null {
  const { status } = delivery.state;
  if (isClosed(delivery.state)) return null;
  if (request.as === 'released') {
    if (delivery.state.status !== 'held') return null;
    const probe = delivery.state.cause === 'contract_broken';
    return { ...delivery, state: { status: 'pending' }, probe, updatedAt: now };
  }
  if (request.as === 'unblocked') return unblock(delivery, now);
  if (request.as === 'dropped' && status !== 'dead_lettered') {
    return { ...delivery, state: { status: 'skipped', note: request.note, at: now }, updatedAt: now };
  }
  if (request.as === 'done' && status !== 'dead_lettered' && status !== 'held') return null;
  return {
    ...delivery,
    state: { status: 'resolved', resolvedBy: request.actor, note: request.note, at: now },
    effect: request.as === 'done' ? doneByHand(request) : delivery.effect,
    updatedAt: now,
  };
}

/** The ledger records what a person says was done, so that nothing does it again. */
function doneByHand(request: ResolveRequest): LedgerEffect {
  const documentId = request.documentId ?? 'unknown';
  return {
    kind: 'succeeded',
    document: { documentId, documentNumber: documentId, state: 'done_by_hand' },
    inputHash: null,
  };
}

/**
 * The line passes a dead letter, which stays one and can be replayed, or what waits no longer waits for what has to come
 * before it. Null: it does not hold up its line in either way.
 */
function unblock(delivery: Delivery, now: number): Delivery | null {
  const { state, policy } = delivery;
  if (state.status === 'dead_lettered') {
    if (policy.onDeadLetter === 'continue') return null;
    return { ...delivery, policy: { ...policy, onDeadLetter: 'continue' }, updatedAt: now };
  }
  if (state.status === 'held' || state.status === 'running' || policy.after.length === 0) return null;
  return { ...delivery, policy: { ...policy, after: [] }, updatedAt: now };
}

const actions = {
  done: 'resolved',
  dropped: 'skipped',
  released: 'released',
  unblocked: 'unblocked',
} as const;

function toAct(before: Delivery, after: Delivery, request: ResolveRequest) {
  const document = request.documentId === null ? '' : ` as ${request.documentId}`;
  return {
    deliveryId: before.id,
    target: before.target,
    actor: request.actor,
    action: actions[request.as],
    before: before.state.status,
    after: `${after.state.status}${document}`,
    reason: request.note,
  };
}
