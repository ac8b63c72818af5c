// Sales orders of the sandbox ERP: what they become, what they reserve, and every rule that refuses.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeSettings,
  createErpClient,
  createInvoicedOrder,
  type ErpClient,
  order,
  reset,
  state,
} from './support/erp-client.ts';

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

const line = (change: Record<string, unknown>) => [
  { lineId: '1', sku: 'SKU-1', quantity: 1, unitPrice: '10.00', ...change },
];
const plain = { shippingTotal: '0', taxTotal: '0', discountTotal: '0' };

describe('an order', () => {
  it('is a draft until it is confirmed, and reserves stock then', async () => {
    const draft = await erp.post('/api/orders', order('1001', { state: 'draft' }));
    expect(draft).toMatchObject({
      documentNumber: 'SO00001',
      state: 'draft',
      total: '29.35',
      orderId: '1001',
    });
    expect((await erp.get('/api/stock/SKU-1')).body).toMatchObject({ onHand: 1000, reserved: 0 });
    const confirmed = await erp.post(`/api/orders/${draft.documentId}/confirm`);
    expect(confirmed).toMatchObject({
      documentId: draft.documentId,
      state: 'confirmed',
      deliveryState: 'reserved',
    });
    expect((await erp.get('/api/stock/SKU-1')).body).toMatchObject({
      onHand: 1000,
      reserved: 2,
      available: 998,
    });
  });

  it('can be created and confirmed in one call', async () => {
    const confirmed = await erp.post('/api/orders', order('1001'));
    expect(confirmed.state).toBe('confirmed');
    const { operations } = await state();
    expect(operations.map((effect: { operation: string }) => effect.operation)).toEqual([
      'sale.draft',
      'sale.confirm',
    ]);
  });

  it('is found by its relay key, its order id and its number', async () => {
    await erp.post('/api/orders', order('1001'));
    const key = encodeURIComponent('order/1001/sandbox/sale.confirm');
    for (const query of [`relayKey=${key}`, 'orderId=1001', 'documentNumber=SO00001']) {
      const found = await erp.get(`/api/orders?${query}`);
      expect(found.body.items).toHaveLength(1);
    }
    expect((await erp.get('/api/orders?orderId=1002')).body.items).toEqual([]);
    expect((await erp.get('/api/orders')).body.error.code).toBe('filter_missing');
  });

  it('can be created twice under one relay key, and the state names what was doubled', async () => {
    const first = await erp.post('/api/orders', order('1001'));
    const second = await erp.post('/api/orders', order('1001'));
    expect(second.documentId).not.toBe(first.documentId);
    const { doubled, doubledReferences } = await state('?summary=1');
    const documentIds = [first.documentId, second.documentId];
    const confirm = { operation: 'sale.confirm', count: 2, documentIds };
    expect(doubled).toContainEqual({ relayKey: 'order/1001/sandbox/sale.confirm', ...confirm });
    expect(doubledReferences).toEqual([{ reference: '1001', ...confirm }]);
  });

  it('brings its customer along and never changes one that exists', async () => {
    await erp.post('/api/orders', order('1001'));
    await erp.post('/api/orders', order('1002', { customer: { customerId: 'c-1', name: 'Somebody else' } }));
    const found = await erp.get('/api/customers?customerId=c-1');
    expect(found.body.items).toMatchObject([
      { name: 'Ada Lovelace', email: 'ada@example.test', revision: 1 },
    ]);
  });

  it('accepts a total that differs by what rounding each line left', async () => {
    const lines = ['1', '2', '3'].map((lineId) => ({
      lineId,
      sku: 'SKU-1',
      quantity: 0.5,
      unitPrice: '0.33',
    }));
    const accepted = await erp.post('/api/orders', order('1001', { lines, ...plain, total: '0.50' }));
    expect(accepted).toMatchObject({ total: '0.50', roundingDifference: '-0.01' });
  });

  it('keeps a currency without decimals whole', async () => {
    const yen = await erp.post(
      '/api/orders',
      order('1001', {
        currency: 'JPY',
        lines: line({ quantity: 3, unitPrice: '1200' }),
        ...plain,
        total: '3600',
      }),
    );
    expect(yen).toMatchObject({ total: '3600', taxTotal: '0', lines: [{ total: '3600' }] });
  });
});

