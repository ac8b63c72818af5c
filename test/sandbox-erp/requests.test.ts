// How the sandbox ERP takes requests: idempotency keys, batches, bad bodies, and the one read of everything.
import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeSettings,
  control,
  createErpClient,
  type ErpClient,
  order,
  reset,
  setFaults,
  state,
} from './support/erp-client.ts';

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

const createOrder = (orderId: string, idempotencyKey: string) =>
  erp.call('POST', '/api/orders', order(orderId), { 'idempotency-key': idempotencyKey });

describe('an idempotency key', () => {
  it('with the same body gives the first answer again and does nothing', async () => {
    const first = await createOrder('1001', 'k');
    const again = await createOrder('1001', 'k');
    expect(again.body).toEqual(first.body);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await state()).orders).toHaveLength(1);
  });

  it('with another body is refused', async () => {
    await createOrder('1001', 'k');
    const other = await createOrder('1002', 'k');
    expect(other).toMatchObject({ status: 422, body: { error: { code: 'idempotency_key_reused' } } });
  });

  it('counts for one route only', async () => {
    await createOrder('1001', 'k');
    const invoice = await erp.call('POST', '/api/invoices', { orderId: '1001' }, { 'idempotency-key': 'k' });
    expect(invoice.status).toBe(201);
  });

  it('keeps no refusal, so that a cured request succeeds', async () => {
    await setFaults({ modulesOff: ['sales'] });
    expect((await createOrder('1001', 'k')).status).toBe(404);
    await setFaults({});
    expect((await createOrder('1001', 'k')).status).toBe(201);
  });

  it('is forgotten after a day', async () => {
    await createOrder('1001', 'k');
    await changeSettings({ clockOffsetMs: 86_400_000 });
    erp = await createErpClient();
    expect((await createOrder('1001', 'k')).body.documentId).toBe('ord_2');
  });

  it('is ignored where the support is switched off', async () => {
    await setFaults({ idempotency: false });
    await createOrder('1001', 'k');
    await createOrder('1001', 'k');
    expect((await state()).orders).toHaveLength(2);
  });
});

describe('a batch', () => {
  const requests = [
    { method: 'PUT', path: '/api/stock/SKU-1', body: { quantity: 1 } },
    { method: 'PUT', path: '/api/stock/SKU-2', body: { quantity: -2 } },
    { method: 'PUT', path: '/api/stock/SKU-3', body: { quantity: 3 } },
  ];

  it('is 200 with a result of its own for each request', async () => {
    const { results } = await erp.post('/api/batch', { requests });
    expect(results).toMatchObject([
      { status: 200, body: { onHand: 1 } },
      { status: 422, body: { error: { code: 'negative_quantity' } } },
      { status: 200, body: { onHand: 3 } },
    ]);
    expect((await erp.get('/api/stock/SKU-3')).body.onHand).toBe(3);
  });

  it('that is atomic does all or nothing', async () => {
    const error = await erp.refused('/api/batch', { atomic: true, requests });
    expect(error).toMatchObject({ code: 'batch_refused', fields: [{ field: 'requests[1].body.quantity' }] });
    expect((await erp.get('/api/stock/SKU-1')).body.onHand).toBe(1000);
  });

  it('checks the scope of each request', async () => {
    await control('PUT', '/keys/buyer', { secret: 'buyer-secret', scopes: ['sales'] });
    const buyer = await createErpClient({ keyId: 'buyer', secret: 'buyer-secret' });
    const { results } = await buyer.post('/api/batch', { requests });
    expect(results.map(({ status }: { status: number }) => status)).toEqual([403, 403, 403]);
  });
});

describe('a request', () => {
  it('to an unknown route is 404 with its code', async () => {
    expect(await erp.get('/api/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_route' } },
    });
    expect((await control('GET', '/nothing')).status).toBe(404);
  });

  it('that is not JSON is 400, in the API and in the control API', async () => {
    const { exports } = await import('cloudflare:workers');
    const worker = (exports as unknown as { default: { fetch(request: Request): Promise<Response> } })
      .default;
    for (const path of ['/auth/token', '/sandbox/reset']) {
      const answer = await worker.fetch(
        new Request(`http://127.0.0.1${path}`, { method: 'POST', body: '{' }),
      );
      expect(answer.status).toBe(400);
      // A body nobody reads keeps the object in use, and a later restart of it waiting.
      expect(await answer.json()).toMatchObject({ error: { code: 'malformed_json' } });
    }
  });

  it('beyond a mebibyte is 413', async () => {
    const answer = await erp.call('POST', '/api/orders', { filler: 'x'.repeat(1_048_576) });
    expect(answer.status).toBe(413);
  });
});

describe('the state', () => {
  it('lists every document, the effects in commit order and the calls by route and status', async () => {
    await erp.post('/api/orders', order('1001'));
    await erp.refused('/api/orders', order('1002', { total: '1.00' }));
    await erp.get('/api/stock/SKU-1');
    const everything = await state();
    expect(everything.operations).toMatchObject([
      { number: 1, operation: 'sale.draft', relayKey: 'order/1001/sandbox/sale.confirm', reference: '1001' },
      { number: 2, operation: 'sale.confirm', documentId: 'ord_1', reference: '1001' },
    ]);
    expect(everything.calls).toEqual({
      'POST /auth/token': { 200: 1 },
      'POST /api/orders': { 201: 1, 422: 1 },
      'GET /api/stock/:sku': { 200: 1 },
    });
    expect(everything).toMatchObject({
      logins: 1,
      errors: { total_mismatch: 1 },
      truncated: [],
      doubled: [],
    });
    for (const list of [
      'orders',
      'invoices',
      'payments',
      'creditNotes',
      'receipts',
      'adjustments',
      'customers',
    ]) {
      expect(Array.isArray(everything[list])).toBe(true);
    }
  });

  it('names the lists that a limit cut short', async () => {
    const { products, truncated } = await state('?limit=5');
    expect(products).toHaveLength(5);
    expect(truncated).toEqual(['purchaseOrders', 'stockMoves', 'products', 'journalEntries', 'stockOnHand']);
    expect((await control('GET', '/state?limit=-1')).status).toBe(422);
  });

  it('counts documents by state in the summary', async () => {
    await erp.post('/api/orders', order('1001'));
    await erp.post('/api/orders', order('1002', { state: 'draft' }));
    const { documents, operationCounts, balanced } = await state('?summary=1');
    expect(documents.orders).toEqual({ confirmed: 1, draft: 1 });
    expect(operationCounts).toEqual({ 'sale.confirm': 1, 'sale.draft': 2 });
    expect(balanced).toBe(true);
  });

  it('starts again at document 1 after a reset', async () => {
    await erp.post('/api/orders', order('1001'));
    await reset();
    expect((await state()).callCount).toBe(0);
    expect((await erp.post('/api/orders', order('1001'))).documentNumber).toBe('SO00001');
  });

  it('survives a restart, with faults, settings and tokens', async () => {
    await erp.post('/api/orders', order('1001'));
    await setFaults({ renamedField: { sku: 'article' } });
    await changeSettings({ autoCreateProducts: false });
    const before = await state();
    const { ERP } = env as unknown as { ERP: DurableObjectNamespace };
    await evictDurableObject(ERP.getByName('sandbox'));
    expect(await state()).toEqual({ ...before, at: expect.any(String) });
    expect((await erp.get('/api/stock/SKU-1')).body.article).toBe('SKU-1');
  });
});
