// Deliveries, events and attempts as the admin API shows them: camelCase, instants as ISO 8601 UTC, null where there is
// nothing. The one place that decides what leaves; tables and messages may change behind it.

import type { Attempt, Exchange, LedgerEffect } from '../core/delivery.ts';
import { codeOf, reasonOf } from '../core/delivery-filter.ts';
import type { EventPayload, WebhookEvent } from '../core/event.ts';
import { parseId } from '../core/ids.ts';
import type { DeliveryView, Waiting } from '../core/sequencer/messages.ts';
import { isNarrowed, named, type Viewer, without } from './access/redact.ts';

export function toIso(epochMs: number): string;
export function toIso(epochMs: number | null): string | null;
export function toIso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

/** Ids of other deliveries may be of sources the caller does not see: to whom sees a part only, they are not told. */
export function toWireDelivery(view: DeliveryView, viewer: Viewer) {
  const shown = toWholeDelivery(view);
  if (!isNarrowed(viewer)) return { ...shown, redacted: [] as readonly string[] };
  const { rest, redacted } = without(shown, ['supersededBy']);
  const { waiting } = shown;
  if (waiting === null || !isDeliveryId(waiting.on)) return { ...rest, redacted };
  return { ...rest, waiting: { ...waiting, on: undefined }, redacted: named(redacted, ['waiting.on']) };
}

export function isDeliveryId(text: string | null): boolean {
  return text !== null && parseId('dlv', text).ok;
}

function toWholeDelivery(view: DeliveryView) {
  const { delivery, event } = view;
  const { state, effect } = delivery;
  return {
    id: delivery.id,
    status: view.status,
    reason: reasonOf(state),
    code: codeOf(state),
    message:
      'message' in state ? state.message : 'note' in state ? state.note : (delivery.problem?.message ?? null),
    route: delivery.routeId,
    target: delivery.target,
    operation: delivery.operation,
    operationKey: delivery.operationKey,
    attemptCount: delivery.attemptCount,
    document: effect?.kind === 'succeeded' ? effect.document : null,
    inDoubtSince: toIso(effect?.kind === 'possibly_done' ? effect.since : null),
    job: toWireErpJob(state),
    waiting: toWireWaiting(view.waiting),
    record: delivery.own === undefined ? null : { id: delivery.own.recordId, batch: delivery.own.of },
    replay: toWireReplay(view),
    supersededBy: state.status === 'superseded' ? state.by : null,
    resolvedBy: state.status === 'resolved' ? state.resolvedBy : null,
    traceId: event.trace?.traceId ?? null,
    event: toWireEvent(view.eventRecordId, event),
    receivedAt: toIso(event.receivedAt),
    createdAt: toIso(delivery.createdAt),
    updatedAt: toIso(delivery.updatedAt),
  };
}

function toWireReplay({ delivery: { replay } }: DeliveryView) {
  if (replay === null) return null;
  const { of, position, revision, edited, forced, actor, reason, at } = replay;
  const isEdited = edited !== null && edited.from === undefined;
  const mapping = isEdited ? null : edited === null ? 'current' : 'original';
  return { of, position, revision, edited: isEdited, mapping, forced, actor, reason, at: toIso(at) };
}

/** What the ERP works on; null where it works on nothing. */
function toWireErpJob(state: DeliveryView['delivery']['state']) {
  if (state.status !== 'running') return null;
  const { jobRef, startedAt, pollAt, pollCount, progress } = state;
  return { ref: jobRef, startedAt: toIso(startedAt), nextPollAt: toIso(pollAt), pollCount, progress };
}

function toWireWaiting(waiting: Waiting | null) {
  if (waiting === null) return null;
  const { cause, on, until, reason } = waiting;
  const shown = { cause, on, until: toIso(until) };
  return reason === undefined ? shown : { ...shown, reason };
}

export function toWireEvent(recordId: string, event: WebhookEvent) {
  return {
    id: recordId,
    source: event.source,
    eventId: event.eventId,
    type: event.type,
    entity: event.entity,
    orderingKey: event.orderingKey,
    sequence: event.sequence,
    occurredAt: toIso(event.occurredAt),
    receivedAt: toIso(event.receivedAt),
    requestId: event.requestId,
    ...(event.reconciled === true ? { reconciled: true } : {}),
  };
}

export function toWireAttempt(attempt: Attempt) {
  return {
    number: attempt.number,
    mode: attempt.mode,
    epoch: attempt.epoch,
    startedAt: toIso(attempt.startedAt),
    endedAt: toIso(attempt.endedAt),
    outcome: attempt.outcome,
    input: parseOr(attempt.input),
    exchanges: attempt.exchanges.map(toWireExchange),
  };
}

function toWireExchange(exchange: Exchange) {
  const { at, durationMs, method, url, requestBody, status, responseBody, failure } = exchange;
  return {
    at: toIso(at),
    durationMs,
    request: { method, url, body: requestBody },
    response: status === null ? null : { status, body: responseBody },
    failure,
  };
}

/** Parsed where it is whole; the text itself where it was cut. */
function parseOr(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function toWireLedger(ledger: LedgerEffect | null) {
  if (ledger === null) return null;
  return ledger.kind === 'possibly_done'
    ? { effect: 'possibly_done', since: toIso(ledger.since) }
    : { effect: 'succeeded', document: ledger.document, inputHash: ledger.inputHash };
}

/** The bytes as text where they are text, so that nobody has to decode what can be read. */
export function toWireBody(body: EventPayload['body']) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { encoding: 'utf-8', bytes: body.byteLength, content: text };
  } catch {
    return { encoding: 'base64', bytes: body.byteLength, content: toBase64(body) };
  }
}

/** In pieces: a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let from = 0; from < bytes.length; from += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(from, from + 8_192));
  }
  return btoa(binary);
}
