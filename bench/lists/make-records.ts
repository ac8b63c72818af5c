// Deliveries as the journal gets them, made by rule: most simply succeeded, some after a retry, some were superseded, skipped or
// resolved. The same number is always the same record. Pure.

import type { Attempt, Delivery, DeliveryState } from '../../src/core/delivery.ts';
import type { WebhookEvent } from '../../src/core/event.ts';
import { formatId } from '../../src/core/ids.ts';
import type { JournalEntry } from '../../src/pipeline/ports.ts';

/** Deliveries of one partition, by their number from 1, of all that are made. */
export type RecordPlace = {
  readonly partition: number;
  readonly number: number;
  /** Epoch ms. */
  readonly receivedAt: number;
};

/** Of a hundred, so many are each; the rest simply succeeded. */
const shares = { retried: 8, superseded: 4, resolved: 2, skipped: 1 } as const;

const sources = ['shopify', 'stripe', 'woocommerce', 'warehouse'] as const;
const types = ['orders/create', 'orders/paid', 'stock.counted', 'refund.created', 'order.shipped'] as const;
const operations = [
  'sale.confirm',
  'payment.register',
  'stock.set',
  'invoice.refund',
  'shipping.confirm',
] as const;

/** One of a thousand comes from a sender that is hardly ever heard. */
export const rareSource = 'smoke';

const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;

export function makeEntry({ partition, number, receivedAt }: RecordPlace): JournalEntry {
  const order = Math.ceil(number / 3);
  const entity = { kind: 'order', id: `${partition}-${order}` };
  const source = number % 1_000 === 7 ? rareSource : pick(sources, order);
  const event: WebhookEvent = {
    ...{ source, eventId: `evt-${partition}-${number}`, type: pick(types, number), entity },
    ...{ orderingKey: `order/${entity.id}`, sequence: null, occurredAt: receivedAt - 900, receivedAt },
    requestId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  };
  const state = stateOf(number, receivedAt + 180);
  const id = formatId('dlv', partition, number);
  const delivery = makeDelivery({ id, event, state, operation: pick(operations, number) });
  const isSimple = state.status === 'succeeded' && number % 100 >= shares.retried;
  const attempts = [
    makeAttempt(id, 1, receivedAt),
    ...(isSimple ? [] : [makeAttempt(id, 2, receivedAt + 1_000)]),
  ];
  const body = JSON.stringify({
    id: entity.id,
    number,
    note: 'x'.repeat(700),
    total: '29.35',
    currency: 'EUR',
  });
  return {
    record: {
      ...{ id: formatId('evt', partition, number), event, arrival: number, deliveries: [delivery] },
      ...{ attempts, droppedAttempts: 0, changeNumber: number },
    },
    payload: {
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(new TextEncoder().encode(body)),
    },
    simple: isSimple,
  };
}

function stateOf(number: number, at: number): DeliveryState {
  const place = number % 100;
  const { retried, superseded, resolved, skipped } = shares;
  if (place < retried) return { status: 'succeeded', how: 'succeeded', at };
  if (place < retried + superseded) return { status: 'superseded', by: 'dlv_0_1', at };
  if (place < retried + superseded + resolved)
    return { status: 'resolved', resolvedBy: 'dlv_0_1', note: 'done by hand', at };
  if (place < retried + superseded + resolved + skipped) return { status: 'skipped', note: 'not wanted', at };
  return { status: 'succeeded', how: 'succeeded', at };
}

function makeDelivery(of: {
  readonly id: string;
  readonly event: WebhookEvent;
  readonly state: DeliveryState;
  readonly operation: string;
}): Delivery {
  const { id, event, state, operation } = of;
  const isDone = state.status === 'succeeded';
  const document = { documentId: `so-${id}`, documentNumber: `SO${id}`, state: 'confirmed' };
  return {
    ...{ id, routeId: `bench.${operation}`, target: 'erp', operation, staleKey: null, problem: null, state },
    operationKey: `${event.orderingKey}/erp/${operation}/${event.eventId}`,
    policy: {
      ...{ after: [], waitMs: 3_600_000, onStale: 'run', onDeadLetter: 'block' },
      retry: { attempts: 8, baseMs: 1_000, capMs: 600_000 },
    },
    ...{
      attemptCount: 1,
      lookupCount: 0,
      crashCount: 0,
      suspect: false,
      startNumber: 1,
      epoch: 1,
      replay: null,
    },
    effect: isDone ? { kind: 'succeeded', document, inputHash: 'a'.repeat(64) } : null,
    ...{ createdAt: event.receivedAt, updatedAt: event.receivedAt + 180 },
  };
}

function makeAttempt(deliveryId: string, number: number, at: number): Attempt {
  const body = JSON.stringify({ answer: 'y'.repeat(400) });
  return {
    ...{ deliveryId, number, epoch: number, mode: 'perform', startedAt: at + 20, endedAt: at + 180 },
    outcome: { kind: 'succeeded', effect: 'done', reason: null, message: null },
    exchanges: [
      {
        ...{ at: at + 30, durationMs: 120, method: 'POST', url: 'https://erp.example.com/api/orders' },
        ...{ requestBody: body, status: 201, responseBody: body, failure: null },
      },
    ],
    input: JSON.stringify({ orderId: deliveryId, total: '29.35' }),
  } as Attempt;
}
