// The example integrations on realistic payloads: what each event makes the ERP do, under which key, with which input.
import { describe, expect, it } from 'vitest';
import { stripePaymentIntent, warehouseReceipt, wooOrder } from '../../scripts/lib/payloads.ts';
import { shopifyOrder, shopifyRefund } from '../../scripts/lib/shopify-payloads.ts';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import type { MappedEvent } from '../../src/core/event.ts';
import { orderingKeyOf } from '../../src/core/keys.ts';
import { planDeliveries } from '../../src/core/plan-deliveries.ts';
import type { Entity } from '../../src/core/source.ts';
import { integrations } from '../../src/integrations/index.ts';
import { toFieldErrors } from '../../src/operations/index.ts';

const compiled = compileIntegrations(integrations);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const relay = compiled.value;
const at = Date.parse('2026-03-01T09:00:00Z');

type Sent = {
  readonly source: string;
  readonly type: string;
  readonly payload: unknown;
  readonly entity?: Entity | null;
};

/** The event as the relay would map it. `entity`: what the preset reads; the source's own function has the last word. */
function toEvent({
  source,
  type,
  payload,
  entity = null,
}: Sent): MappedEvent & { readonly orderingKey: string } {
  const identified = {
    id: 'evt-1',
    source,
    type,
    entity,
    headers: {},
    payload: payload as MappedEvent['payload'],
  };
  const definition = relay.sources.get(source);
  const read = definition?.entity === undefined ? entity : definition.entity(identified);
  const orderingKey = orderingKeyOf({ source, eventId: 'evt-1', entity: read });
  return { ...identified, entity: read, orderingKey, sequence: at, occurredAt: at, receivedAt: at };
}

/** What the event makes the ERP do: "key" → the mapped input, which the operation accepts. */
function run(sent: Sent): Record<string, unknown> {
  const event = toEvent(sent);
  const planned = planDeliveries(event, relay.routesFor(sent.source, sent.type));
  return Object.fromEntries(
    planned.map(({ routeId, operationKey, problem }) => {
      expect(problem).toBeNull();
      const route = relay.findRoute(routeId);
      const input = route?.input(event);
      const parsed = route?.operation.input.safeParse(input);
      expect(parsed?.error === undefined ? [] : toFieldErrors(parsed.error), routeId).toEqual([]);
      return [operationKey, JSON.parse(JSON.stringify(input))];
    }),
  );
}

const order = (id: number | string): Entity => ({ kind: 'order', id: String(id) });

describe('the example integrations', () => {
  it('compile, all on the erp target but the smoke test', () => {
    expect([...relay.sources.keys()]).toEqual([
      'shopify',
      'woocommerce',
      'stripe',
      'warehouse',
      'standard',
      'smoke',
    ]);
    expect([...relay.targets.keys()]).toEqual(['erp', 'loopback']);
    expect(relay.routes.filter(({ target }) => target !== 'erp').map(({ id }) => id)).toEqual(['smoke.echo']);
  });

  it('name the secrets a relay needs', () => {
    expect([...relay.sources.values()].map(({ secretVariable }) => secretVariable)).toEqual([
      'SHOPIFY_WEBHOOK_SECRET',
      'WOOCOMMERCE_WEBHOOK_SECRET',
      'STRIPE_WEBHOOK_SECRET',
      'WAREHOUSE_WEBHOOK_SECRET',
      'STANDARD_WEBHOOKS_SECRET',
      'SMOKE_WEBHOOK_SECRET',
    ]);
  });
});

