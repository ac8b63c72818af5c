// Replays: a new delivery at the place of the old one, at most one open per place. One, or many by a filter.
// Runs inside the caller's transaction.

import { type Delivery, isClosed, type PlannedDelivery } from '../delivery.ts';
import { formatId } from '../ids.ts';
import { maskChanges } from '../json-changes.ts';
import { forcedKeyOf } from '../keys.ts';
import { limits } from '../limits.ts';
import { hasRoomForAct, noRoomForAct, withAct } from './acts.ts';
import type { ReplayManyAnswer, ReplayManyRequest } from './bulk-replay-messages.ts';
import { coalesce } from './coalesce.ts';
import { createDelivery } from './create-delivery.ts';
import { type KeyState, ledgerOf, liveRecords, recordKey } from './key-state.ts';
import type { DeliveryFilter, ReplayAnswer, ReplayRequest } from './messages.ts';
import type { EventRecord } from './record.ts';
import { reviewKey } from './review.ts';
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
  if (!hasRoomForAct(found.record)) return { kind: 'refused', reason: 'not_finished', message: noRoomForAct };
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
  const { own, notice, publish } = found.delivery;
  const id = formatId('dlv', state.config.partition, takeNumber(state));
  const operationKey = keyOfReplay(found, { request, planned, first: atPlace[0], id });
  const created: Delivery = {
    ...createDelivery({ ...planned, operationKey, problem: null }, id, now),
    ...(own === undefined ? {} : { own }),
    ...(notice === undefined ? {} : { notice }),
    ...(publish === undefined ? {} : { publish }),
    // It stands where the first delivery stood.
    startNumber: atPlace[0]?.startNumber ?? null,
    replay: {
      of: request.deliveryId,
      position,
      revision: atPlace.length,
      edited:
        request.edited === null ? null : { ...request.edited, actor: request.actor, reason: request.reason },
      forced: request.forced,
      actor: request.actor,
      reason: request.reason,
      at: now,
    },
  };
  const { target } = found.delivery;
  const { actor, reason } = request;
  const act = { deliveryId: request.deliveryId, target, actor, action: 'replayed', reason } as const;
  const replayed: EventRecord = { ...opened, deliveries: [...opened.deliveries, created] };
  putRecord(
    state,
    found.key,
    withAct(state, replayed, { ...act, before: newest.state.status, after: toldOf(created) }),
  );
  coalesce(state, found.key, recordKey(opened.event));
  reviewKey(state, found.key);
  return { kind: 'replayed', deliveryId: created.id };
}

/** The new delivery, and what was edited: with personal data masked, for the audit keeps it for good. */
function toldOf({ id, replay }: Delivery): string {
  const edited = replay?.edited ?? null;
  if (edited === null) return id;
  if (edited.from === 'original') return `${id} with the input that was sent`;
  const { changes = [], otherCount = 0 } = edited.changed ?? {};
  const text = JSON.stringify(maskChanges(changes));
  const isShort = text.length <= limits.maxAuditedChangeChars;
  const told = isShort ? text : JSON.stringify(changes.map(({ path }) => ({ path })));
  const short = told.length <= limits.maxAuditedChangeChars ? told : `${changes.length} fields`;
  return `${id} edited ${short}${otherCount === 0 ? '' : ` and ${otherCount} others`}`;
}

/**
 * The key of what it replays: what was done is not done again. A state is another matter: set by force once more, after
 * others were set, it has to be set, under a key of its own that ledger and ERP have not seen.
 */
function keyOfReplay(
  { key }: Found,
  of: {
    readonly request: ReplayRequest;
    readonly planned: Pick<PlannedDelivery, 'operationKey' | 'staleKey'>;
    readonly first: Delivery | undefined;
    readonly id: string;
  },
): string | null {
  const { request, planned, first, id } = of;
  const { operationKey } = planned;
  if (!request.forced || planned.staleKey === null || operationKey === null) return operationKey;
  if (ledgerOf(key, operationKey)?.kind !== 'succeeded') return operationKey;
  return forcedKeyOf(first?.operationKey ?? operationKey, id);
}

/** The first delivery of a place and its replays, oldest first. */
export function deliveriesAt(record: EventRecord, position: string): readonly Delivery[] {
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
  const places = matchingPlaces(state, { filter: request.filter });
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

export type MatchingPlace = Found & {
  /** Among the places of its record. */
  readonly index: number;
};

/** Places whose newest delivery matches, oldest event first: where a replay is open, that one is the newest. */
export function matchingPlaces(
  state: SequencerState,
  wanted: { readonly filter: DeliveryFilter; readonly until?: number | undefined },
): MatchingPlace[] {
  const { until = Number.POSITIVE_INFINITY } = wanted;
  const filter: DeliveryFilter = { ...wanted.filter, status: wanted.filter.status ?? ['dead_lettered'] };
  const found: MatchingPlace[] = [];
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of liveRecords(key)) {
      const newest = new Map(
        record.deliveries.map((delivery) => [delivery.replay?.position ?? delivery.id, delivery]),
      );
      [...newest.values()].forEach((delivery, index) => {
        if (isClosed(delivery.state) || stoppedAt(delivery) > until) return;
        if (matches(state, { record, delivery }, filter)) found.push({ key, record, delivery, index });
      });
    }
  }
  return found.sort((a, b) => a.record.arrival - b.record.arrival || a.index - b.index);
}

/** Since when it is dead or held, epoch ms. */
function stoppedAt({ state }: Delivery): number {
  return state.status === 'dead_lettered' || state.status === 'held' ? state.at : Number.NEGATIVE_INFINITY;
}
