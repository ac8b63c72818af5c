// Settle: a leased attempt's outcome becomes the delivery's status and the ledger's entry, or the delivery is given back
// untouched. What comes after its lease goes to late-settle.ts. Runs inside the caller's transaction.

import { type Attempt, type AttemptOutcome, type Delivery, isClosed } from '../delivery.ts';
import type { Outcome } from '../outcome.ts';
import type { RestReason } from '../target-signals.ts';
import { coalesce } from './coalesce.ts';
import { withFailedRecords } from './failed-records.ts';
import { replaceInMemory } from './hand-out.ts';
import { recordKey } from './key-state.ts';
import { settleLate } from './late-settle.ts';
import { endLease, isLedgerAsLeased, writeSlot } from './lease.ts';
import type { Settlement } from './messages.ts';
import type { EventRecord } from './record.ts';
import { reviewKey } from './review.ts';
import { closePosition, decideSettle } from './settle-rules.ts';
import {
  type Found,
  noteSecondDocument,
  noteSecondJob,
  toAttempt,
  toSignal,
  withDelivery,
} from './settled-record.ts';
import { type ActiveLease, findRecord, loadKey, putRecord, type SequencerState } from './state.ts';

/** [0, 1), drawn for each call. */
export type Random = () => number;

/** All of one call; a lease of which several come back untouched is written once. */
export function settleAll(state: SequencerState, settlements: readonly Settlement[], random: Random): void {
  const givenBack = new Set<ActiveLease>();
  for (const settlement of settlements) settle(state, settlement, { random, givenBack });
  // Without it a restart would take the delivery for one that was never settled, and doubt it for nothing.
  for (const active of givenBack) writeSlot(state, active);
}

type Settling = { readonly random: Random; readonly givenBack: Set<ActiveLease> };

function settle(state: SequencerState, settlement: Settlement, { random, givenBack }: Settling): void {
  const found = findRecord(state, settlement.deliveryId) ?? findArchived(state, settlement);
  if (found === null) return;
  const active = state.leaseOf.get(settlement.deliveryId);
  if (active === undefined || active.epoch !== settlement.epoch) {
    settleLate(state, found, settlement);
  } else if (settlement.result.kind === 'returned') {
    givenBack.add(active);
    giveBack(state, found, { active, ...settlement.result });
  } else if (isClosed(found.delivery.state)) {
    noteSecondDocument(state, found, settlement.result.outcome);
    endClosed(state, found, { active, attempt: toAttempt(settlement, found.delivery) });
  } else {
    settleLeased(state, found, { active, settlement, random });
  }
}

/** Settled so long ago that its key is out of memory: what comes now is evidence all the same. */
function findArchived(state: SequencerState, { orderingKey, deliveryId }: Settlement): Found | null {
  if (orderingKey === undefined || state.keys.has(orderingKey)) return null;
  loadKey(state, orderingKey);
  return findRecord(state, deliveryId);
}

/** A late settle had closed it while it was leased: the lease is over, and the row may go on to the archive. */
function endClosed(
  state: SequencerState,
  found: Found,
  ended: { active: ActiveLease; attempt: Attempt | null },
): void {
  endLease(state, ended.active, found);
  const delivery: Delivery = { ...found.delivery, epoch: ended.active.epoch };
  putRecord(state, found.key, withDelivery(found.record, delivery, ended.attempt));
  reviewKey(state, found.key);
}

function giveBack(
  state: SequencerState,
  found: Found,
  given: {
    active: ActiveLease;
    target: string | null;
    notBeforeAt: number | null;
    reason?: RestReason;
  },
): void {
  const { key, delivery } = found;
  const { active } = given;
  if (isClosed(delivery.state)) {
    endClosed(state, found, { active, attempt: null });
    return;
  }
  endLease(state, active, found);
  // Untouched is not started: what was sent before it and comes later still goes first.
  if (delivery.startNumber === active.epoch) {
    replaceInMemory(key, found.record.event, { ...delivery, startNumber: null });
  }
  if (given.target !== null && given.notBeforeAt !== null) {
    rest(state, given.target, { until: given.notBeforeAt, reason: given.reason ?? null });
  }
  coalesce(state, key, recordKey(found.record.event));
  reviewKey(state, key);
}

/** The latest word of several refusals: who asks again early is told again. */
function rest(
  state: SequencerState,
  target: string,
  rested: { until: number; reason: RestReason | null },
): void {
  const known = state.resting.get(target);
  if (known === undefined || known.until <= rested.until) state.resting.set(target, rested);
}

function settleLeased(
  state: SequencerState,
  found: Found,
  given: { active: ActiveLease; settlement: Settlement; random: Random },
): void {
  const { active, settlement, random } = given;
  if (settlement.result.kind !== 'outcome') return;
  const { outcome, inputHash, spent, doubtCleared } = settlement.result;
  // A look-up says nothing about what came to be known after it.
  const isCleared = doubtCleared && isLedgerAsLeased(active, found);
  const decided = decideSettle(found.delivery, {
    outcome,
    inputHash,
    spent,
    doubtCleared: isCleared,
    epoch: active.epoch,
    now: state.now,
    random: random(),
  });
  endLease(state, active, found);
  noteSecondDocument(state, found, outcome);
  noteSecondJob(state, found, { outcome, replaced: isCleared });
  const attempt = toAttempt(settlement, decided);
  const before = isCleared ? withoutDoubt(found.record, found.delivery) : found.record;
  const settled = withDelivery(before, decided, attempt);
  const whole = withFailedRecords(state, settled, { batch: decided, outcome });
  const changed = closePosition(whole, decided, state.now);
  putRecord(state, found.key, changed);
  coalesce(state, found.key, recordKey(changed.event));
  state.signals.push(toSignal(decided, changed, outcome.kind));
  reviewKey(state, found.key);
}

/** What cleared the doubt of a replay cleared that of what it stands for. */
function withoutDoubt(record: EventRecord, cleared: Delivery): EventRecord {
  const deliveries = record.deliveries.map((other) =>
    other.operationKey === cleared.operationKey && other.effect?.kind === 'possibly_done'
      ? { ...other, effect: null }
      : other,
  );
  return { ...record, deliveries };
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
    case 'partial': {
      const doneCount = outcome.succeeded.length;
      const failed = outcome.failed.map(({ recordId }) => recordId);
      const text = `${doneCount} of ${doneCount + failed.length} records done; failed: ${failed.join(', ')}`;
      return { ...base, reason: 'partial', message: text, records: { doneCount, failed } };
    }
    default:
      return { ...base, reason: null };
  }
}
