// Stock, purchase orders, products and customers of the sandbox ERP: what they record and every rule that refuses.
import { beforeEach, describe, expect, it } from 'vitest';
import { changeSettings, createErpClient, type ErpClient, reset, state } from './support/erp-client.ts';

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

const receipt = (change: Record<string, unknown> = {}) => ({
  ...{ receiptId: 'asn-77', relayKey: 'receipt/asn-77', lines: [{ sku: 'SKU-1', quantity: 6 }] },
  ...change,
});

describe('a fresh sandbox', () => {
  it('holds 24 products with 1000 pieces each and 10 open purchase orders, in balance', async () => {
    const { products, stockOnHand, purchaseOrders, trialBalance, operations } = await state();
    expect(products.map(({ sku }: { sku: string }) => sku)).toContain('SKU-10');
    expect(products).toHaveLength(24);
    expect(stockOnHand.every(({ onHand }: { onHand: number }) => onHand === 1000)).toBe(true);
    expect(purchaseOrders).toHaveLength(10);
    expect(trialBalance.balanced).toBe(true);
    expect(operations).toEqual([]);
  });
});

describe('a receipt', () => {
  it('adds to stock, moves the goods and posts their value', async () => {
    const done = await erp.post('/api/receipts', receipt());
    expect(done).toMatchObject({
      state: 'done',
      totalQuantity: 6,
      lines: [{ sku: 'SKU-1', quantity: 6, onHand: 1006 }],
    });
    const { stockMoves, trialBalance } = await state();
    expect(stockMoves.at(-1)).toMatchObject({ type: 'receipt', quantity: 6, sourceId: done.documentId });
    const account = '2100 Goods received, not invoiced';
    expect(trialBalance.accounts).toContainEqual(expect.objectContaining({ account, balance: '-15.00' }));
  });

  it('done twice is seen twice', async () => {
    await erp.post('/api/receipts', receipt());
    await erp.post('/api/receipts', receipt());
    expect((await erp.get('/api/stock/SKU-1')).body.onHand).toBe(1012);
    const { doubledReferences } = await state('?summary=1');
    expect(doubledReferences).toMatchObject([{ reference: 'asn-77', operation: 'stock.receive', count: 2 }]);
  });

  it('against a purchase order takes what is expected and no more', async () => {
    const lines = [{ sku: 'SKU-1', quantity: 60 }];
    await erp.post('/api/receipts', receipt({ purchaseOrder: 'PO-1', lines }));
    const over = await erp.refused(
      '/api/receipts',
      receipt({ receiptId: 'asn-78', purchaseOrder: 'PO-1', lines }),
    );
    expect(over).toMatchObject({ code: 'over_receipt', fields: [{ field: 'lines[0].quantity' }] });
    const other = receipt({ purchaseOrder: 'PO-1', lines: [{ sku: 'SKU-20', quantity: 1 }] });
    expect((await erp.refused('/api/receipts', other)).code).toBe('over_receipt');
    const found = await erp.get('/api/purchase-orders?purchaseOrder=PO-1');
    expect(found.body.items[0].lines[0]).toMatchObject({ sku: 'SKU-1', quantity: 100, received: 60 });
    expect((await erp.get('/api/stock/SKU-1')).body.onHand).toBe(1060);
  });

  it('closes the purchase order when nothing is left to come', async () => {
    await erp.post('/api/purchase-orders', {
      purchaseOrder: 'PO-X',
      lines: [{ sku: 'SKU-3', quantity: 1.5 }],
    });
    await erp.post(
      '/api/receipts',
      receipt({ purchaseOrder: 'PO-X', lines: [{ sku: 'SKU-3', quantity: 1.5 }] }),
    );
    expect((await erp.get('/api/purchase-orders?purchaseOrder=PO-X')).body.items[0].state).toBe('received');
  });

  it('against an unknown purchase order is taken or refused, as the settings say', async () => {
    await erp.post('/api/receipts', receipt({ purchaseOrder: 'PO-NONE' }));
    await changeSettings({ acceptUnknownPurchaseOrders: false });
    const refused = await erp.refused('/api/receipts', receipt({ purchaseOrder: 'PO-NONE' }));
    expect(refused.code).toBe('unknown_purchase_order');
  });

  it.each([
    ['a negative quantity', [{ sku: 'SKU-1', quantity: -6 }], 'negative_quantity'],
    ['no quantity', [{ sku: 'SKU-1', quantity: 0 }], 'zero_quantity'],
    ['no lines', [], 'validation_failed'],
  ])('of %s is refused whole', async (_what, lines, code) => {
    expect((await erp.refused('/api/receipts', receipt({ lines }))).code).toBe(code);
    expect((await state()).receipts).toEqual([]);
  });

  it('with one bad line among good ones leaves nothing behind', async () => {
    const lines = [
      { sku: 'SKU-1', quantity: 6 },
      { sku: 'SKU-2', quantity: -1 },
    ];
    const refused = await erp.refused('/api/receipts', receipt({ lines }));
    expect(refused.fields).toMatchObject([{ field: 'lines[1].quantity' }]);
    expect((await erp.get('/api/stock/SKU-1')).body.onHand).toBe(1000);
  });
});

