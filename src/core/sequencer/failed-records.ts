// What a partly done batch leaves: each record that failed becomes a dead letter of its own, in the same event record, with
// its own operation key and input, so that one record can be mended and replayed without the others. Runs inside the
// caller's transaction.

import type { Delivery } from '../delivery.ts';
import { formatId } from '../ids.ts';
import type { FailedRecord, Outcome } from '../outcome.ts';
import { createDelivery } from './create-delivery.ts';
import type { EventRecord } from './record.ts';
import { deadLetter } from './settle-rules.ts';
import { type SequencerState, takeNumber } from './state.ts';

type Partial = Extract<Outcome, { kind: 'partial' }>;

/** A batch that is settled twice, late and in time, leaves each of them once. */
export function withFailedRecords(
  state: SequencerState,
  record: EventRecord,
  ended: { readonly batch: Delivery; readonly outcome: Outcome },
): EventRecord {
  const { batch, outcome } = ended;
  if (outcome.kind !== 'partial') return record;
  const known = new Set(record.deliveries.map(({ operationKey }) => operationKey));
  const added = outcome.failed
    .filter(({ key }) => !known.has(key))
    .map((failed) => toDeadLetter(state, { batch, outcome, failed }));
  for (const delivery of added) {
    if (delivery.state.status !== 'dead_lettered') continue;
    const { reason, message } = delivery.state;
    state.signals.push({ kind: 'delivery.dead_lettered', delivery, event: record.event, reason, message });
  }
  return added.length === 0 ? record : { ...record, deliveries: [...record.deliveries, ...added] };
}

function toDeadLetter(
  state: SequencerState,
  from: { readonly batch: Delivery; readonly outcome: Partial; readonly failed: FailedRecord },
): Delivery {
  const { outcome, failed } = from;
  // Who asked for the batch is told of the batch.
  const { callbackUrl: _, ...batch } = from.batch;
  const { now, config } = state;
  const { recordId, key, input, code } = failed;
  const message = `record ${recordId}: ${failed.message}`;
  return {
    ...createDelivery(
      { ...batch, operation: outcome.recordOperation, operationKey: key, staleKey: null, problem: null },
      formatId('dlv', config.partition, takeNumber(state)),
      now,
    ),
    state: deadLetter(now, { reason: 'rejected', code, message }),
    attemptCount: 1,
    // Where the batch stood: a dead letter that blocks holds what came after the batch.
    startNumber: batch.startNumber,
    epoch: batch.epoch,
    effect: failed.effect === 'possible' ? { kind: 'possibly_done', since: now } : null,
    own: { of: batch.id, recordId, input },
  };
}
