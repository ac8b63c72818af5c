// Settle: a leased attempt's outcome becomes the delivery's status and the ledger's entry. A settle that comes after its
// lease is evidence, not an order: what it says was done goes into the ledger, and two different documents raise an alarm.

import type { Attempt, AttemptOutcome, Delivery } from '../delivery.ts';
import { isClosed } from '../delivery.ts';
import { limits } from '../limits.ts';
import type { ErpDocument, Outcome } from '../outcome.ts';
import { coalesce } from './claim.ts';
import { type KeyState, recordKey } from './key-state.ts';
import { endLease, writeSlot } from './lease.ts';
import type { Settlement, Signal } from './messages.ts';
import type { EventRecord } from './record.ts';
import { closePosition, decideSettle, laterDoubt } from './settle-rules.ts';
import { type ActiveLease, findRecord, putRecord, reviewKey, type SequencerState } from './state.ts';

type Found = { readonly key: KeyState; readonly record: EventRecord; readonly delivery: Delivery };
/** [0, 1), drawn for each call. */
export type Random = () => number;

export function settle(state: SequencerState, settlement: Settlement, random: Random): void {
  const found = findRecord(state, settlement.deliveryId);
  if (found === null) return;
  const active = state.leaseOf.get(settlement.deliveryId);
  if (active === undefined || active.epoch !== settlement.epoch) {
    settleLate(state, found, settlement);
  } else if (settlement.result.kind === 'returned') {
    giveBack(state, found, { active, ...settlement.result });
  } else if (active.ended.has(settlement.deliveryId) || isClosed(found.delivery.state)) {
    noteSecondDocument(state, found, settlement.result.outcome);
    endLease(state, active, found);
    putRecord(
      state,
      found.key,
      withDelivery(found.record, found.delivery, toAttempt(settlement, found.delivery)),
    );
    reviewKey(state, found.key);
  } else {
    settleLeased(state, found, { active, settlement, random });
  }
}

function giveBack(
  state: SequencerState,
  found: Found,
  given: { active: ActiveLease; target: string | null; notBeforeAt: number | null },
): void {
  endLease(state, given.active, found);
  // Without it a restart would take the delivery for one that was never settled, and doubt it for nothing.
  writeSlot(state, given.active);
  if (given.target !== null && given.notBeforeAt !== null) {
    state.resting.set(given.target, Math.max(state.resting.get(given.target) ?? 0, given.notBeforeAt));
  }
  reviewKey(state, found.key);
}

function settleLeased(
  state: SequencerState,
  found: Found,
  given: { active: ActiveLease; settlement: Settlement; random: Random },
): void {
  const { active, settlement, random } = given;
  if (settlement.result.kind !== 'outcome') return;
  const { outcome, inputHash, spent, doubtCleared } = settlement.result;
  const decided = decideSettle(found.delivery, {
    outcome,
    inputHash,
    spent,
    doubtCleared,
    epoch: active.epoch,
    now: state.now,
    random: random(),
  });
  endLease(state, active, found);
  noteSecondDocument(state, found, outcome);
  const attempt = toAttempt(settlement, decided);
  const changed = closePosition(withDelivery(found.record, decided, attempt), decided, state.now);
  putRecord(state, found.key, changed);
  coalesce(state, found.key, recordKey(changed.event));
  state.signals.push(toSignal(decided, changed, outcome.kind));
  reviewKey(state, found.key);
}

/** A look-up in doubt carries the number of the attempt it clears up. */
function toAttempt(settlement: Settlement, decided: Delivery): Attempt | null {
  if (settlement.attempt === null) return null;
  return { ...settlement.attempt, number: Math.max(decided.attemptCount, 1) };
}

function withDelivery(record: EventRecord, delivery: Delivery, attempt: Attempt | null): EventRecord {
  const deliveries = record.deliveries.map((other) => (other.id === delivery.id ? delivery : other));
  if (attempt === null) return { ...record, deliveries };
  const kept = keepNewest([...record.attempts, attempt]);
  const dropped = record.attempts.length + 1 - kept.length;
  return { ...record, deliveries, attempts: kept, droppedAttempts: record.droppedAttempts + dropped };
}

/** The newest attempts that fit beside the body in one row; the newest one always. */
function keepNewest(attempts: readonly Attempt[]): Attempt[] {
  const kept: Attempt[] = [];
  let size = 0;
  for (const attempt of [...attempts].reverse().slice(0, limits.maxUnjournaledAttempts)) {
    size += JSON.stringify(attempt).length;
    if (kept.length > 0 && size > limits.maxUnjournaledAttemptChars) break;
    kept.unshift(attempt);
  }
  return kept;
}

