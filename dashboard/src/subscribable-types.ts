// What a subscriber can be told of. The relay keeps the list (src/core/subscriptions/event-types.ts), with the schemas of what is
// sent; those need not come to the browser. A test holds the two together.

export const subscribableTypes: readonly string[] = [
  'sale.confirmed',
  'sale.cancelled',
  'shipment.delivered',
  'return.received',
  'payment.registered',
  'invoice.posted',
  'invoice.reconciled',
  'credit_note.issued',
  'period.closed',
  'purchase.received',
  'stock.changed',
  'price.changed',
  'customer.changed',
  'delivery.succeeded',
  'delivery.dead_lettered',
  'delivery.resolved',
  'job.completed',
];