describe('a Shopify order', () => {
  const shopify = (type: string, payload: unknown, id: number | string = 1001) =>
    run({ source: 'shopify', type, payload, entity: order(id) });

  it('is confirmed when it is placed', () => {
    const payload = {
      ...shopifyOrder({ id: 1001, at }),
      ...{ total_discounts: '4.00', total_tax: '9.45', total_price: '59.40' },
      total_shipping_price_set: { shop_money: { amount: '4.95', currency_code: 'EUR' } },
    };
    expect(shopify('orders/create', payload)).toEqual({
      'order/1001/erp/sale.confirm': {
        orderId: '1001',
        customer: { customerId: '6100000000001', name: 'Ada Tide', email: 'ada@example.com' },
        currency: 'EUR',
        lines: [{ lineId: '11000000000000', sku: 'ANCHOR-1', quantity: 2, unitPrice: '24.50' }],
        discountTotal: '4.00',
        shippingTotal: '4.95',
        taxTotal: '9.45',
        total: '59.40',
        orderedAt: '2026-03-01T09:00:00+00:00',
      },
    });
  });

  it('adds up where prices include the tax, for a guest, and without SKUs', () => {
    const [line] = shopifyOrder({ id: 1001, at }).line_items;
    const payload = {
      ...shopifyOrder({ id: 1001, at }),
      ...{ taxes_included: true, total_tax: '8.50', customer: null, email: null },
      line_items: [{ ...line, sku: '' }],
    };
    const input = shopify('orders/create', payload)['order/1001/erp/sale.confirm'];
    expect(input).toMatchObject({
      customer: { customerId: 'guest-1001', name: 'Customer of #1001' },
      lines: [{ sku: String(line?.variant_id) }],
      total: '49.00',
    });
    expect(input).not.toHaveProperty('taxTotal');
  });

  it('is invoiced when it is paid, after the sale', () => {
    const paid = shopify('orders/paid', shopifyOrder({ id: 1001, at, financialStatus: 'paid' }));
    expect(paid).toEqual({ 'order/1001/erp/invoice.post': { orderId: '1001' } });
    expect(relay.findRoute('shop-orders.post-invoice')?.policy.after).toEqual([
      { kind: 'type', source: 'shopify', type: 'orders/create', target: 'erp' },
    ]);
  });

  it('is cancelled, unless its money went back', () => {
    const cancelled = shopifyOrder({ id: 1001, at, cancelled: true });
    expect(shopify('orders/cancelled', cancelled)).toEqual({
      'order/1001/erp/sale.cancel': { orderId: '1001', reason: 'customer' },
    });
    expect(shopify('orders/cancelled', { ...cancelled, financial_status: 'refunded' })).toEqual({});
  });

  it('is credited for each refund that gives money back', () => {
    const refund = shopifyRefund({ id: 77, orderId: 1001, at });
    const [item] = refund.refund_line_items;
    expect(shopify('refunds/create', refund)).toEqual({
      'order/1001/erp/credit_note.issue/77': {
        refundId: '77',
        orderId: '1001',
        currency: 'EUR',
        amount: '49.00',
        lines: [{ lineId: '11000000000000', sku: 'ANCHOR-1', quantity: 2, amount: '49.00' }],
        restock: false,
      },
    });
    const returned = {
      ...refund,
      refund_line_items: [item, { ...item, line_item_id: 5, restock_type: 'return', subtotal: 20.5 }],
    };
    expect(shopify('refunds/create', returned)).toMatchObject({
      'order/1001/erp/credit_note.issue/77': { restock: true, lines: [{ lineId: '5', amount: '20.50' }] },
    });
    expect(shopify('refunds/create', { ...refund, transactions: [] })).toEqual({});
  });
});

describe('a Shopify customer', () => {
  it('is kept up to date, each state once', () => {
    const payload = {
      ...shopifyOrder({ id: 1, at }).customer,
      default_address: {
        address1: 'Quay 1',
        address2: '',
        city: 'Rotterdam',
        zip: '3011 AA',
        country_code: 'NL',
      },
    };
    const sent = { source: 'shopify', payload, entity: { kind: 'customer', id: '6100000000001' } };
    const expected = {
      'customer/6100000000001/erp/customer.upsert/6100000000001/2026-03-01T09:00:00+00:00': {
        customerId: '6100000000001',
        name: 'Ada Tide',
        email: 'ada@example.com',
        address: { line1: 'Quay 1', city: 'Rotterdam', postalCode: '3011 AA', country: 'NL' },
      },
    };
    expect(run({ ...sent, type: 'customers/create' })).toEqual(expected);
    expect(run({ ...sent, type: 'customers/update' })).toEqual(expected);
  });
});

