// Every fault switch of the sandbox ERP: what the caller sees, and what was or was not done behind it.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  changeSettings,
  control,
  createErpClient,
  type ErpClient,
  order,
  request,
  reset,
  setFaults,
  state,
} from './support/erp-client.ts';

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

const setStock = (quantity: number, headers = {}): Promise<Answer> =>
  erp.call('PUT', '/api/stock/SKU-1', { quantity, relayKey: `v${quantity}` }, headers);

const onHand = async (): Promise<number> => (await erp.get('/api/stock/SKU-1')).body.onHand;

describe('errorRate', () => {
  it('answers 500 and does nothing', async () => {
    await setFaults({ errorRate: 1 });
    expect(await setStock(5)).toMatchObject({ status: 500, body: { error: { code: 'server_error' } } });
    await setFaults({});
    expect(await onHand()).toBe(1000);
  });

  it('strikes its share of the calls, the same ones for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      await reset();
      await setFaults({ errorRate: 0.3, seed });
      const statuses: number[] = [];
      for (let call = 0; call < 100; call += 1) statuses.push((await erp.get('/api/stock/SKU-1')).status);
      return statuses.map((status) => (status === 500 ? 'x' : '.')).join('');
    };
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
    const struck = first.replaceAll('.', '').length;
    expect(struck).toBeGreaterThan(15);
    expect(struck).toBeLessThan(45);
  });

  it('spares the control API and the login', async () => {
    await setFaults({ errorRate: 1 });
    expect((await control('GET', '/state')).status).toBe(200);
    await createErpClient();
  });

  it('can be narrowed to some routes', async () => {
    await setFaults({ errorRate: 1, only: ['POST /api/orders'] });
    expect((await setStock(5)).status).toBe(200);
    expect((await erp.call('POST', '/api/orders', order('1001'))).status).toBe(500);
  });
});

describe('lostAnswerRate', () => {
  it.each([
    ['http_504', 504],
    ['http_502', 502],
  ])('as %s commits and answers %i', async (lostAnswerMode, status) => {
    await setFaults({ lostAnswerRate: 1, lostAnswerMode });
    expect((await setStock(5)).status).toBe(status);
    expect(await onHand()).toBe(5);
  });

  it('as cut commits and breaks off the answer', async () => {
    await setFaults({ lostAnswerRate: 1, lostAnswerMode: 'cut' });
    await expect(setStock(5)).rejects.toThrow();
    expect(await onHand()).toBe(5);
  });

  it('leaves a refusal what it is: nothing was committed', async () => {
    await setFaults({ lostAnswerRate: 1 });
    expect((await setStock(-1)).status).toBe(422);
  });

  it('lets only the writes be lost', async () => {
    await setFaults({ lostAnswerRate: 1 });
    expect((await erp.get('/api/stock/SKU-1')).status).toBe(200);
  });
});

describe('commitAfterMs', () => {
  it('answers first and commits later', async () => {
    await setFaults({ commitAfterMs: 500 });
    expect((await setStock(5)).status).toBe(504);
    expect(await onHand()).toBe(1000);
    await vi.waitFor(async () => expect(await onHand()).toBe(5), { timeout: 5_000, interval: 10 });
  });

  it('commits nothing into documents that were reset meanwhile', async () => {
    await setFaults({ commitAfterMs: 1 });
    await setStock(5, { 'idempotency-key': 'k' });
    await reset();
    await setFaults({ commitAfterMs: 2 });
    await erp.call('PUT', '/api/stock/SKU-2', { quantity: 6 }, { 'idempotency-key': 'other' });
    await vi.waitFor(async () => expect((await erp.get('/api/stock/SKU-2')).body.onHand).toBe(6), {
      timeout: 5_000,
    });
    expect(await onHand()).toBe(1000);
    await setFaults({});
    expect((await setStock(5, { 'idempotency-key': 'k' })).status).toBe(200);
  });

  it('answers 409 to the same idempotency key until the commit', async () => {
    await setFaults({ commitAfterMs: 500 });
    await setStock(5, { 'idempotency-key': 'k' });
    await setFaults({});
    expect(await setStock(5, { 'idempotency-key': 'k' })).toMatchObject({
      body: { error: { code: 'request_in_progress' } },
    });
    await vi.waitFor(async () => expect((await setStock(5, { 'idempotency-key': 'k' })).status).toBe(200), {
      timeout: 5_000,
    });
    expect((await state()).adjustments).toHaveLength(1);
  });
});

describe('noEffectRate', () => {
  it('answers 200 with null and does nothing', async () => {
    await setFaults({ noEffectRate: 1 });
    expect(await setStock(5)).toMatchObject({ status: 200, body: null });
    expect(await onHand()).toBe(1000);
  });
});