describe('an order is refused', () => {
  it.each([
    [
      'a negative quantity',
      { lines: line({ quantity: -1 }) },
      { code: 'negative_quantity', field: 'lines[0].quantity' },
    ],
    ['no quantity', { lines: line({ quantity: 0 }) }, { code: 'zero_quantity', field: 'lines[0].quantity' }],
    [
      'a quantity finer than four decimals',
      { lines: line({ quantity: 0.00001 }) },
      { code: 'invalid_quantity', field: 'lines[0].quantity' },
    ],
    [
      'a negative price',
      { lines: line({ unitPrice: '-1.00' }) },
      { code: 'negative_price', field: 'lines[0].unitPrice' },
    ],
    [
      'a negative line total',
      { lines: line({ total: '-1.00' }) },
      { code: 'negative_amount', field: 'lines[0].total' },
    ],
    ['a negative tax', { taxTotal: '-1.00' }, { code: 'negative_amount', field: 'taxTotal' }],
    [
      'a total that does not add up',
      { total: '29.34', lines: line({ total: '10.00' }) },
      { code: 'total_mismatch', field: 'total' },
    ],
    [
      'a customer without a name',
      { customer: { customerId: 'c', name: ' ' } },
      { code: 'name_missing', field: 'customer.name' },
    ],
    [
      'a bad e-mail',
      { customer: { customerId: 'c', name: 'A', email: 'x' } },
      { code: 'invalid_email', field: 'customer.email' },
    ],
    ['an unknown currency form', { currency: 'euro' }, { code: 'invalid_field', field: 'currency' }],
    [
      'a price that is no decimal',
      { lines: line({ unitPrice: '1e3' }) },
      { code: 'invalid_field', field: 'lines[0].unitPrice' },
    ],
    [
      'more than can be posted',
      { lines: line({ quantity: 1e9, unitPrice: '99999999999' }) },
      { code: 'amount_too_large', field: 'lines[0]' },
    ],
    ['no lines', { lines: [] }, { code: 'invalid_field', field: 'lines' }],
    ['a date that is none', { orderedAt: '2026-13-40' }, { code: 'invalid_field', field: 'orderedAt' }],
  ])('for %s, naming the field', async (_what, change, refusal) => {
    const error = await erp.refused('/api/orders', order('1001', change));
    expect(error.fields).toMatchObject([refusal]);
    expect((await state()).orders).toEqual([]);
  });

  it('for an unknown SKU, unless products are made up as they come', async () => {
    const own = order('1001', { lines: line({ sku: 'MY-OWN' }), ...plain, total: '10.00' });
    await changeSettings({ autoCreateProducts: false });
    expect(await erp.refused('/api/orders', own)).toMatchObject({
      code: 'unknown_sku',
      fields: [{ field: 'lines[0].sku' }],
    });
    await changeSettings({ autoCreateProducts: true });
    await erp.post('/api/orders', own);
    expect((await erp.get('/api/products?sku=MY-OWN')).body.items).toMatchObject([{ catalogued: false }]);
  });

  it('for a second confirmation, in the words for any order that is no draft', async () => {
    const { documentId } = await erp.post('/api/orders', order('1001'));
    expect((await erp.refused(`/api/orders/${documentId}/confirm`)).code).toBe('invalid_state');
    expect((await erp.get(`/api/orders/${documentId}`)).body.state).toBe('confirmed');
    expect((await erp.get('/api/stock/SKU-1')).body.reserved).toBe(2);
  });

  it('where there is no such order', async () => {
    expect(await erp.call('POST', '/api/orders/ord_99/confirm')).toMatchObject({ status: 404 });
  });
});

describe('cancelling', () => {
  it('lets the stock go and keeps who asked and why', async () => {
    const { documentId } = await erp.post('/api/orders', order('1001'));
    const cancelled = await erp.post(`/api/orders/${documentId}/cancel`, {
      relayKey: 'k',
      reason: 'changed my mind',
    });
    expect(cancelled).toMatchObject({
      state: 'cancelled',
      cancelRelayKey: 'k',
      cancelReason: 'changed my mind',
    });
    expect((await erp.get('/api/stock/SKU-1')).body).toMatchObject({ onHand: 1000, reserved: 0 });
    expect((await erp.get('/api/audit?relayKey=k')).body.items).toMatchObject([
      { operation: 'sale.cancel', documentId },
    ]);
  });

  it('is refused for a cancelled, a delivered and an invoiced order', async () => {
    const cancelled = await erp.post('/api/orders', order('1001'));
    await erp.post(`/api/orders/${cancelled.documentId}/cancel`);
    expect((await erp.refused(`/api/orders/${cancelled.documentId}/cancel`)).code).toBe('invalid_state');
    const delivered = await erp.post('/api/orders', order('1002'));
    await erp.post(`/api/orders/${delivered.documentId}/deliver`);
    expect((await erp.refused(`/api/orders/${delivered.documentId}/cancel`)).code).toBe('order_delivered');
    const { sale } = await createInvoicedOrder(erp, '1003');
    expect((await erp.refused(`/api/orders/${sale.documentId}/cancel`)).code).toBe('order_invoiced');
  });
});

describe('delivering', () => {
  it('takes the goods out of stock and their cost into the ledger', async () => {
    const { documentId } = await erp.post('/api/orders', order('1001'));
    await erp.post(`/api/orders/${documentId}/deliver`);
    expect((await erp.get('/api/stock/SKU-2')).body).toMatchObject({ onHand: 997, reserved: 0 });
    const { trialBalance } = await state();
    expect(trialBalance.balanced).toBe(true);
    // 2 × SKU-1 at 2.50 and 3 × SKU-2 at 3.75.
    expect(trialBalance.accounts).toContainEqual(
      expect.objectContaining({ account: '5000 Cost of goods sold', balance: '16.25' }),
    );
  });

  it('is refused twice, and without the goods', async () => {
    const { documentId } = await erp.post('/api/orders', order('1001'));
    await erp.post(`/api/orders/${documentId}/deliver`);
    expect((await erp.refused(`/api/orders/${documentId}/deliver`)).code).toBe('invalid_state');
    const many = order('1002', { lines: line({ quantity: 2000 }), ...plain, total: '20000.00' });
    const large = await erp.post('/api/orders', many);
    expect((await erp.refused(`/api/orders/${large.documentId}/deliver`)).code).toBe('insufficient_stock');
    expect((await erp.get('/api/stock/SKU-1')).body).toMatchObject({ onHand: 998, reserved: 2000 });
  });
});
