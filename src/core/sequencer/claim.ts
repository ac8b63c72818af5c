// Claim: the one decision that makes a webhook ours. Dedupes by event id, records the event and plans its deliveries at
// their places. Runs inside the caller's transaction; several claims may share one, and so one sync to disk.

import type { WebhookEvent } from '../event.ts';
import { formatId } from '../ids.ts';
import { limits } from '../limits.ts';
import { coalesce } from './coalesce.ts';
import { createDelivery } from './create-delivery.ts';
import { recordKey } from './key-state.ts';
import type { ClaimAnswer, ClaimRequest } from './messages.ts';
import type { EventRecord } from './record.ts';
import { reviewKey } from './review.ts';
import { insertRecord, loadKey, type SequencerState, takeNumber } from './state.ts';

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
  if (known !== undefined)
    return toAnswer(known, isSameItem(known.event, request.event) ? 'accepted' : 'duplicate');
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
  return toAnswer(record, 'accepted');
}

function toAnswer(record: EventRecord, status: 'accepted' | 'duplicate'): ClaimAnswer {
  return { kind: 'claimed', id: record.id, status, deliveryIds: record.deliveries.map(({ id }) => id) };
}

/** A fan-out that broke is done again: the item that made the record is not its own duplicate. */
function isSameItem(known: WebhookEvent, claimed: WebhookEvent): boolean {
  return (
    known.intakeItem !== undefined &&
    known.intakeItem === claimed.intakeItem &&
    known.requestId === claimed.requestId
  );
}

function createRecord(state: SequencerState, request: ClaimRequest): EventRecord {
  const { now } = state;
  const { partition, ledgerHorizonMs } = state.config;
  const arrival = takeNumber(state);
  // Older than the ledger remembers: it may have been done once, so its first attempt begins with a look-up.
  const { occurredAt, receivedAt } = request.event;
  const forgotten = occurredAt !== null && occurredAt < now - ledgerHorizonMs;
  const inDoubtSince = forgotten || request.startsInDoubt === true ? (occurredAt ?? receivedAt) : null;
  return {
    id: formatId('evt', partition, arrival),
    event: request.event,
    arrival,
    deliveries: request.deliveries.map((planned) => ({
      ...createDelivery(planned, formatId('dlv', partition, takeNumber(state)), now),
      effect: inDoubtSince === null ? null : { kind: 'possibly_done', since: inDoubtSince },
    })),
    attempts: [],
    droppedAttempts: 0,
    changeNumber: 0,
    unlistedAt: 0,
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
