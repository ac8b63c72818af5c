// A settle that comes after its lease is evidence, not an order: what it says was done goes into the ledger, of whatever
// became of the delivery meanwhile. It never reopens anything. Runs inside the caller's transaction.

import { type Attempt, type Delivery, isClosed } from '../delivery.ts';
import { coalesce } from './coalesce.ts';
import { withFailedRecords } from './failed-records.ts';
import { horizonMs } from './journal-cut.ts';
import { type KeyState, recordKey } from './key-state.ts';
import type { Settlement } from './messages.ts';
import type { EventRecord } from './record.ts';
import { reviewKey } from './review.ts';
import { closePosition, doneEffect, laterDoubt } from './settle-rules.ts';
import {
  type DoneOutcome,
  type Found,
  isDone,
  noteSecondDocument,
  noteSecondJob,
  toAttempt,
  toSignal,
  withDelivery,
} from './settled-record.ts';
import { indexRecord, putRecord, type SequencerState } from './state.ts';

/** Its lease is over: settled, expired, or newer. */
export function settleLate(state: SequencerState, found: Found, settlement: Settlement): void {
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
  noteSecondJob(state, found, { outcome, replaced: false });
  const attempt = toAttempt(settlement, found.delivery);
  if (!isDone(outcome)) {
    const since = outcome.kind === 'in_doubt' ? outcome.lastByteAt : state.now;
    const jobRef = outcome.kind === 'accepted' ? outcome.jobRef : undefined;
    doubtLate(state, found, { since, jobRef, attempt });
  } else {
    succeedLate(state, found, { outcome, inputHash, attempt });
  }
  reviewKey(state, found.key);
}

/** The same settle again: its answer was lost on the way. */
function isRepeat(delivery: Delivery, epoch: number): boolean {
  return delivery.epoch === epoch && !delivery.suspect;
}

type Late = { readonly attempt: Attempt | null };

/** Where it is leased again, that lease's confirm sees the changed ledger and says stop; what it finds or does counts. */
function doubtLate(
  state: SequencerState,
  found: Found,
  late: Late & { readonly since: number; readonly jobRef: string | undefined },
): void {
  const { delivery } = found;
  if (delivery.effect?.kind === 'succeeded') return;
  const doubted: Delivery = {
    ...delivery,
    // A job it names is asked after by the next attempt, whatever that one had in mind.
    effect: laterDoubt(delivery.effect, late.since, late.jobRef),
    updatedAt: state.now,
  };
  putEvidence(state, found.key, withDelivery(found.record, doubted, late.attempt));
}

/** Where it is leased again, its place stays leased until that one settles or expires: it may be writing. */
function succeedLate(
  state: SequencerState,
  found: Found,
  late: Late & { readonly outcome: DoneOutcome; readonly inputHash: string | null },
): void {
  const { delivery } = found;
  if (delivery.effect?.kind === 'succeeded') return;
  const { outcome, inputHash } = late;
  const { now } = state;
  const closed: Delivery['state'] =
    delivery.state.status === 'dead_lettered'
      ? { status: 'resolved', resolvedBy: 'late_settle', note: 'its last attempt had succeeded', at: now }
      : { status: 'succeeded', how: 'late_settle', at: now };
  const succeeded: Delivery = {
    ...delivery,
    state: isClosed(delivery.state) ? delivery.state : closed,
    effect: doneEffect(outcome, inputHash),
    suspect: false,
    updatedAt: now,
  };
  const settled = withDelivery(found.record, succeeded, late.attempt);
  // Of what is archived nothing is opened again: a person had closed it, and the ledger knows what was done.
  const isKept = state.rows.readPayload(found.record.event) !== null;
  const whole = isKept ? withFailedRecords(state, settled, { batch: succeeded, outcome }) : settled;
  const changed = closePosition(whole, succeeded, now);
  putEvidence(state, found.key, changed);
  coalesce(state, found.key, recordKey(changed.event));
  state.signals.push(toSignal(succeeded, changed, 'late_settle'));
}

/** Of what is archived only the ledger is told: its settled row is written again, for the whole of its horizon. */
function putEvidence(state: SequencerState, key: KeyState, record: EventRecord): void {
  if (state.rows.readPayload(record.event) !== null) {
    putRecord(state, key, record);
    return;
  }
  const settled: EventRecord = { ...record, attempts: [], acts: [] };
  state.rows.settle(settled, state.now + horizonMs(state, settled));
  indexRecord(state, key, settled);
}
