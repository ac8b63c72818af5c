// A run of shop orders: the webhooks of many orders, in any order and some of them twice, and what the ERP must hold
// afterwards. Deterministic but for the clock it is given.

import { stripePaymentIntent } from './payloads.ts';
import type { RelayClient, SourceId } from './relay-client.ts';
import { shopifyOrder } from './shopify-payloads.ts';

export type OrderEvent = {
  /** Source and event id. */
  readonly key: string;
  readonly source: SourceId;
  readonly topic: string;
  readonly id: string;
  readonly payload: unknown;
  readonly orderId: string;
  /** What the ERP is to do once for it. */
  readonly operation: 'sale.confirm' | 'invoice.post' | 'payment.register';
};

/** Three webhooks an order: placed and paid by the shop, and the payment by the payment provider. */
export function shopEvents(run: { readonly orders: number; readonly now: number }): OrderEvent[] {
  return Array.from({ length: run.orders }, (_, index) =>
    orderEvents(910_000 + index, run.now - index),
  ).flat();
}

function orderEvents(orderId: number, at: number): OrderEvent[] {
  const order = shopifyOrder({ id: orderId, at });
  const payment = stripePaymentIntent({
    id: `pi_${orderId}`,
    amount: Math.round(Number(order.total_price) * 100),
    at,
    currency: order.currency.toLowerCase(),
    orderId: String(orderId),
  });
  const base = { orderId: String(orderId) };
  return [
    {
      ...base,
      source: 'shopify',
      topic: 'orders/create',
      id: `create-${orderId}`,
      payload: order,
      operation: 'sale.confirm',
    },
    {
      ...base,
      source: 'shopify',
      topic: 'orders/paid',
      id: `paid-${orderId}`,
      payload: order,
      operation: 'invoice.post',
    },
    {
      ...base,
      source: 'stripe',
      topic: 'payment_intent.succeeded',
      id: `evt_${orderId}`,
      payload: payment,
      operation: 'payment.register',
    },
  ].map((event) => ({ ...event, key: `${event.source}/${event.id}` }) as OrderEvent);
}

/** Mulberry32: small, seeded, good enough to shuffle. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** All events, `twice` of them (0 to 1) two times, shuffled. */
export function shuffled(
  events: readonly OrderEvent[],
  options: { readonly twice: number; readonly seed: number },
): OrderEvent[] {
  const random = seededRandom(options.seed);
  const all = events.flatMap((event) => (random() < options.twice ? [event, event] : [event]));
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const kept = all[index] as OrderEvent;
    all[index] = all[other] as OrderEvent;
    all[other] = kept;
  }
  return all;
}

export type PostedEvent = { readonly key: string; readonly status: number; readonly duplicate: boolean };

/** Posts them all, so many at once. A connection that breaks counts as status 0. */
export async function postAll(
  client: RelayClient,
  events: readonly OrderEvent[],
  options: { readonly concurrency: number; readonly onPosted?: (posted: PostedEvent) => void },
): Promise<PostedEvent[]> {
  const queue = [...events];
  const posted: PostedEvent[] = [];
  const work = async (): Promise<void> => {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const { key, source, topic, id, payload } = event;
      const { status, body } = await client
        .send(source, { topic, id, payload, now: Date.now() })
        .catch(() => ({ status: 0, body: null }));
      const done = { key, status, duplicate: JSON.stringify(body).includes('"duplicate"') };
      posted.push(done);
      options.onPosted?.(done);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return posted;
}

type Effect = {
  readonly operation: string;
  readonly reference: string | null;
  readonly relayKey: string | null;
};

/** What is wrong with the ERP after the run: doubled, missing, out of order. Empty: every promise is kept. */
export function checkOrders(
  state: { readonly operations: readonly Effect[] },
  events: readonly OrderEvent[],
): string[] {
  const problems: string[] = [];
  for (const event of events) {
    const done = placesOf(state.operations, event);
    if (done.length === 0) problems.push(`missing: ${event.operation} of order ${event.orderId}`);
    if (done.length > 1)
      problems.push(`done ${done.length} times: ${event.operation} of order ${event.orderId}`);
  }
  for (const event of events.filter(({ operation }) => operation !== 'sale.confirm')) {
    const sale = events.find(
      (other) => other.orderId === event.orderId && other.operation === 'sale.confirm',
    );
    const [soldAt] = sale === undefined ? [] : placesOf(state.operations, sale);
    const [doneAt] = placesOf(state.operations, event);
    if (soldAt === undefined || doneAt === undefined) continue;
    if (doneAt < soldAt)
      problems.push(`out of order: ${event.operation} of order ${event.orderId} before its sale`);
  }
  return problems;
}

function placesOf(operations: readonly Effect[], event: OrderEvent): number[] {
  const key = `order/${event.orderId}/erp/${event.operation}`;
  return operations.flatMap((effect, place) =>
    effect.operation === event.operation &&
    (effect.relayKey === key || effect.relayKey?.startsWith(`${key}/`) === true)
      ? [place]
      : [],
  );
}
