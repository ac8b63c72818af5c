// The events of the benchmark: orders of some 1.6 KB, three events each, signed. Deterministic for a run's name.
// Every system gets the same bytes, made before its clock starts.

import { createHmac } from 'node:crypto';

/** Shared by all systems; it protects nothing. */
export const benchSecret = 'bench-secret-0123456789abcdef0123456789abcdef';

export const eventsPerOrder = 3;

export type OrderEvent = {
  readonly id: string;
  readonly order: string;
  /** From 1, in the order in which the sender sends them. */
  readonly number: number;
  /** The whole HTTP request. */
  readonly request: Buffer;
};

const line = (order: string, index: number) => ({
  line_id: `${order}-${index}`,
  sku: `SKU-${1000 + index}`,
  title: `A product with a name of the usual length, number ${index}`,
  quantity: 1 + (index % 3),
  unit_price: '19.90',
  tax_rate: '0.19',
  warehouse: 'main',
});

/** About 1,600 bytes of JSON. */
export function orderBody(event: {
  readonly id: string;
  readonly order: string;
  readonly number: number;
}): string {
  return JSON.stringify({
    id: event.id,
    type: 'order.changed',
    order: event.order,
    number: event.number,
    created_at: '2026-11-01T12:00:00Z',
    currency: 'EUR',
    total: '199.00',
    customer: { id: `c-${event.order}`, name: 'Erika Mustermann', email: 'erika@example.com' },
    address: { line1: 'Heidestraße 17', city: 'Köln', postal_code: '51147', country: 'DE' },
    note: 'Please ring twice; if nobody is in, leave the parcel with the neighbours on the second floor.',
    lines: [0, 1, 2, 3, 4, 5, 6].map((index) => line(event.order, index)),
  });
}

type Address = { readonly url: string; readonly path: string };

export function toRequest(body: string, { url, path }: Address): Buffer {
  const signature = createHmac('sha256', benchSecret).update(body).digest('hex');
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-bench-signature: sha256=${signature}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** `count` events of `count / perOrder` orders, in the order the sender sends them. */
export function makeEvents(
  run: { readonly name: string; readonly count: number; readonly perOrder?: number },
  address: Address,
): OrderEvent[] {
  const { name, count, perOrder = eventsPerOrder } = run;
  return Array.from({ length: count }, (_, index) => {
    const order = `${name}-${Math.floor(index / perOrder)}`;
    const number = (index % perOrder) + 1;
    const id = `${order}.${number}`;
    return { id, order, number, request: toRequest(orderBody({ id, order, number }), address) };
  });
}