function settleLate(state: SequencerState, found: Found, settlement: Settlement): void {
  if (settlement.result.kind === 'returned' || settlement.epoch === 0) return;
  const { outcome, inputHash } = settlement.result;
  const used = outcome.effect !== 'none' && !isRepeat(found.delivery, settlement.epoch);
  state.signals.push({
    kind: 'settle.late',
    deliveryId: found.delivery.id,
    epoch: settlement.epoch,
    effect: outcome.effect,
    used,
  });
  if (!used) return;
  noteSecondDocument(state, found, outcome);
  const document = documentOf(outcome);
  const active = state.leaseOf.get(found.delivery.id);
  const attempt = toAttempt(settlement, found.delivery);
  if (document === null) {
    const since = outcome.kind === 'in_doubt' ? outcome.lastByteAt : state.now;
    doubtLate(state, found, { since, attempt, active });
  } else {
    succeedLate(state, found, { document, inputHash, attempt, active });
  }
  reviewKey(state, found.key);
}

/** The same settle again: its answer was lost on the way. */
function isRepeat(delivery: Delivery, epoch: number): boolean {
  return delivery.epoch === epoch && !delivery.suspect;
}

type Late = {
  readonly attempt: Attempt | null;
  readonly active: ActiveLease | undefined;
};

function doubtLate(state: SequencerState, found: Found, late: Late & { readonly since: number }): void {
  const { delivery } = found;
  if (delivery.effect?.kind === 'succeeded') return;
  const doubted: Delivery = {
    ...delivery,
    effect: laterDoubt(delivery.effect, late.since),
    updatedAt: state.now,
  };
  putRecord(state, found.key, withDelivery(found.record, doubted, late.attempt));
  // Once it has confirmed, the newer attempt is writing: what comes of it must count.
  if (late.active?.confirmed.has(delivery.id) === false) late.active.ended.add(delivery.id);
}

function succeedLate(
  state: SequencerState,
  found: Found,
  late: Late & { readonly document: ErpDocument; readonly inputHash: string | null },
): void {
  const { delivery } = found;
  if (delivery.effect?.kind === 'succeeded') return;
  const { document, inputHash } = late;
  const { now } = state;
  const closed: Delivery['state'] =
    delivery.state.status === 'dead_lettered'
      ? { status: 'resolved', resolvedBy: 'late_settle', note: 'its last attempt had succeeded', at: now }
      : { status: 'succeeded', how: 'late_settle', at: now };
  const succeeded: Delivery = {
    ...delivery,
    state: isClosed(delivery.state) ? delivery.state : closed,
    effect: { kind: 'succeeded', document, inputHash },
    suspect: false,
    updatedAt: now,
  };
  const changed = closePosition(withDelivery(found.record, succeeded, late.attempt), succeeded, now);
  putRecord(state, found.key, changed);
  // Before its confirm the newer attempt is stopped; after it the place stays leased until that one settles or expires.
  late.active?.ended.add(delivery.id);
  state.signals.push(toSignal(succeeded, changed, 'late_settle'));
}

function noteSecondDocument(state: SequencerState, found: Found, outcome: Outcome): void {
  const document = documentOf(outcome);
  const { effect, operationKey } = found.delivery;
  if (document === null || operationKey === null || effect?.kind !== 'succeeded') return;
  if (effect.document.documentId === document.documentId) return;
  state.signals.push({
    kind: 'effect.doubled',
    deliveryId: found.delivery.id,
    operationKey,
    documents: [effect.document.documentId, document.documentId],
  });
}

function documentOf(outcome: Outcome): ErpDocument | null {
  return outcome.kind === 'succeeded' || outcome.kind === 'duplicate' ? outcome.document : null;
}

function toSignal(delivery: Delivery, record: EventRecord, outcome: string): Signal {
  const { state } = delivery;
  if (state.status === 'dead_lettered') {
    return {
      kind: 'delivery.dead_lettered',
      delivery,
      event: record.event,
      reason: state.reason,
      message: state.message,
    };
  }
  if (state.status === 'held') {
    return {
      kind: 'delivery.held',
      delivery,
      event: record.event,
      cause: state.cause,
      message: state.message,
    };
  }
  return { kind: 'delivery.settled', delivery, event: record.event, outcome };
}

export function toAttemptOutcome(outcome: Outcome): AttemptOutcome {
  const message = 'message' in outcome ? outcome.message : null;
  const base = { kind: outcome.kind, effect: outcome.effect, message };
  switch (outcome.kind) {
    case 'rejected':
      return { ...base, reason: outcome.code, fieldErrors: outcome.fieldErrors };
    case 'contract_broken':
      return { ...base, reason: null, issues: outcome.issues };
    case 'state_mismatch':
      return { ...base, reason: null, differences: outcome.differences };
    case 'retryable':
    case 'in_doubt':
      return { ...base, reason: outcome.reason };
    default:
      return { ...base, reason: null };
  }
}
