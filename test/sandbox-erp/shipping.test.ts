// Shipments and returns of the sandbox ERP: stock, its value, and what each line may still do.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeSettings,
  createErpClient,
  createInvoicedOrder,
  creditNote,
  type ErpClient,
  type Json,
  order,
  reset,
  state,
} from './support/erp-client.ts';

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

const shipment = (shipmentId: string, change: Record<string, unknown> = {}) => ({
  ...{ shipmentId, orderId: '1001', relayKey: `order/1001/sandbox/shipment.deliver/${shipmentId}` },
  ...change,
});

const line = (quantity: number, change: Record<string, unknown> = {}) => ({
  ...{ lineId: '1', sku: 'SKU-1', quantity },
  ...change,
});

const returned = (returnId: string, lines: readonly unknown[]) => ({ returnId, orderId: '1001', lines });

const orderNow = async (): Promise<Json> => (await erp.get('/api/orders?orderId=1001')).body.items[0];

const stockOf = async (sku: string): Promise<Json> => (await erp.get(`/api/stock/${sku}`)).body;

async function balanceOf(account: string): Promise<string | undefined> {
  const { accounts } = (await erp.get('/api/trial-balance')).body;
  return accounts.find((row: Json) => row.account === account)?.balance;
}

describe('a shipment', () => {
  beforeEach(async () => {
    await erp.post('/api/orders', order('1001'));
  });

  it('of everything takes it out of stock at its cost', async () => {
    const document = await erp.post('/api/shipments', shipment('s1', { trackingNumber: '1Z' }));
    expect(document).toMatchObject({
      state: 'done',
      hasBackorder: false,
      trackingNumber: '1Z',
      totalQuantity: 5,
    });
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 998, reserved: 0 });
    expect(await orderNow()).toMatchObject({ deliveryState: 'delivered' });
    // 2 × 2.50 and 3 × 3.75
    expect(await balanceOf('5000 Cost of goods sold')).toBe('16.25');
    expect((await erp.refused('/api/shipments', shipment('s2'))).code).toBe('nothing_to_deliver');
  });

  it('of a part leaves the rest open, or gives it up', async () => {
    const part = await erp.post(
      '/api/shipments',
      shipment('s1', { lines: [line(0.5)], backorder: 'create' }),
    );
    expect(part).toMatchObject({ hasBackorder: true, lines: [line(0.5)] });
    expect(await orderNow()).toMatchObject({ deliveryState: 'partial' });
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 999.5, reserved: 1.5 });
    const last = await erp.post('/api/shipments', shipment('s2', { lines: [line(1)], backorder: 'cancel' }));
    expect(last.hasBackorder).toBe(false);
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 998.5, reserved: 0 });
    expect(await stockOf('SKU-2')).toMatchObject({ onHand: 1000, reserved: 0 });
    expect((await orderNow()).lines).toMatchObject([
      { deliveredQuantity: 1.5, cancelledQuantity: 0.5 },
      { deliveredQuantity: 0, cancelledQuantity: 3 },
    ]);
    expect((await erp.refused('/api/orders/ord_1/cancel')).code).toBe('order_delivered');
  });

  it('is refused for more than is open, goods of another line, and more than is on hand', async () => {
    const refused = async (lines: readonly unknown[]) =>
      (await erp.refused('/api/shipments', shipment('s1', { lines }))).fields[0];
    expect(await refused([line(2.5)])).toMatchObject({ code: 'over_delivery', field: 'lines[0].quantity' });
    expect(await refused([line(1.5), line(1)])).toMatchObject({
      code: 'over_delivery',
      field: 'lines[1].quantity',
    });
    expect(await refused([line(1, { sku: 'SKU-2' })])).toMatchObject({ code: 'unknown_line' });
    expect(await refused([line(1, { lineId: '9' })])).toMatchObject({ code: 'unknown_line' });
    await erp.call('PUT', '/api/stock/SKU-1', { quantity: 1 });
    expect(await refused([line(2)])).toMatchObject({ code: 'insufficient_stock' });
    expect((await state()).shipments).toEqual([]);
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 1, reserved: 2 });
  });

  it('is posted on its day, and on the next open one only where that was asked for', async () => {
    await changeSettings({ closedThrough: '2026-10-31' });
    const late = { postingDate: '2026-10-30' };
    expect((await erp.refused('/api/shipments', shipment('s1', late))).fields[0].field).toBe('postingDate');
    const moved = await erp.post('/api/shipments', shipment('s1', { ...late, whenLocked: 'next_open_day' }));
    expect(moved.accountingDate).toBe('2026-11-01');
    const entries = (await state()).journalEntries as Json[];
    expect(entries.filter(({ accountingDate }) => accountingDate === '2026-11-01')).toHaveLength(2);
  });
});