describe('slowRate and slowMs', () => {
  it('hold the answer back after the work was done', async () => {
    await setFaults({ slowRate: 1, slowMs: 500, only: ['PUT /api/stock/:sku'] });
    let answered = false;
    const slow = setStock(5).finally(() => {
      answered = true;
    });
    await vi.waitFor(async () => expect(await onHand()).toBe(5), { timeout: 5_000, interval: 5 });
    expect(answered).toBe(false);
    expect((await slow).status).toBe(200);
  });
});

describe('down', () => {
  it('answers 503 to everything but the control API', async () => {
    await setFaults({ down: true });
    expect((await setStock(5)).status).toBe(503);
    expect((await request('POST', '/auth/token', { body: {} })).status).toBe(503);
    expect((await state('?summary=1')).faults.down).toBe(true);
    await setFaults({});
    expect((await setStock(5)).status).toBe(200);
  });
});

describe('renamedField', () => {
  it('renames at any depth of a successful answer, and in no error', async () => {
    await setFaults({ renamedField: { documentId: 'docId', sku: 'article' } });
    const { body } = await erp.call('POST', '/api/orders', order('1001'));
    expect(body.documentId).toBeUndefined();
    expect(body).toMatchObject({ docId: 'ord_1', lines: [{ article: 'SKU-1' }, { article: 'SKU-2' }] });
    expect((await setStock(-1)).body.error.code).toBe('negative_quantity');
    expect((await state()).orders[0].documentId).toBe('ord_1');
  });
});

describe('modulesOff', () => {
  it('refuses every route of the module with a code of its own', async () => {
    await erp.post('/api/orders', order('1001'));
    await setFaults({ modulesOff: ['invoicing'] });
    const refused = await erp.call('POST', '/api/invoices', { orderId: '1001' });
    expect(refused).toMatchObject({ status: 404, body: { error: { code: 'module_disabled' } } });
    expect((await erp.get('/api/invoices?orderId=1001')).status).toBe(404);
    expect((await erp.call('POST', '/api/orders', order('1002'))).status).toBe(201);
  });

  it('refuses what needs the module further down, instead of leaving it out', async () => {
    await setFaults({ modulesOff: ['stock'] });
    expect((await erp.refused('/api/orders', order('1001'))).code).toBe('module_disabled');
    await setFaults({ modulesOff: ['accounting'] });
    expect((await setStock(5)).body.error.code).toBe('module_disabled');
    await setFaults({});
    expect((await state()).orders).toEqual([]);
    expect(await onHand()).toBe(1000);
  });
});

describe('rateLimit', () => {
  it('answers 429 with Retry-After to what is too much in one second', async () => {
    // Two calls a second: what is over depends on where the second turns, so many calls are made in few seconds.
    await setFaults({ rateLimit: { perSecond: 2, retryAfterSeconds: 3 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => erp.get('/api/stock/SKU-1')));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(10);
    expect(limited[0]?.headers.get('retry-after')).toBe('3');
    await changeSettings({ clockOffsetMs: 5_000 });
    expect((await erp.get('/api/stock/SKU-1')).status).toBe(200);
  });
});

describe('invalidSkus', () => {
  it('make one record of a batch invalid', async () => {
    await setFaults({ invalidSkus: ['SKU-2'] });
    const lines = [
      { sku: 'SKU-1', quantity: 1 },
      { sku: 'SKU-2', quantity: 1 },
    ];
    const refused = await erp.refused('/api/receipts', { receiptId: 'r1', lines });
    expect(refused).toMatchObject({ code: 'invalid_record', fields: [{ field: 'lines[1].sku' }] });
    expect(await onHand()).toBe(1000);
  });
});

describe('the switches', () => {
  it('are replaced by PUT, changed by PATCH and cleared by a reset', async () => {
    await setFaults({ errorRate: 0.5, slowRate: 0.1 });
    expect((await control('PATCH', '/faults', { slowRate: 0.2 })).body).toMatchObject({
      errorRate: 0.5,
      slowRate: 0.2,
    });
    expect((await control('PUT', '/faults', { slowRate: 0.3 })).body).toMatchObject({
      errorRate: 0,
      slowRate: 0.3,
    });
    await reset();
    expect((await control('GET', '/faults')).body).toMatchObject({ slowRate: 0, idempotency: true });
  });

  it('refuse a misspelt name, a rate beyond 1 and a route that does not exist', async () => {
    expect(await control('PUT', '/faults', { errorrate: 0.3 })).toMatchObject({ status: 422 });
    expect((await control('PUT', '/faults', { errorRate: 30 })).body.error.fields[0].field).toBe('errorRate');
    expect((await control('PUT', '/faults', { only: ['POST /api/nothing'] })).body.error.code).toBe(
      'unknown_route',
    );
  });

  it('answer on loopback only', async () => {
    const { exports } = await import('cloudflare:workers');
    const worker = (exports as unknown as { default: { fetch(request: Request): Promise<Response> } })
      .default;
    const outside = await worker.fetch(
      new Request('http://rebound.example.com/sandbox/reset', { method: 'POST' }),
    );
    expect(outside.status).toBe(403);
  });
});
