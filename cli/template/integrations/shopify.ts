// Shopify: what customers order, pay, cancel and give back, into the ERP.
//
//   the shop says          the ERP does          why then
//   order placed           sale.confirm          the goods are promised: they are reserved, paid or not
//   order paid             invoice.post          the money itself is a payment provider's event
//   order cancelled        sale.cancel           unless the money went back: then the credit note undoes the sale
//   refund made            credit_note.issue
//   customer changed       customer.upsert       a newer state makes an older one pointless

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { roundMoney, sumMoney } from '../../../src/core/money.ts';
import { shopify as shopifyPreset } from '../../../src/core/sources/shopify.ts';
import type {
  ShopifyAddress,
  ShopifyOrder,
  ShopifyRefund,
} from '../../../src/core/sources/shopify-payloads.ts';
import {
  creditNoteIssue,
  customerUpsert,
  invoicePost,
  saleCancel,
  saleConfirm,
} from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';

/** POST /hooks/shopify. The preset reads the order an event is about, so events of one order run in one line. */
export const shopify = defineSource({
  id: 'shopify',
  preset: shopifyPreset,
  secret: 'SHOPIFY_WEBHOOK_SECRET',
});

const routes = [
  on(shopify, 'orders/create').run(saleConfirm, {
    id: 'confirm-sale',
    target: erp,
    input: ({ payload: order }) => ({
      orderId: String(order.id),
      customer: shopifyCustomer(order),
      currency: order.currency,
      lines: order.line_items.map((line) => ({
        lineId: String(line.id),
        sku: line.sku || String(line.variant_id ?? line.id),
        quantity: line.quantity,
        unitPrice: line.price,
      })),
      discountTotal: order.total_discounts,
      shippingTotal: order.total_shipping_price_set.shop_money.amount,
      // Where prices include the tax it is in the lines already.
      taxTotal: order.taxes_included ? undefined : order.total_tax,
      total: order.total_price,
      orderedAt: order.created_at,
    }),
  }),

  // Shopify sends this beside orders/create, often in the same second and in either order: hence `after`.
  on(shopify, 'orders/paid').run(invoicePost, {
    id: 'post-invoice',
    target: erp,
    after: ['orders/create'],
    input: ({ payload: order }) => ({ orderId: String(order.id) }),
  }),

  on(shopify, 'orders/cancelled').run(saleCancel, {
    id: 'cancel-sale',
    target: erp,
    after: ['orders/create'],
    when: ({ payload: order }) => order.financial_status !== 'refunded',
    input: ({ payload: order }) => ({ orderId: String(order.id), reason: order.cancel_reason ?? undefined }),
  }),

  on(shopify, 'refunds/create').run(creditNoteIssue, {
    id: 'credit-refund',
    target: erp,
    // There is nothing to credit before the invoice.
    after: ['orders/paid'],
    when: ({ payload: refund }) => refundedAmounts(refund).some((amount) => Number(amount) > 0),
    subject: ({ payload: refund }) => String(refund.id),
    input: ({ payload: refund }) => toCreditNote(refund),
  }),

  upsertShopifyCustomer('customers/create', 'create-customer'),
  upsertShopifyCustomer('customers/update', 'update-customer'),
];

/** Two topics, one rule: a function makes the routes. Customers have lines of their own, apart from their orders. */
function upsertShopifyCustomer(topic: 'customers/create' | 'customers/update', id: string) {
  return on(shopify, topic).run(customerUpsert, {
    id,
    target: erp,
    subject: ({ payload: customer }) => String(customer.id),
    version: ({ payload: customer }) => customer.updated_at,
    input: ({ payload: customer }) => ({
      customerId: String(customer.id),
      name: fullName(customer) || customer.email || `Customer ${customer.id}`,
      email: customer.email || undefined,
      phone: customer.phone || undefined,
      address: toAddress(customer.default_address),
    }),
  });
}

export const shopifyOrders = defineIntegration({
  name: 'shopify',
  sources: [shopify],
  targets: [erp],
  routes,
});

function fullName(person: { readonly first_name: string | null; readonly last_name: string | null }): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ');
}

function shopifyCustomer({ id, name, email, customer, billing_address: billing }: ShopifyOrder) {
  const person = customer ?? billing;
  return {
    customerId: customer ? String(customer.id) : `guest-${id}`,
    name: (person && fullName(person)) || email || `Customer of ${name}`,
    email: email || undefined,
  };
}

function toAddress(address: ShopifyAddress | undefined) {
  if (!address?.address1 || !address.city || !address.country_code) return undefined;
  return {
    line1: address.address1,
    line2: address.address2 || undefined,
    city: address.city,
    postalCode: address.zip || undefined,
    country: address.country_code,
  };
}

/** What goes back to the customer, on its way included. A refund may also move no money, only goods. */
function refundedAmounts({ transactions }: ShopifyRefund): string[] {
  return transactions
    .filter(({ kind, status }) => kind === 'refund' && (status === 'success' || status === 'pending'))
    .map(({ amount }) => amount);
}

function toCreditNote(refund: ShopifyRefund) {
  const currency = refund.transactions[0]?.currency ?? '';
  const items = refund.refund_line_items;
  const returned = items.filter(({ restock_type: type }) => type === 'return' || type === 'cancel');
  return {
    refundId: String(refund.id),
    orderId: String(refund.order_id),
    currency,
    amount: sumMoney(refundedAmounts(refund), currency),
    // Tax and shipping are in the amount only. Where some goods come back, only those are named: they are restocked.
    lines: (returned.length > 0 ? returned : items).map((item) => ({
      lineId: String(item.line_item_id),
      sku: item.line_item.sku || String(item.line_item.variant_id ?? item.line_item_id),
      quantity: item.quantity,
      amount: roundMoney(item.subtotal, currency),
    })),
    restock: returned.length > 0,
    reason: refund.note || undefined,
  };
}
