// What a settle writes and tells: the record with its attempt, the signal of what became of the delivery, and the alarm
// over a second document. Pure but for the signals.

import type { Attempt, Delivery } from '../delivery.ts';
import { limits } from '../limits.ts';
import type { ErpDocument, Outcome } from '../outcome.ts';
import { type KeyState, ledgerOf } from './key-state.ts';
import type { Settlement, Signal } from './messages.ts';
import type { EventRecord } from './record.ts';
import type { SequencerState } from './state.ts';

export type Found = { readonly key: KeyState; readonly record: EventRecord; readonly delivery: Delivery };

/** A look-up in doubt carries the number of the attempt it clears up. */
export function toAttempt(settlement: Settlement, decided: Delivery): Attempt | null {
  if (settlement.attempt === null) return null;
  return { ...settlement.attempt, number: Math.max(decided.attemptCount, 1) };
}

export function withDelivery(record: EventRecord, delivery: Delivery, attempt: Attempt | null): EventRecord {
  const deliveries = record.deliveries.map((other) => (other.id === delivery.id ? delivery : other));
  if (attempt === null) return { ...record, deliveries };
  const kept = keepNewest([...record.attempts, attempt]);
  const dropped = record.attempts.length + 1 - kept.length;
  return { ...record, deliveries, attempts: kept, droppedAttempts: record.droppedAttempts + dropped };
}

/** The newest attempts that fit beside the body in one row; the newest one always. */
export function keepNewest(attempts: readonly Attempt[]): readonly Attempt[] {
  // The plain case, which need not be measured.
  if (attempts.length <= 1) return attempts;
  const kept: Attempt[] = [];
  let size = 0;
  for (const attempt of [...attempts].reverse().slice(0, limits.maxUnjournaledAttempts)) {
    size += JSON.stringify(attempt).length;
    if (kept.length > 0 && size > limits.maxUnjournaledAttemptChars) break;
    kept.unshift(attempt);
  }
  return kept;
}

export function noteSecondDocument(state: SequencerState, found: Found, outcome: Outcome): void {
  const document = documentOf(outcome);
  const { operationKey } = found.delivery;
  if (document === null || operationKey === null) return;
  const effect = ledgerOf(found.key, operationKey);
  if (effect?.kind !== 'succeeded' || effect.document.documentId === document.documentId) return;
  state.signals.push({
    kind: 'effect.doubled',
    deliveryId: found.delivery.id,
    operationKey,
    documents: [effect.document.documentId, document.documentId],
  });
}

/** Two jobs for one operation: both may come to a document. `replaced`: the first was found to have done nothing. */
export function noteSecondJob(
  state: SequencerState,
  found: Found,
  job: { readonly outcome: Outcome; readonly replaced: boolean },
): void {
  const { operationKey, id } = found.delivery;
  if (job.outcome.kind !== 'accepted' || operationKey === null || job.replaced) return;
  const effect = ledgerOf(found.key, operationKey);
  if (effect?.kind !== 'possibly_done' || effect.jobRef === undefined) return;
  if (effect.jobRef === job.outcome.jobRef) return;
  const documents = [`job ${effect.jobRef}`, `job ${job.outcome.jobRef}`];
  state.signals.push({ kind: 'effect.doubled', deliveryId: id, operationKey, documents });
}

export function documentOf(outcome: Outcome): ErpDocument | null {
  return isDone(outcome) ? outcome.document : null;
}

export type DoneOutcome = Extract<Outcome, { kind: 'succeeded' | 'duplicate' | 'partial' }>;

export function isDone(outcome: Outcome): outcome is DoneOutcome {
  return outcome.kind === 'succeeded' || outcome.kind === 'duplicate' || outcome.kind === 'partial';
}

export function toSignal(delivery: Delivery, record: EventRecord, outcome: string): Signal {
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