describe('a return', () => {
  beforeEach(async () => {
    await createInvoicedOrder(erp, '1001');
    await erp.post('/api/shipments', shipment('s1', { lines: [line(2)] }));
  });

  it('puts goods back on the shelf, or writes them off', async () => {
    const lines = [line(0.5, { disposition: 'restock' }), line(1, { disposition: 'scrap' })];
    const document = await erp.post('/api/returns', returned('r1', lines));
    expect(document).toMatchObject({ lines, restockedLines: [{ sku: 'SKU-1', quantity: 0.5 }] });
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 998.5, reserved: 0 });
    expect(await balanceOf('5800 Scrapped returns')).toBe('2.50');
    const moves = (await state()).stockMoves.filter(({ sourceId }: Json) => sourceId === document.documentId);
    expect(moves.map(({ type, quantity }: Json) => [type, quantity])).toEqual([
      ['return', 0.5],
      ['return', 1],
      ['scrap', -1],
    ]);
  });

  it('takes back no more than was delivered, however it comes back', async () => {
    const over = [line(2.5, { disposition: 'restock' })];
    expect((await erp.refused('/api/returns', returned('r1', over))).code).toBe('over_return');
    const open = [line(1, { lineId: '2', sku: 'SKU-2', disposition: 'restock' })];
    expect((await erp.refused('/api/returns', returned('r1', open))).code).toBe('over_return');
    await erp.post('/api/returns', returned('r1', [line(1.5, { disposition: 'restock' })]));
    const credit = { lines: [line(1, { amount: '10.00' })], restock: true };
    expect((await erp.refused('/api/credit-notes', creditNote('re1', '1001', credit))).code).toBe(
      'over_return',
    );
    await erp.post('/api/credit-notes', creditNote('re1', '1001', { ...credit, restock: false }));
    expect((await orderNow()).lines[0].returnedQuantity).toBe(1.5);
  });
});

describe('a credit note', () => {
  it('that restocks lets go of what is reserved before it takes back what was delivered', async () => {
    await createInvoicedOrder(erp, '1001');
    await erp.post('/api/shipments', shipment('s1', { lines: [line(1.5)] }));
    const credit = { lines: [line(1, { amount: '10.00' })], restock: true };
    await erp.post('/api/credit-notes', creditNote('re1', '1001', credit));
    expect((await orderNow()).lines[0]).toMatchObject({
      ...{ deliveredQuantity: 1.5, returnedQuantity: 0.5, cancelledQuantity: 0.5 },
    });
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 999, reserved: 0 });
  });

  it('gives shipping back as shipping where that is its remainder', async () => {
    await createInvoicedOrder(erp, '1001');
    const credit = { amount: '15.00', lines: [line(1, { amount: '10.00' })], remainder: 'shipping' };
    expect(await erp.post('/api/credit-notes', creditNote('re1', '1001', credit))).toMatchObject({
      remainder: 'shipping',
    });
    // 5.00 less its share of the tax: 5.00 × 2.00 / 29.35 = 0.34. Invoiced were 5.00.
    expect(await balanceOf('4100 Shipping revenue')).toBe('-0.34');
    expect(await balanceOf('4800 Sales returns')).toBe('9.32');
    await erp.post('/api/credit-notes', creditNote('re2', '1001', { amount: '1.00' }));
    expect(await balanceOf('4100 Shipping revenue')).toBe('-0.34');
  });
});
