// What a person does to deliveries: replay, resolve, skip, release. A replay is a new delivery at the place of the old
// one, at most one open per place. Runs inside the caller's transaction.

import { type Delivery, isClosed, type LedgerEffect } from '../delivery.ts';
import { formatId } from '../ids.ts';
import { createDelivery } from './claim.ts';
import { coalesce } from './coalesce.ts';
import { type KeyState, liveRecords, recordKey } from './key-state.ts';
import type {
  DeliveryFilter,
  ReplayAnswer,
  ReplayManyAnswer,
  ReplayManyRequest,
  ReplayRequest,
  ResolveAnswer,
  ResolveRequest,
} from './messages.ts';
import type { EventRecord } from './record.ts';
import { reviewKey } from './review.ts';
import { closePosition } from './settle-rules.ts';
import {
  countOpen,
  findRecord,
  loadKey,
  putRecord,
  remember,
  type SequencerState,
  takeNumber,
} from './state.ts';
import { matches } from './views.ts';

type Found = { readonly key: KeyState; readonly record: EventRecord; readonly delivery: Delivery };

export function replay(state: SequencerState, request: ReplayRequest): ReplayAnswer {
  const { now } = state;
  const found = findOrLoad(state, request);
  if (found === null)
    return {
      kind: 'refused',
      reason: 'not_found',
      message: `no delivery ${request.deliveryId} in this partition`,
    };
  const position = found.delivery.replay?.position ?? found.delivery.id;
  const atPlace = deliveriesAt(found.record, position);
  const newest = atPlace.at(-1) as Delivery;
  if (!isClosed(newest.state) && newest.state.status !== 'dead_lettered') {
    return newest.replay === null
      ? {
          kind: 'refused',
          reason: 'not_finished',
          message: `${newest.id} is ${newest.state.status}: it has not ended yet`,
        }
      : {
          kind: 'refused',
          reason: 'replay_open',
          message: `${newest.id} is open at this position: ${newest.state.status}`,
        };
  }
  const planned = found.delivery.operationKey === null ? request.planned : found.delivery;
  if (planned === null || planned.operationKey === null) {
    return {
      kind: 'refused',
      reason: 'not_planned',
      message: planned?.problem?.message ?? 'the event could not be planned again',
    };
  }
  const opened = openRecord(state, found, request);
  if (opened === null) {
    return {
      kind: 'refused',
      reason: 'payload_needed',
      message: 'the event is archived: its body must come with the request',
    };
  }
  const { routeId, target, operation, operationKey, staleKey, policy } = planned;
  const created: Delivery = {
    ...createDelivery(
      { routeId, target, operation, operationKey, staleKey, policy, problem: null },
      formatId('dlv', state.config.partition, takeNumber(state)),
      now,
    ),
    // It stands where the first delivery stood.
    startNumber: atPlace[0]?.startNumber ?? null,
    replay: {
      of: request.deliveryId,
      position,
      revision: atPlace.length,
      edited:
        request.edited === null
          ? null
          : { input: request.edited.input, actor: request.actor, reason: request.reason },
      forced: request.forced,
      actor: request.actor,
      reason: request.reason,
      at: now,
    },
  };
  putRecord(state, found.key, { ...opened, deliveries: [...opened.deliveries, created] });
  coalesce(state, found.key, recordKey(opened.event));
  reviewKey(state, found.key);
  return { kind: 'replayed', deliveryId: created.id };
}

/** The first delivery of a place and its replays, oldest first. */
function deliveriesAt(record: EventRecord, position: string): readonly Delivery[] {
  return record.deliveries.filter(({ id, replay }) => id === position || replay?.position === position);
}

function findOrLoad(state: SequencerState, request: ReplayRequest): Found | null {
  const found = findRecord(state, request.deliveryId);
  if (found !== null || request.archived === null) return found;
  loadKey(state, request.archived.record.event.orderingKey);
  return findRecord(state, request.deliveryId);
}

/** A settled record comes back to the open rows with its body. */
function openRecord(state: SequencerState, found: Found, request: ReplayRequest): EventRecord | null {
  if (state.rows.readPayload(found.record.event) !== null) return found.record;
  if (request.archived === null) return null;
  state.rows.reopen(found.record, request.archived.payload);
  countOpen(state, found.key, 1);
  remember(state, found.key, { before: undefined, record: found.record });
  return found.record;
}

/** Replays the newest delivery of each matching place, oldest event first, until `limit` are; what is refused is not counted. */
export function replayMany(state: SequencerState, request: ReplayManyRequest): ReplayManyAnswer {
  const { limit, actor, reason } = request;
  const places = matchingPlaces(state, request.filter);
  const replayed: { deliveryId: string; replayOf: string }[] = [];
  const refused: { deliveryId: string; reason: string }[] = [];
  while (replayed.length < limit) {
    const next = places.shift();
    if (next === undefined) break;
    const deliveryId = next.delivery.id;
    const blank = { edited: null, forced: false, archived: null, planned: null };
    const answer = replay(state, { deliveryId, actor, reason, ...blank });
    if (answer.kind === 'replayed') replayed.push({ deliveryId: answer.deliveryId, replayOf: deliveryId });
    else refused.push({ deliveryId, reason: answer.reason });
  }
  return { replayed, refused, remaining: places.length };
}

/** Places whose newest delivery matches, oldest event first: where a replay is open, that one is the newest. */
function matchingPlaces(state: SequencerState, wanted: DeliveryFilter): Found[] {
  const filter: DeliveryFilter = { ...wanted, status: wanted.status ?? ['dead_lettered'] };
  const found: Found[] = [];
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of liveRecords(key)) {
      const newest = new Map(
        record.deliveries.map((delivery) => [delivery.replay?.position ?? delivery.id, delivery]),
      );
      for (const delivery of newest.values()) {
        if (!isClosed(delivery.state) && matches(state, { record, delivery }, filter)) {
          found.push({ key, record, delivery });
        }
      }
    }
  }
  return found.sort((a, b) => a.record.arrival - b.record.arrival);
}

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
  putRecord(state, found.key, closePosition({ ...found.record, deliveries }, resolved, now));
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
