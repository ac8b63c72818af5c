// Records, deliveries and attempts for tests, complete and valid; a test names only what it is about.
// Deterministic: no clock, no randomness.

import type { Attempt, Delivery } from '../../src/core/delivery.ts';
import type { EventPayload, WebhookEvent } from '../../src/core/event.ts';
import { formatId } from '../../src/core/ids.ts';
import type { EventRecord } from '../../src/core/sequencer/record.ts';

/** 2026-03-01T12:00:00.000Z */
export const testTime = 1_772_366_400_000;

export function makeEvent(changes: Partial<WebhookEvent> = {}): WebhookEvent {
  const event: WebhookEvent = {
    source: 'shopify',
    eventId: 'evt-1001',
    type: 'orders/create',
    entity: { kind: 'order', id: '1001' },
    orderingKey: 'order/1001',
    sequence: null,
    occurredAt: testTime - 1_000,
    receivedAt: testTime,
    requestId: 'req-1001',
  };
  return { ...event, ...changes };
}

export function makePayload(body: string | Uint8Array<ArrayBuffer> = '{"id":1001}'): EventPayload {
  const bytes = typeof body === 'string' ? new Uint8Array(new TextEncoder().encode(body)) : body;
  return { headers: { 'content-type': 'application/json' }, body: bytes };
}

export function makeDelivery(changes: Partial<Delivery> = {}): Delivery {
  const delivery: Delivery = {
    id: 'dlv_0_1',
    routeId: 'shop-orders.confirm-sale',
    target: 'erp',
    operation: 'sale.confirm',
    operationKey: 'order/1001/erp/sale.confirm',
    staleKey: null,
    policy: {
      after: [],
      waitMs: 3_600_000,
      onStale: 'run',
      onDeadLetter: 'block',
      retry: { attempts: 8, baseMs: 1_000, capMs: 600_000 },
    },
    problem: null,
    state: { status: 'pending' },
    attemptCount: 0,
    lookupCount: 0,
    crashCount: 0,
    suspect: false,
    startNumber: null,
    epoch: 0,
    effect: null,
    replay: null,
    createdAt: testTime,
    updatedAt: testTime,
  };
  return { ...delivery, ...changes };
}

export function makeAttempt(changes: Partial<Attempt> = {}): Attempt {
  const attempt: Attempt = {
    deliveryId: 'dlv_0_1',
    number: 1,
    epoch: 7,
    mode: 'perform',
    startedAt: testTime + 10,
    endedAt: testTime + 40,
    outcome: { kind: 'rejected', effect: 'none', reason: 'period_closed', message: 'The period is closed.' },
    exchanges: [
      {
        at: testTime + 12,
        method: 'POST',
        url: 'https://erp.example.com/sales-orders',
        requestBody: '{"orderId":"1001"}',
        status: 422,
        responseBody: '{"error":"period_closed"}',
        failure: null,
        durationMs: 20,
      },
    ],
    input: '{"orderId":"1001"}',
  };
  return { ...attempt, ...changes };
}

/** One event with one delivery, both numbered `number` in `partition`. */
export function makeRecord(options: {
  readonly number: number;
  readonly partition?: number;
  readonly event?: Partial<WebhookEvent>;
  readonly delivery?: Partial<Delivery>;
  readonly attempts?: readonly Attempt[];
  readonly changeNumber?: number;
}): EventRecord {
  const { number, partition = 0, attempts = [] } = options;
  const event = makeEvent({
    eventId: `evt-${partition}-${number}`,
    receivedAt: testTime + number,
    ...options.event,
  });
  return {
    id: formatId('evt', partition, number),
    event,
    arrival: number,
    deliveries: [makeDelivery({ id: formatId('dlv', partition, number), ...options.delivery })],
    attempts,
    droppedAttempts: 0,
    changeNumber: options.changeNumber ?? number,
  };
}
