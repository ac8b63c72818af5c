// The webhooks of the demo: each what its sender would post about an order, a customer or a shelf, in the sender's own
// format, with the effect it is to have. Pure; signing and posting are done elsewhere.

import type { StripePaymentIntent } from '../../src/core/sources/stripe-payloads.ts';
import type { WooOrder } from '../../src/core/sources/woocommerce-payloads.ts';
import { toCents } from '../lib/payload-line.ts';
import { stripePaymentIntent, warehouseReceipt, wooOrder } from '../lib/payloads.ts';
import type { SourceId } from '../lib/relay-client.ts';
import { shopifyOrder, shopifyRefund } from '../lib/shopify-payloads.ts';
import { currency, type DemoOrder, type Effect, emailOf, nameOf, totalOf } from './demo-order.ts';

export type Webhook = {
  readonly source: SourceId;
  readonly topic: string;
  /** The sender's event id; for WooCommerce the id of the webhook. */
  readonly id: string;
  readonly payload: unknown;
  /** Epoch ms; only where the sender writes it beside the payload. */
  readonly occurredAt?: number;
  /** What it is about, for the reader: `#1001`. */
  readonly about: string;
  /** What it must do once; null where a newer one may make it pointless. */
  readonly effect: Effect | null;
};

type ShopifyAct = 'create' | 'paid' | 'cancelled';

const shopifyOperations = {
  create: 'sale.confirm',
  paid: 'invoice.post',
  cancelled: 'sale.cancel',
} as const satisfies Record<ShopifyAct, Effect['operation']>;

/** `orders/create`, `orders/paid` or `orders/cancelled`: each with the whole order, as Shopify sends them. */
export function shopifyWebhook(order: DemoOrder, act: ShopifyAct, at: number): Webhook {
  const { wireId, lines, label, customer } = order;
  const payload = shopifyOrder({
    id: wireId,
    at,
    lines,
    number: Number(label.slice(1)),
    email: emailOf(customer),
    financialStatus: act === 'paid' ? 'paid' : act === 'cancelled' ? 'voided' : 'pending',
    cancelled: act === 'cancelled',
  });
  return {
    source: 'shopify',
    topic: `orders/${act}`,
    id: `whk-${act}-${wireId}`,
    payload: { ...payload, customer: shopifyCustomer(order, at) },
    about: label,
    effect: { operation: shopifyOperations[act], reference: order.orderId },
  };
}

function shopifyCustomer({ customer, wireId }: Pick<DemoOrder, 'customer' | 'wireId'>, at: number) {
  const template = shopifyOrder({ id: wireId, at, email: emailOf(customer) }).customer;
  return {
    ...template,
    id: customer.wireId,
    admin_graphql_api_id: `gid://shopify/Customer/${customer.wireId}`,
    first_name: customer.firstName,
    last_name: customer.lastName,
  };
}

/** `customers/update`: the customer of an order under another last name, as of `at` (epoch ms). */
export function shopifyCustomerWebhook(order: DemoOrder, lastName: string, at: number): Webhook {
  const customer = { ...order.customer, lastName };
  return {
    source: 'shopify',
    topic: 'customers/update',
    id: `whk-customer-${customer.wireId}-${at}`,
    payload: shopifyCustomer({ ...order, customer }, at),
    about: nameOf(customer),
    effect: null,
  };
}

export function shopifyRefundWebhook(order: DemoOrder, at: number): Webhook {
  const { refund, wireId, label } = order;
  if (refund === undefined) throw new Error(`order ${label} has no refund`);
  return {
    source: 'shopify',
    topic: 'refunds/create',
    id: `whk-refund-${refund.id}`,
    payload: shopifyRefund({ id: refund.id, orderId: wireId, at, lines: refund.lines }),
    about: `${label}, ${totalOf(refund)} back`,
    effect: { operation: 'credit_note.issue', reference: String(refund.id) },
  };
}

/** Stripe knows the order only by the payment's metadata; the WooCommerce plugin writes the shop's address beside it. */
export function stripeWebhook(order: DemoOrder, at: number): Webhook {
  const { paymentId = '', wireId, label, sender } = order;
  const amount = toCents(totalOf(order));
  const orderId = String(wireId);
  const plain = stripePaymentIntent({ id: paymentId, amount, at, currency: currency.toLowerCase(), orderId });
  const metadata = sender === 'WooCommerce' ? { order_id: orderId, site_url: 'https://shop.example' } : null;
  const payload: StripePaymentIntent = metadata === null ? plain : { ...plain, metadata };
  return {
    source: 'stripe',
    topic: 'payment_intent.succeeded',
    id: paymentId.replace(/^pi_/, 'evt_'),
    payload,
    about: label,
    effect: { operation: 'payment.register', reference: paymentId },
  };
}

/** `order.created` (unpaid) or `order.updated` (paid). Both shops' webhooks have fixed ids, one for each topic. */
export function wooWebhook(order: DemoOrder, act: 'created' | 'updated', at: number): Webhook {
  const { wireId, lines, label, customer } = order;
  const status = act === 'created' ? 'pending' : 'processing';
  const plain = wooOrder({ id: Number(wireId), at, lines, status, email: emailOf(customer) });
  const person = { first_name: customer.firstName, last_name: customer.lastName };
  const payload: WooOrder = { ...plain, billing: { ...plain.billing, ...person } };
  return {
    source: 'woocommerce',
    topic: `order.${act}`,
    id: act === 'created' ? '7' : '8',
    payload,
    about: label,
    effect: { operation: act === 'created' ? 'sale.confirm' : 'invoice.post', reference: order.orderId },
  };
}

/** `total`: what the sender says it comes to; by default it is right. */
export function standardOrderWebhook(order: DemoOrder, at: number, total = totalOf(order)): Webhook {
  const { wireId, lines, label, customer } = order;
  return {
    source: 'standard',
    topic: 'order.placed',
    id: `msg_${wireId}`,
    occurredAt: at,
    payload: {
      order_id: wireId,
      customer: { id: customer.wireId, name: nameOf(customer), email: emailOf(customer) },
      currency,
      lines: lines.map(({ sku, quantity, price = '' }, index) => ({
        id: `${index + 1}`,
        sku,
        quantity,
        price,
      })),
      total,
    },
    about: label,
    effect: { operation: 'sale.confirm', reference: order.orderId },
  };
}

export function stockLevelWebhook(sku: string, onHand: number, at: number): Webhook {
  return {
    source: 'standard',
    topic: 'stock.level_changed',
    id: `msg_${sku}_${at}`,
    occurredAt: at,
    payload: { sku, on_hand: onHand },
    about: `${onHand} on hand`,
    effect: null,
  };
}

export type DemoReceipt = { readonly receiptId: string; readonly sku: string; readonly quantity: number };

export function receiptWebhook({ receiptId, sku, quantity }: DemoReceipt, at: number): Webhook {
  const purchaseOrder = receiptId.replace('RCV', 'PO');
  return {
    source: 'warehouse',
    topic: 'receipt.completed',
    id: `whe-${receiptId}`,
    payload: warehouseReceipt({ id: receiptId, purchaseOrder, at, lines: [{ sku, quantity }] }),
    about: `${quantity} pieces came in`,
    effect: { operation: 'stock.receive', reference: receiptId },
  };
}
