// Realistic Shopify payloads: the fields its documentation shows, and sums that add up.
// Types come from the preset, so that a payload the preset would not understand does not compile.

import type {
  ShopifyInventoryLevel,
  ShopifyOrder,
  ShopifyRefund,
} from '../../src/core/sources/shopify-payloads.ts';
import { defaultLines, fromCents, type PayloadLine, priceOf, toCents, totalCents } from './payload-line.ts';

/** `at`: epoch ms, when the state the payload shows was reached. */
export type ShopifyOrderOptions = {
  readonly id: number | string;
  readonly at: number;
  readonly number?: number;
  readonly lines?: readonly PayloadLine[];
  readonly currency?: string;
  readonly email?: string;
  readonly financialStatus?: ShopifyOrder['financial_status'];
  readonly cancelled?: boolean;
};

/** Shopify writes whole seconds. */
const shopifyTime = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00');

/** The id of an order's first line; the others count on from it. */
export const firstShopifyLineId = 11_000_000_000_000;

function shopifyLine(line: PayloadLine, id: number): ShopifyOrder['line_items'][number] {
  const title = line.title ?? line.sku;
  return {
    id,
    product_id: 7_500_000_000_000 + id,
    variant_id: 4_200_000_000_000 + id,
    sku: line.sku,
    title,
    variant_title: null,
    name: title,
    vendor: 'Holdfast',
    quantity: line.quantity,
    current_quantity: line.quantity,
    price: priceOf(line),
    total_discount: '0.00',
    taxable: false,
    requires_shipping: true,
    gift_card: false,
    grams: 0,
    tax_lines: [],
    discount_allocations: [],
  };
}

function shopifyCustomer(email: string, at: number): NonNullable<ShopifyOrder['customer']> {
  return {
    id: 6_100_000_000_001,
    email,
    phone: null,
    first_name: 'Ada',
    last_name: 'Tide',
    state: 'disabled',
    note: null,
    tags: '',
    tax_exempt: false,
    currency: 'EUR',
    verified_email: true,
    admin_graphql_api_id: 'gid://shopify/Customer/6100000000001',
    created_at: shopifyTime(at),
    updated_at: shopifyTime(at),
  };
}

export function shopifyOrder(options: ShopifyOrderOptions): ShopifyOrder {
  const {
    id,
    at,
    number = 1001,
    lines = defaultLines,
    currency = 'EUR',
    email = 'ada@example.com',
  } = options;
  const total = fromCents(totalCents(lines));
  const money = { amount: total, currency_code: currency };
  const noMoney = { amount: '0.00', currency_code: currency };
  const time = shopifyTime(at);
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${number}`,
    order_number: number,
    email,
    phone: null,
    note: null,
    tags: '',
    test: false,
    currency,
    presentment_currency: currency,
    financial_status: options.financialStatus ?? 'pending',
    fulfillment_status: null,
    cancel_reason: options.cancelled === true ? 'customer' : null,
    cancelled_at: options.cancelled === true ? time : null,
    closed_at: null,
    created_at: time,
    processed_at: time,
    updated_at: time,
    taxes_included: false,
    subtotal_price: total,
    total_discounts: '0.00',
    total_line_items_price: total,
    total_tax: '0.00',
    total_price: total,
    total_outstanding: options.financialStatus === 'paid' ? '0.00' : total,
    current_subtotal_price: total,
    current_total_tax: '0.00',
    current_total_price: total,
    total_price_set: { shop_money: money, presentment_money: money },
    total_shipping_price_set: { shop_money: noMoney, presentment_money: noMoney },
    payment_gateway_names: ['bogus'],
    source_name: 'web',
    discount_codes: [],
    note_attributes: [],
    tax_lines: [],
    line_items: lines.map((line, index) => shopifyLine(line, firstShopifyLineId + index)),
    shipping_lines: [],
    customer: shopifyCustomer(email, at),
  };
}

/** Refunds everything that `lines` says. */
export function shopifyRefund(options: {
  readonly id: number | string;
  readonly orderId: number | string;
  readonly at: number;
  readonly lines?: readonly PayloadLine[];
  readonly currency?: string;
}): ShopifyRefund {
  const { id, orderId, at, lines = defaultLines, currency = 'EUR' } = options;
  const time = shopifyTime(at);
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Refund/${id}`,
    order_id: orderId,
    note: null,
    restock: false,
    created_at: time,
    processed_at: time,
    refund_line_items: lines.map((line, index) => ({
      id: 9_000_000_000_000 + index,
      line_item_id: 11_000_000_000_000 + index,
      location_id: null,
      quantity: line.quantity,
      restock_type: 'no_restock',
      subtotal: fromCents(toCents(priceOf(line)) * line.quantity),
      total_tax: '0.00',
      line_item: shopifyLine(line, firstShopifyLineId + index),
    })),
    transactions: [
      {
        id: 8_000_000_000_001,
        order_id: orderId,
        parent_id: null,
        kind: 'refund',
        gateway: 'bogus',
        status: 'success',
        amount: fromCents(totalCents(lines)),
        currency,
        created_at: time,
        processed_at: time,
      },
    ],
    order_adjustments: [],
  };
}

export function shopifyInventoryLevel(options: {
  readonly itemId: number | string;
  readonly available: number;
  readonly at: number;
}): ShopifyInventoryLevel {
  return {
    inventory_item_id: options.itemId,
    location_id: 655_441_491,
    available: options.available,
    updated_at: shopifyTime(options.at),
    admin_graphql_api_id: `gid://shopify/InventoryLevel/1?inventory_item_id=${options.itemId}`,
  };
}
