// Whom and what the demo's orders are about: people, products and order numbers, with ids of the run. Pure.

import type { PayloadLine } from '../lib/payload-line.ts';
import type { DemoCustomer, DemoOrder } from './demo-order.ts';
import type { RunIds } from './run-ids.ts';

const people = [
  ['Ada', 'Tide'],
  ['Grace', 'Harbour'],
  ['Joan', 'Mast'],
  ['Edith', 'Keel'],
  ['Mary', 'Sounding'],
  ['Alan', 'Lock'],
  ['Annie', 'Buoy'],
  ['Karen', 'Quay'],
] as const;

/** Places of `ids.number` by what they number; fewer than ten of each. */
const places = { shopify: 0, woocommerce: 30, customer: 50, refund: 90 } as const;

/** Nothing any other order of the ERP is about, so that the sums of stock are the run's alone. */
export const anchors = (ids: RunIds, quantity: number): PayloadLine => ({
  sku: ids.text('ANCHOR-'),
  quantity,
  price: '24.50',
  title: 'Anchor',
});

export const ropes = (ids: RunIds, quantity: number): PayloadLine => ({
  sku: ids.text('ROPE-'),
  quantity,
  price: '8.00',
  title: 'Rope, 10 m',
});

type OrderRest = Pick<DemoOrder, 'lines'> & Partial<Pick<DemoOrder, 'isCancelled' | 'isInvoiced' | 'refund'>>;
export type OrderOptions = OrderRest & { readonly isPaid?: boolean };

/** `place`: 1 to 29, its own within the run; the demo calls it #1001 and so on. */
export function shopifyOrderOf(ids: RunIds, place: number, options: OrderOptions): DemoOrder {
  const wireId = ids.number(places.shopify + place);
  const { isPaid = false, ...rest } = options;
  return {
    ...rest,
    ...{ label: `#${1000 + place}`, sender: 'Shopify', wireId, orderId: String(wireId) },
    customer: person(place, ids.number(places.customer + place)),
    ...(isPaid ? { paymentId: `pi_${wireId}` } : {}),
  };
}

/** `place`: 1 to 19. The relay writes `woo-` before WooCommerce's ids, and `app-` before those of Standard Webhooks. */
export function wooOrderOf(ids: RunIds, place: number, options: OrderOptions): DemoOrder {
  const wireId = ids.number(places.woocommerce + place);
  const { isPaid = false, ...rest } = options;
  return {
    ...rest,
    ...{ label: `#${2000 + place}`, sender: 'WooCommerce', wireId, orderId: `woo-${wireId}` },
    customer: person(place + 3, `guest-${wireId}`),
    ...(isPaid ? { paymentId: `pi_${wireId}` } : {}),
  };
}

/** `place`: 1 to 9. */
export function standardOrderOf(ids: RunIds, place: number, options: Pick<DemoOrder, 'lines'>): DemoOrder {
  const wireId = ids.text('so-', `-${place}`);
  return {
    ...options,
    ...{ label: `so-${place}`, sender: 'Standard', wireId, orderId: `app-${wireId}` },
    customer: person(place + 5, ids.text('cus-', `-${place}`)),
  };
}

export const refundId = (ids: RunIds): number => ids.number(places.refund);

function person(place: number, wireId: number | string): DemoCustomer {
  const [firstName, lastName] = people[place % people.length] ?? people[0];
  return { wireId, firstName, lastName };
}
