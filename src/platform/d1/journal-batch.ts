// A journal batch as the JSON parameters of its statements. How much goes into one batch is decided where it is cut
// (src/core/sequencer/journal-cut.ts) by limits.maxJournalBatchBytes and maxJournalBatchRecords.
// Pure. D1 takes 2,000,000 bytes a parameter and a row; every size here stays under that for any input.

import type { Attempt, Delivery } from '../../core/delivery.ts';
import { codeOf, reasonOf } from '../../core/delivery-filter.ts';
import { limits } from '../../core/limits.ts';
import type { EventRecord } from '../../core/sequencer/record.ts';
import type { JournalBatch, JournalEntry } from '../../pipeline/ports.ts';
import { toHex } from './hex.ts';

/** A body too large to stand as hex inside the JSON of its row, in pieces that each fit a parameter. */
export type LargeBody = { readonly eventRecordId: string; readonly pieces: readonly string[] };

/** Each string is the JSON list of the rows of one statement. */
export type JournalParameters = {
  readonly events: readonly string[];
  readonly largeBodies: readonly LargeBody[];
  readonly deliveries: readonly string[];
  readonly attempts: readonly string[];
  readonly acts: readonly string[];
};

const encoder = new TextEncoder();

export function toParameters(batch: JournalBatch): JournalParameters {
  const events: string[] = [];
  const largeBodies: LargeBody[] = [];
  const deliveries: string[] = [];
  const attempts: string[] = [];
  const acts: string[] = [];
  for (const entry of batch.entries) {
    const { record } = entry;
    events.push(JSON.stringify(toEventRow(entry)));
    const body = entry.payload?.body;
    if (body !== undefined && isLarge(body))
      largeBodies.push({ eventRecordId: record.id, pieces: toPieces(body) });
    for (const delivery of record.deliveries)
      deliveries.push(JSON.stringify(toDeliveryRow(record, delivery)));
    for (const attempt of record.attempts) attempts.push(toAttemptRow(attempt));
    for (const act of record.acts ?? []) acts.push(JSON.stringify(act));
  }
  return {
    events: pack(events),
    largeBodies,
    deliveries: pack(deliveries),
    attempts: pack(attempts),
    acts: pack(acts),
  };
}

function toEventRow({ record, payload }: JournalEntry) {
  const { event } = record;
  return {
    id: record.id,
    source: event.source,
    eventId: event.eventId,
    type: event.type,
    entity: event.entity === null ? null : `${event.entity.kind}/${event.entity.id}`,
    orderingKey: event.orderingKey,
    receivedAt: event.receivedAt,
    occurredAt: event.occurredAt,
    arrival: record.arrival,
    changeNumber: record.changeNumber,
    droppedAttempts: record.droppedAttempts,
    deliveryIds: record.deliveries.map((delivery) => delivery.id),
    event,
    headers: payload?.headers ?? null,
    body: payload === null || isLarge(payload.body) ? null : toHex(payload.body),
  };
}

function toDeliveryRow({ id, event }: EventRecord, delivery: Delivery) {
  const { state } = delivery;
  const document = delivery.effect?.kind === 'succeeded' ? delivery.effect.document : null;
  return {
    id: delivery.id,
    eventRecordId: id,
    source: event.source,
    eventId: event.eventId,
    type: event.type,
    orderingKey: event.orderingKey,
    receivedAt: event.receivedAt,
    route: delivery.routeId,
    target: delivery.target,
    operation: delivery.operation,
    operationKey: delivery.operationKey,
    status: state.status,
    reason: reasonOf(state),
    code: codeOf(state),
    message: messageOf(state),
    attemptCount: delivery.attemptCount,
    documentId: document?.documentId ?? null,
    documentNumber: document?.documentNumber ?? null,
    documentState: document?.state ?? null,
    replayOf: delivery.replay?.of ?? null,
    position: delivery.replay?.position ?? delivery.id,
    createdAt: delivery.createdAt,
    updatedAt: delivery.updatedAt,
    delivery,
  };
}

function messageOf(state: Delivery['state']): string | null {
  if ('message' in state) return state.message;
  return 'note' in state ? state.note : null;
}

/** An attempt whose exchanges would burst the row keeps their lines and loses their bodies. */
function toAttemptRow(attempt: Attempt): string {
  const row = JSON.stringify(attempt);
  if (byteLength(row) <= limits.maxJournalRowBytes) return row;
  const exchanges = attempt.exchanges.map((exchange) => ({
    ...exchange,
    requestBody: null,
    responseBody: null,
  }));
  return JSON.stringify({
    ...attempt,
    exchanges: exchanges.slice(0, limits.maxClippedExchanges),
    input: null,
  });
}

function isLarge(body: Uint8Array): boolean {
  return body.byteLength > limits.maxInlineBodyBytes;
}

function toPieces(body: Uint8Array): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < body.byteLength; from += limits.maxBodyPieceBytes) {
    pieces.push(toHex(body.subarray(from, from + limits.maxBodyPieceBytes)));
  }
  return pieces;
}

/** Rows → JSON lists, each under the bound of a statement's parameter. */
function pack(rows: readonly string[]): string[] {
  const lists: string[] = [];
  let open: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const rowBytes = byteLength(row) + 1;
    if (open.length > 0 && bytes + rowBytes > limits.maxJournalRowBytes) {
      lists.push(`[${open.join(',')}]`);
      open = [];
      bytes = 0;
    }
    open.push(row);
    bytes += rowBytes;
  }
  if (open.length > 0) lists.push(`[${open.join(',')}]`);
  return lists;
}

function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}