describe('a WooCommerce order', () => {
  const woo = (type: string, payload: unknown) =>
    run({ source: 'woocommerce', type, payload, entity: order(1001) });

  it('is confirmed under an id of its own, with discounts in the lines and fees in the shipping', () => {
    const placed = wooOrder({ id: 1001, at, status: 'pending' });
    const [line] = placed.line_items;
    const payload = {
      ...placed,
      line_items: [{ ...line, quantity: 3, price: 16.333333333333, total: '49.00' }],
      fee_lines: [{ id: 1, name: 'Gift', total: '2.50', total_tax: '0.00' }],
      ...{ shipping_total: '4.00', total: '55.50' },
    };
    expect(woo('order.created', payload)).toEqual({
      'order/woo-1001/erp/sale.confirm': {
        orderId: 'woo-1001',
        customer: { customerId: 'woo-guest-1001', name: 'Ada Tide', email: 'ada@example.com' },
        currency: 'EUR',
        lines: [{ lineId: '1', sku: 'ANCHOR-1', quantity: 3, unitPrice: '16.3333', total: '49.00' }],
        shippingTotal: '6.50',
        taxTotal: '0.00',
        total: '55.50',
        orderedAt: '2026-03-01T09:00:00Z',
      },
    });
  });

  it('is invoiced once it is paid, and cancelled where it never was', () => {
    expect(woo('order.updated', wooOrder({ id: 1001, at }))).toEqual({
      'order/woo-1001/erp/invoice.post': { orderId: 'woo-1001' },
    });
    const unpaid = { ...wooOrder({ id: 1001, at, status: 'cancelled' }), date_paid_gmt: null };
    expect(woo('order.updated', unpaid)).toEqual({
      'order/woo-1001/erp/sale.cancel': { orderId: 'woo-1001', reason: 'cancelled' },
    });
    expect(woo('order.updated', wooOrder({ id: 1001, at, status: 'pending' }))).toEqual({});
  });
});

describe('a Stripe payment', () => {
  const stripe = (type: string, object: unknown, before?: Record<string, unknown>) =>
    run({
      source: 'stripe',
      type,
      payload: { type, created: at / 1000, data: { object, previous_attributes: before } },
      entity: { kind: 'payment_intent', id: 'pi_1' },
    });
  const paid = (orderId?: string, currency = 'eur') =>
    stripePaymentIntent({
      id: 'pi_1',
      amount: 4900,
      at,
      currency,
      ...(orderId === undefined ? {} : { orderId }),
    });

  it('runs in the line of the order it pays, after its sale', () => {
    expect(stripe('payment_intent.succeeded', paid('1001'))).toEqual({
      'order/1001/erp/payment.register/pi_1': {
        paymentId: 'pi_1',
        orderId: '1001',
        amount: '49.00',
        currency: 'EUR',
        paidAt: '2026-03-01T09:00:00.000Z',
        method: 'card',
      },
    });
    expect(relay.findRoute('payments.register-shopify-payment')?.policy.after).toEqual([
      { kind: 'type', source: 'shopify', type: 'orders/create', target: 'erp' },
    ]);
  });

  it('finds the WooCommerce order it pays', () => {
    const metadata = { order_id: '1001', site_url: 'https://shop.example' };
    expect(Object.keys(stripe('payment_intent.succeeded', { ...paid(), metadata }))).toEqual([
      'order/woo-1001/erp/payment.register/pi_1',
    ]);
    expect(Object.keys(stripe('payment_intent.succeeded', paid('woo-1001')))).toEqual([
      'order/woo-1001/erp/payment.register/pi_1',
    ]);
  });

  it('without an order is none of the relay’s business', () => {
    expect(stripe('payment_intent.succeeded', paid())).toEqual({});
    expect(toEvent({ source: 'stripe', type: 'x', payload: {}, entity: order(3) }).orderingKey).toBe(
      'order/3',
    );
  });

  it('counts in the decimals of its currency, also where Stripe’s differ', () => {
    const amountOf = (currency: string) =>
      Object.values(stripe('payment_intent.succeeded', paid('1', currency)))[0];
    for (const [currency, amount] of [
      ['jpy', '4900'],
      ['kwd', '4.900'],
      ['isk', '49'],
      ['ugx', '49'],
      ['mga', '4900.00'],
    ]) {
      expect(amountOf(currency as string)).toMatchObject({ amount });
    }
  });

  it('credits each refund of a WooCommerce order with what that refund gave back', () => {
    const metadata = { order_id: '1001', site_url: 'https://shop.example' };
    const charge = {
      id: 'ch_1',
      object: 'charge',
      currency: 'eur',
      amount_refunded: 3000,
      payment_intent: 'pi_1',
      metadata,
    };
    expect(stripe('charge.refunded', charge, { amount_refunded: 1000 })).toEqual({
      'order/woo-1001/erp/credit_note.issue/ch_1:3000': {
        refundId: 'ch_1:3000',
        orderId: 'woo-1001',
        currency: 'EUR',
        amount: '20.00',
      },
    });
    expect(stripe('charge.refunded', { ...charge, metadata: { order_id: '1001' } })).toEqual({});
  });
});

