// Realistic payloads of Stripe, WooCommerce, Standard Webhooks senders and the example warehouse: documented fields,
// sums that add up. Types come from the presets, so that a payload a preset would not understand does not compile.

import type { StripePaymentIntent } from '../../src/core/sources/stripe-payloads.ts';
import type { WooAddress, WooOrder } from '../../src/core/sources/woocommerce-payloads.ts';
import { defaultLines, fromCents, type PayloadLine, priceOf, toCents, totalCents } from './payload-line.ts';

/** `amount`: in the currency's smallest unit. */
export function stripePaymentIntent(options: {
  readonly id: string;
  readonly amount: number;
  readonly at: number;
  readonly currency?: string;
  /** Which order of the shop it pays. */
  readonly orderId?: string;
}): StripePaymentIntent {
  const { id, amount, at, currency = 'eur', orderId } = options;
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_received: amount,
    amount_capturable: 0,
    currency,
    customer: null,
    description: null,
    latest_charge: id.replace(/^pi_/, 'ch_'),
    payment_method: 'pm_card_visa',
    payment_method_types: ['card'],
    receipt_email: null,
    status: 'succeeded',
    metadata: orderId === undefined ? {} : { order_id: orderId },
    created: Math.floor(at / 1000),
    livemode: false,
  };
}

const wooAddress: WooAddress = {
  first_name: 'Ada',
  last_name: 'Tide',
  company: '',
  address_1: 'Quay 1',
  address_2: '',
  city: 'Rotterdam',
  state: '',
  postcode: '3011 AA',
  country: 'NL',
};

function wooLine(line: PayloadLine, id: number): WooOrder['line_items'][number] {
  const cents = toCents(priceOf(line));
  const total = fromCents(cents * line.quantity);
  return {
    id,
    name: line.title ?? line.sku,
    product_id: 90 + id,
    variation_id: 0,
    quantity: line.quantity,
    tax_class: '',
    subtotal: total,
    subtotal_tax: '0.00',
    total,
    total_tax: '0.00',
    taxes: [],
    sku: line.sku,
    price: cents / 100,
    meta_data: [],
  };
}

/** `at`: epoch ms, when the order was last changed. */
export function wooOrder(options: {
  readonly id: number;
  readonly at: number;
  readonly lines?: readonly PayloadLine[];
  readonly status?: WooOrder['status'];
  readonly currency?: string;
  readonly email?: string;
}): WooOrder {
  const {
    id,
    at,
    lines = defaultLines,
    status = 'processing',
    currency = 'EUR',
    email = 'ada@example.com',
  } = options;
  const time = new Date(at).toISOString().slice(0, 19);
  return {
    id,
    parent_id: 0,
    number: String(id),
    order_key: `wc_order_${id}`,
    created_via: 'checkout',
    status,
    currency,
    date_created_gmt: time,
    date_modified_gmt: time,
    date_paid_gmt: status === 'pending' ? null : time,
    date_completed_gmt: null,
    prices_include_tax: false,
    discount_total: '0.00',
    discount_tax: '0.00',
    shipping_total: '0.00',
    shipping_tax: '0.00',
    cart_tax: '0.00',
    total: fromCents(totalCents(lines)),
    total_tax: '0.00',
    customer_id: 0,
    customer_note: '',
    billing: { ...wooAddress, email, phone: '' },
    shipping: wooAddress,
    payment_method: 'bacs',
    payment_method_title: 'Bank transfer',
    transaction_id: '',
    line_items: lines.map((line, index) => wooLine(line, index + 1)),
    tax_lines: [],
    shipping_lines: [],
    fee_lines: [],
    coupon_lines: [],
    refunds: [],
    meta_data: [],
  };
}

/** The `data` of a Standard Webhooks event of a carrier: a parcel of an order was handed over. */
export function standardEvent(options: { readonly orderId: string; readonly trackingNumber?: string }): {
  readonly order_id: string;
  readonly tracking_number: string;
  readonly carrier: string;
} {
  return {
    order_id: options.orderId,
    tracking_number: options.trackingNumber ?? 'HF123456789NL',
    carrier: 'postnl',
  };
}

export type WarehouseReceipt = {
  readonly receipt_id: string;
  readonly purchase_order: string;
  readonly warehouse: string;
  /** Rises by one with each event of a receipt. */
  readonly sequence: number;
  readonly received_at: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
};

/** What the example warehouse posts when goods came in. `at`: epoch ms. */
export function warehouseReceipt(options: {
  readonly id: string;
  readonly purchaseOrder: string;
  readonly at: number;
  readonly lines?: readonly PayloadLine[];
  readonly sequence?: number;
}): WarehouseReceipt {
  const { id, purchaseOrder, at, lines = defaultLines, sequence = 1 } = options;
  return {
    receipt_id: id,
    purchase_order: purchaseOrder,
    warehouse: 'MAIN',
    sequence,
    received_at: new Date(at).toISOString(),
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
  };
}
