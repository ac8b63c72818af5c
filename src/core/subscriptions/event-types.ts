// What subscribers can be told of: a closed list, each type with its payload. A new one is a row here and one in
// docs/subscriptions.md. Payloads hold ids and states, never what a webhook or an ERP said of a person. Pure.

import * as z from 'zod';

/** Of an ended operation: the event type that says it was done. Operations that are not listed have `delivery.*` alone. */
const doneTypes = {
  'sale.confirm': 'sale.confirmed',
  'sale.cancel': 'sale.cancelled',
  'shipment.deliver': 'shipment.delivered',
  'return.receive': 'return.received',
  'payment.register': 'payment.registered',
  'invoice.post': 'invoice.posted',
  'invoice.post_many': 'invoice.posted',
  'invoice.reconcile': 'invoice.reconciled',
  'credit_note.issue': 'credit_note.issued',
  'period.close': 'period.closed',
  'purchase.receive': 'purchase.received',
  'stock.receive': 'stock.changed',
  'stock.set': 'stock.changed',
  'stock.set_many': 'stock.changed',
  'price.set': 'price.changed',
  'customer.upsert': 'customer.changed',
} as const;

export const eventTypes = [
  ...new Set(Object.values(doneTypes)),
  'delivery.succeeded',
  'delivery.dead_lettered',
  'delivery.resolved',
  'job.completed',
  'subscription.test',
] as const;

export type SubscriptionEventType = (typeof eventTypes)[number];

/** `subscription.test` is sent when somebody asks for it, to whatever a subscription is for. */
export const subscribableTypes = eventTypes.filter((type) => type !== 'subscription.test');

export function doneTypeOf(operation: string): SubscriptionEventType | null {
  return Object.hasOwn(doneTypes, operation) ? doneTypes[operation as keyof typeof doneTypes] : null;
}

const document = z.strictObject({
  documentId: z.string(),
  documentNumber: z.string().nullable(),
  state: z.string(),
});

/** What every event of a delivery holds. */
const ended = {
  source: z.string(),
  /** The sender's id and type of the webhook it came of. */
  eventId: z.string(),
  sourceType: z.string(),
  entity: z.strictObject({ kind: z.string(), id: z.string() }).nullable(),
  orderingKey: z.string(),
  deliveryId: z.string(),
  operation: z.string(),
  target: z.string(),
};

const done = z.strictObject({ ...ended, document });
const dead = z.strictObject({ ...ended, reason: z.string(), code: z.string() });
const closed = z.strictObject({ ...ended, as: z.enum(['resolved', 'skipped']) });
const job = z.strictObject({
  ...ended,
  jobId: z.string(),
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  document: document.nullable(),
  reason: z.string().nullable(),
  code: z.string().nullable(),
});
const test = z.strictObject({ subscriptionId: z.string(), by: z.string() });

type Payload = typeof done | typeof dead | typeof closed | typeof job | typeof test;

const others = {
  'delivery.dead_lettered': dead,
  'delivery.resolved': closed,
  'job.completed': job,
  'subscription.test': test,
} as const;

/** The `data` of an event of the type. */
export function payloadOf(type: SubscriptionEventType): Payload {
  return Object.hasOwn(others, type) ? others[type as keyof typeof others] : done;
}