describe('setting stock', () => {
  it('brings on hand to the counted quantity and posts the difference', async () => {
    const down = await erp.call('PUT', '/api/stock/SKU-1', {
      quantity: 990.5,
      relayKey: 'k',
      asOf: '2026-11-24T10:00:00Z',
    });
    expect(down.body).toMatchObject({ state: 'done', onHand: 990.5, difference: -9.5, relayKey: 'k' });
    const up = await erp.call('PUT', '/api/stock/SKU-1', { quantity: 1001 });
    expect(up.body).toMatchObject({ onHand: 1001, difference: 10.5 });
    const { trialBalance } = await state();
    const account = '5900 Stock differences';
    expect(trialBalance.accounts).toContainEqual(expect.objectContaining({ account, balance: '-2.50' }));
  });

  it('keeps a document of an unchanged count, and no move', async () => {
    const same = await erp.call('PUT', '/api/stock/SKU-1', { quantity: 1000, relayKey: 'k' });
    expect(same).toMatchObject({ status: 200, body: { difference: 0, onHand: 1000 } });
    expect((await erp.get('/api/adjustments?relayKey=k')).body.items).toHaveLength(1);
    expect((await state()).stockMoves).toHaveLength(24);
  });

  it('counts each location by itself', async () => {
    await erp.call('PUT', '/api/stock/SKU-1', { quantity: 5, location: 'BERLIN' });
    expect((await erp.get('/api/stock/SKU-1?location=BERLIN')).body.onHand).toBe(5);
    expect((await erp.get('/api/stock/SKU-1')).body.onHand).toBe(1000);
  });

  it('refuses a negative count and, where products are not made up, an unknown SKU', async () => {
    const negative = await erp.call('PUT', '/api/stock/SKU-1', { quantity: -1 });
    expect(negative).toMatchObject({ status: 422, body: { error: { code: 'negative_quantity' } } });
    await changeSettings({ autoCreateProducts: false });
    const unknown = await erp.call('PUT', '/api/stock/NONE', { quantity: 1 });
    expect(unknown.body.error.code).toBe('unknown_sku');
    expect((await erp.get('/api/stock/NONE')).status).toBe(404);
  });
});

describe('a product', () => {
  it('can be created once', async () => {
    const product = await erp.post('/api/products', { sku: 'NEW-1', name: 'New', cost: '4.20' });
    expect(product).toMatchObject({ sku: 'NEW-1', cost: '4.20', catalogued: true });
    expect((await erp.refused('/api/products', { sku: 'NEW-1' })).code).toBe('sku_taken');
  });
});

describe('a customer', () => {
  const address = { line1: 'Main St 1', city: 'Berlin', postalCode: '10115', country: 'DE' };

  it('is created, then replaced whole under the same id', async () => {
    const created = await erp.call('PUT', '/api/customers/c-7', {
      name: 'Ada',
      email: 'ada@example.test',
      address,
      relayKey: 'v1',
    });
    expect(created.body).toMatchObject({ documentNumber: 'C00001', state: 'active', revision: 1, address });
    const replaced = await erp.call('PUT', '/api/customers/c-7', { name: 'Ada L.', relayKey: 'v2' });
    expect(replaced.body).toMatchObject({
      documentId: created.body.documentId,
      name: 'Ada L.',
      email: null,
      revision: 2,
    });
  });

  it('remembers in the audit log under which keys it was written', async () => {
    await erp.call('PUT', '/api/customers/c-7', { name: 'Ada', relayKey: 'v1' });
    await erp.call('PUT', '/api/customers/c-7', { name: 'Ada L.', relayKey: 'v2' });
    expect((await erp.get('/api/customers?relayKey=v1')).body.items).toEqual([]);
    expect((await erp.get('/api/audit?relayKey=v1')).body.items).toMatchObject([
      { operation: 'customer.upsert', reference: 'c-7' },
    ]);
  });

  it.each([
    ['a blank name', { name: ' ' }, { code: 'name_missing', field: 'name' }],
    ['a bad e-mail', { name: 'Ada', email: 'nobody' }, { code: 'invalid_email', field: 'email' }],
    [
      'an unknown country',
      { name: 'Ada', address: { ...address, country: 'Germany' } },
      { code: 'unknown_country', field: 'address.country' },
    ],
  ])('with %s is refused', async (_what, body, refusal) => {
    const answer = await erp.call('PUT', '/api/customers/c-7', body);
    expect(answer.body.error).toMatchObject({ code: refusal.code, fields: [refusal] });
  });
});
