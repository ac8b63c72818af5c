// Claim: the one decision that makes a webhook ours. Dedupes by event id, records the event and plans its deliveries at
// their places. Runs inside the caller's transaction; several claims may share one, and so one sync to disk.

import type { Delivery, PlannedDelivery } from '../delivery.ts';
import { formatId } from '../ids.ts';
import { limits } from '../limits.ts';
import {
  canBeSuperseded,
  isNewer,
  type KeyState,
  ledgerFor,
  recordKey,
  sameState,
  type Versioned,
} from './key-state.ts';
import type { ClaimAnswer, ClaimRequest } from './messages.ts';
import type { EventRecord } from './record.ts';
import { reviewKey } from './review.ts';
import { closePosition, deadLetter } from './settle-rules.ts';
import { insertRecord, loadKey, putRecord, type SequencerState, takeNumber } from './state.ts';

export function claim(state: SequencerState, request: ClaimRequest): ClaimAnswer {
  const { config } = state;
  if (request.partitions !== config.partitions || request.generation !== config.generation) {
    const message = `this relay's partition was made for PARTITIONS=${config.partitions}, GENERATION=${config.generation}; the request came with ${request.partitions}, ${request.generation}`;
    return { kind: 'refused', reason: 'generation_mismatch', message };
  }
  if (state.hasMovedKeys && state.rows.isMoved(request.event.orderingKey)) {
    const message = 'the ordering key was handed over to the next generation';
    return { kind: 'refused', reason: 'moved', message };
  }
  const key = loadKey(state, request.event.orderingKey);
  const known = key.records.get(recordKey(request.event));
  if (known !== undefined) return { kind: 'claimed', id: known.id, status: 'duplicate' };
  if (state.openCount >= limits.maxOpenEvents) {
    return {
      kind: 'refused',
      reason: 'backlog_full',
      message: `${state.openCount} events are open in this partition`,
    };
  }
  const record = createRecord(state, request);
  insertRecord(state, key, { record, payload: request.payload });
  signalUnplanned(state, record);
  coalesce(state, key, recordKey(record.event));
  reviewKey(state, key);
  return { kind: 'claimed', id: record.id, status: 'accepted' };
}

function createRecord(state: SequencerState, request: ClaimRequest): EventRecord {
  const { now } = state;
  const { partition, ledgerHorizonMs } = state.config;
  const arrival = takeNumber(state);
  // Older than the ledger remembers: it may have been done once, so its first attempt begins with a look-up.
  const { occurredAt } = request.event;
  const forgotten = occurredAt !== null && occurredAt < now - ledgerHorizonMs;
  return {
    id: formatId('evt', partition, arrival),
    event: request.event,
    arrival,
    deliveries: request.deliveries.map((planned) => ({
      ...createDelivery(planned, formatId('dlv', partition, takeNumber(state)), now),
      effect: forgotten ? { kind: 'possibly_done', since: occurredAt } : null,
    })),
    attempts: [],
    droppedAttempts: 0,
    changeNumber: 0,
  };
}

/** What could not be planned is a dead letter from the start: somebody has to hear of it like of any other. */
function signalUnplanned(state: SequencerState, record: EventRecord): void {
  for (const delivery of record.deliveries) {
    if (delivery.state.status !== 'dead_lettered') continue;
    const { reason, message } = delivery.state;
    state.signals.push({ kind: 'delivery.dead_lettered', delivery, event: record.event, reason, message });
  }
}

export function createDelivery(planned: PlannedDelivery, id: string, now: number): Delivery {
  return {
    ...planned,
    id,
    state:
      planned.problem === null
        ? { status: 'pending' }
        : deadLetter(now, {
            reason: 'mapping_failed',
            code: planned.problem.code,
            message: planned.problem.message,
          }),
    attemptCount: 0,
    lookupCount: 0,
    crashCount: 0,
    suspect: false,
    startNumber: null,
    epoch: 0,
    effect: null,
    replay: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Of the inputs that set the same state, only the newest that is not under way stays. */
export function coalesce(state: SequencerState, key: KeyState, name: string): void {
  const record = key.records.get(name);
  for (const delivery of record?.deliveries ?? []) {
    if (delivery.staleKey !== null) coalesceState(state, key, delivery.staleKey);
  }
}

function coalesceState(state: SequencerState, key: KeyState, staleKey: string): void {
  const all = sameState(key, staleKey);
  if (all.length < 2) return;
  // As it is now, not as it was: of inputs that are each newer than the next in a circle, one has to stay.
  const nowOf = ({ record, delivery }: Versioned): Delivery =>
    key.records.get(recordKey(record.event))?.deliveries.find(({ id }) => id === delivery.id) ?? delivery;
  for (const older of all) {
    const current = nowOf(older);
    if (!canBeSuperseded(current, state.leaseOf.has(current.id)) || current.replay?.forced === true) continue;
    // A replay may be clean itself, and the operation in doubt: what waits behind it must not go ahead of that.
    const isInDoubt = ledgerFor(key, current)?.kind === 'possibly_done';
    const newer = all.find((other) => {
      if (other.record === older.record || !isNewer(other.record, older.record)) return false;
      return isInDoubt ? isApplied(nowOf(other)) : makesPointless(nowOf(other));
    });
    if (newer !== undefined) supersede(state, key, { deliveryId: current.id, by: newer.delivery.id });
  }
}

/** A newer input that is to be done or was done; a dead one leaves the older its chance. */
function makesPointless(newer: Delivery): boolean {
  const { status } = newer.state;
  return status === 'pending' || status === 'scheduled' || isApplied(newer);
}

function isApplied(delivery: Delivery): boolean {
  return delivery.effect?.kind === 'succeeded';
}

function supersede(
  state: SequencerState,
  key: KeyState,
  stale: { readonly deliveryId: string; readonly by: string },
): void {
  const { deliveryId } = stale;
  const place = state.byDelivery.get(deliveryId);
  const record = place === undefined ? undefined : key.records.get(place.record);
  if (record === undefined) return;
  const before = record.deliveries.find((delivery) => delivery.id === deliveryId);
  if (before === undefined) return;
  const superseded: Delivery = {
    ...before,
    state: { status: 'superseded', by: stale.by, at: state.now },
    updatedAt: state.now,
  };
  const deliveries = record.deliveries.map((delivery) =>
    delivery.id === deliveryId ? superseded : delivery,
  );
  putRecord(state, key, closePosition({ ...record, deliveries }, superseded, state.now));
}