describe('the warehouse', () => {
  it('receives goods once a receipt', () => {
    const payload = warehouseReceipt({ id: 'R/1', purchaseOrder: 'PO-1', at });
    expect(run({ source: 'warehouse', type: 'receipt.completed', payload })).toEqual({
      'receipt/R%2F1/erp/stock.receive/R%2F1': {
        receiptId: 'R/1',
        purchaseOrder: 'PO-1',
        location: 'MAIN',
        lines: [{ sku: 'ANCHOR-1', quantity: 2 }],
      },
    });
  });

  it('sets stock by warehouse, each count once', () => {
    const payload = {
      sku: 'ANCHOR-1',
      warehouse: 'MAIN',
      on_hand: 0,
      sequence: 7,
      counted_at: '2026-03-01T09:00:00Z',
    };
    expect(run({ source: 'warehouse', type: 'stock.counted', payload })).toEqual({
      'product/ANCHOR-1/erp/stock.set/ANCHOR-1@MAIN/7': {
        sku: 'ANCHOR-1',
        location: 'MAIN',
        quantity: 0,
        asOf: '2026-03-01T09:00:00Z',
      },
    });
  });
});

describe('a Standard Webhooks sender', () => {
  const standard = (type: string, data: unknown) =>
    run({ source: 'standard', type, payload: { type, timestamp: '2026-03-01T09:00:00Z', data } });

  it('places orders, changes stock and customers', () => {
    const lines = [{ id: '1', sku: 'ANCHOR-1', quantity: 2, price: '24.50' }];
    const customer = { id: '9', name: 'Ada', email: null };
    const placed = { order_id: '5', customer, currency: 'EUR', lines, total: '49.00' };
    expect(standard('order.placed', placed)).toMatchObject({
      'order/app-5/erp/sale.confirm': { orderId: 'app-5' },
    });
    expect(standard('stock.level_changed', { sku: 'ANCHOR-1', on_hand: 3 })).toMatchObject({
      'product/ANCHOR-1/erp/stock.set/ANCHOR-1/2026-03-01T09:00:00Z': { quantity: 3 },
    });
    expect(standard('customer.updated', { customer_id: '9', name: 'Ada', email: null, phone: null })).toEqual(
      {
        'customer/app-9/erp/customer.upsert/app-9/2026-03-01T09:00:00Z': { customerId: 'app-9', name: 'Ada' },
      },
    );
  });

  it('may send types nobody wrote down: accepted, and nothing is done', () => {
    expect(standard('parcel.lost', {})).toEqual({});
    expect(toEvent({ source: 'standard', type: 'parcel.lost', payload: {} }).orderingKey).toBe(
      'event/standard/evt-1',
    );
  });
});

describe('the smoke test', () => {
  it('runs on the loopback target, each note once', () => {
    const payload = { type: 'smoke.sent', timestamp: '2026-03-01T09:00:00Z', data: { note: 'n1' } };
    expect(run({ source: 'smoke', type: 'smoke.sent', payload })).toEqual({
      'event/smoke/evt-1/loopback/relay.smoke/n1': { note: 'n1' },
    });
  });
});
