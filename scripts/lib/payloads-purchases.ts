// Realistic payloads of shops, payment, accounting and parcel senders, by topic. See payloads-samples.ts.

import { standardEvent, stripePaymentIntent, warehouseReceipt, wooOrder } from './payloads.ts';
import type { Samples } from './payloads-samples.ts';
import { shopifyOrder } from './shopify-payloads.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** A number out of an id, for senders whose ids are numbers. */
const numberOf = (id: string): number => Number(id.replace(/\D/g, '').slice(0, 9)) || 1001;

const paypalCapture: Samples[string] = ({ id, at }) => ({
  id,
  status: 'COMPLETED',
  amount: { currency_code: 'EUR', value: '49.00' },
  final_capture: true,
  custom_id: '1001',
  supplementary_data: { related_ids: { order_id: `ORDER-${id}` } },
  create_time: iso(at),
  update_time: iso(at),
});

const adyenItem: Samples[string] = ({ id }) => ({
  merchantAccountCode: 'HoldfastEU',
  merchantReference: id,
  amount: { currency: 'EUR', value: 4900 },
  paymentMethod: 'visa',
  reason: '052095:1111:03/2030',
});

const parcel = (id: string, at: number) => ({
  tracking_number: id,
  carrier: 'usps',
  tracking_status: { object_id: `status-${id}`, status: 'DELIVERED', status_date: iso(at) },
});

export const purchaseSamples = {
  shopify: {
    'orders/create': ({ id, at }) => shopifyOrder({ id: numberOf(id), at }),
    'orders/paid': ({ id, at }) => shopifyOrder({ id: numberOf(id), at }),
    'orders/cancelled': ({ id, at }) => shopifyOrder({ id: numberOf(id), at }),
  },
  stripe: {
    'payment_intent.succeeded': ({ id, at }) => stripePaymentIntent({ id: `pi_${id}`, amount: 4900, at }),
  },
  woocommerce: {
    'order.created': ({ id, at }) => wooOrder({ id: numberOf(id), at }),
    'order.updated': ({ id, at }) => wooOrder({ id: numberOf(id), at, status: 'completed' }),
  },
  'standard-webhooks': {
    'parcel.sent': ({ id }) => standardEvent({ orderId: id }),
    'order.placed': ({ id }) => ({
      order_id: id,
      customer: { id: 'C-1', name: 'Ada Tide', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ id: '1', sku: 'ANCHOR-1', quantity: 2, price: '24.50' }],
      total: '49.00',
    }),
    'stock.level_changed': () => ({ sku: 'ANCHOR-1', on_hand: 40 }),
    'customer.updated': ({ id }) => ({
      customer_id: id,
      name: 'Ada Tide',
      email: 'ada@example.com',
      phone: null,
    }),
    'smoke.sent': ({ id }) => ({ note: id }),
  },
  'generic-hmac': {
    'receipt.completed': ({ id, at }) => warehouseReceipt({ id, purchaseOrder: `PO-${id}`, at }),
    'stock.counted': ({ at }) => ({
      sku: 'ANCHOR-1',
      warehouse: 'MAIN',
      on_hand: 40,
      sequence: Math.floor(at / 1000),
      counted_at: iso(at),
    }),
  },
  bigcommerce: {
    'store/order/created': ({ id }) => ({ type: 'order', id: numberOf(id) }),
    'store/order/updated': ({ id }) => ({ type: 'order', id: numberOf(id) }),
    'store/product/updated': ({ id }) => ({ type: 'product', id: numberOf(id) }),
  },
  square: {
    'payment.created': ({ id, at }) => ({
      id,
      status: 'COMPLETED',
      amount_money: { amount: 4900, currency: 'EUR' },
      order_id: `order-${id}`,
      created_at: iso(at),
      updated_at: iso(at),
      version: 1,
    }),
  },
  paypal: { 'PAYMENT.CAPTURE.COMPLETED': paypalCapture, 'PAYMENT.CAPTURE.REFUNDED': paypalCapture },
  adyen: { AUTHORISATION: adyenItem, CAPTURE: adyenItem, REFUND: adyenItem },
  'adyen-platform': {
    'balancePlatform.accountHolder.updated': ({ id }) => ({
      balancePlatform: 'YOUR_BALANCE_PLATFORM',
      accountHolder: { id, status: 'active', description: 'Shelly Eller' },
    }),
  },
  mollie: { 'payment-link.paid': ({ id }) => ({ id, resource: 'payment-link', status: 'paid' }) },
  'mollie-classic': { 'payment.changed': () => ({}) },
  paddle: {
    'transaction.completed': ({ id }) => ({ id, status: 'completed', currency_code: 'EUR' }),
    'subscription.updated': ({ id }) => ({ id, status: 'active' }),
  },
  'lemon-squeezy': {
    order_created: ({ id, at }) => ({
      type: 'orders',
      id,
      attributes: { store_id: 1, total: 4900, currency: 'EUR', updated_at: iso(at) },
    }),
  },
  gocardless: {
    'payments.confirmed': ({ id }) => ({ links: { payment: id }, details: { origin: 'gocardless' } }),
    'mandates.cancelled': ({ id }) => ({ links: { mandate: id }, details: { origin: 'bank' } }),
  },
  xero: {
    'INVOICE.UPDATE': ({ id, at }) => ({
      resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${id}`,
      resourceId: id,
      eventDateUtc: iso(at).replace('Z', ''),
      eventType: 'UPDATE',
      eventCategory: 'INVOICE',
      tenantId: 'c2cc9b6e-9458-4c7d-93cc-f02b81b0594f',
      tenantType: 'ORGANISATION',
    }),
  },
  quickbooks: {
    'Invoice.Update': ({ id, at }) => ({ name: 'Invoice', id, operation: 'Update', lastUpdated: iso(at) }),
    'Customer.Create': ({ id, at }) => ({ name: 'Customer', id, operation: 'Create', lastUpdated: iso(at) }),
  },
  shippo: { track_updated: ({ id, at }) => parcel(id, at) },
  'shippo-by-token': { track_updated: ({ id, at }) => parcel(id, at) },
  shipstation: {
    API_TRACK: ({ id, at }) => ({
      tracking_number: id,
      status_code: 'DE',
      carrier_status_description: 'Delivered',
      events: [{ occurred_at: iso(at).replace(/\.\d{3}Z$/, 'Z'), description: 'Delivered' }],
    }),
  },
  easypost: {
    'tracker.updated': ({ id }) => ({ id, object: 'Tracker', tracking_code: '1', status: 'delivered' }),
  },
  'easypost-v2': {
    'tracker.updated': ({ id }) => ({ id, object: 'Tracker', tracking_code: '1', status: 'delivered' }),
  },
  plaid: { 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE': ({ id }) => ({ item_id: id, environment: 'production' }) },
  ebay: {
    MARKETPLACE_ACCOUNT_DELETION: ({ id }) => ({
      username: 'test_user',
      userId: id,
      eiasToken: 'nY+sHZ2PrB',
    }),
    ORDER_CONFIRMATION: ({ id }) => ({ orderId: id }),
  },
  'adobe-io-events': {
    'com.adobe.commerce.observer.sales_order_save_after': ({ id }) => ({
      value: { increment_id: id, status: 'complete', grand_total: 49 },
    }),
  },
  sns: {
    ORDER_CHANGE: ({ id, at }) => ({
      NotificationType: 'ORDER_CHANGE',
      EventTime: iso(at),
      Payload: { OrderChangeNotification: { AmazonOrderId: id } },
    }),
  },
} satisfies Readonly<Record<string, Samples>>;
