// POST /operations/:operation and GET /jobs/:id: what is taken, what is refused, and the same answer for the same key.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../support/builders.ts';
import { adminKey, createMemoryRelay, type MemoryRelay } from '../support/memory-relay.ts';

const stock = { input: { sku: 'SKU-1', quantity: 3 } };

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  readonly body: any;
};

async function post(
  relay: MemoryRelay,
  asked: {
    readonly operation?: string;
    readonly key?: string;
    readonly prefer?: string;
    readonly body?: unknown;
  },
): Promise<Answer> {
  const { operation = 'stock.set', key = 'k-1', prefer = 'wait=0', body = stock } = asked;
  const response = await relay.app.request(`http://relay.test/operations/${operation}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'content-type': 'application/json',
      prefer,
      ...(key === '' ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const get = async (relay: MemoryRelay, path: string) => {
  const response = await relay.ask(path);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

describe('a direct request', () => {
  it('becomes a job where its caller does not wait, and shows what came of it', async () => {
    const relay = createMemoryRelay();
    const taken = await post(relay, { prefer: 'respond-async' });
    expect([taken.status, taken.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    const location = taken.headers.get('location') ?? '';
    expect(await get(relay, location)).toMatchObject({
      status: 200,
      body: { status: 'queued', operation: 'stock.set', target: 'erp', result: null, problem: null },
    });
    relay.run(() => outcomes.succeeded('ADJ-1'));
    expect((await get(relay, location)).body).toMatchObject({
      status: 'succeeded',
      progress: 1,
      result: { how: 'succeeded', document: { documentId: 'ADJ-1' } },
    });
  });

  it('is answered by a conflict that names the job while it runs, and by its first answer afterwards', async () => {
    const relay = createMemoryRelay();
    const first = await post(relay, {});
    const again = await post(relay, {});
    expect(again).toMatchObject({ status: 409, body: { code: 'operation_in_progress' } });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    relay.run(() => outcomes.succeeded('ADJ-1'));
    const [one, two] = [await post(relay, {}), await post(relay, { key: '"k-1"' })];
    expect(one).toMatchObject({ status: 200, body: { result: { document: { documentId: 'ADJ-1' } } } });
    expect(two.body).toEqual(one.body);
    relay.run(() => {
      throw new Error('it must not run again');
    });
  });

  it('is refused under a key that stood for another input', async () => {
    const relay = createMemoryRelay();
    await post(relay, {});
    const other = await post(relay, { body: { input: { sku: 'SKU-1', quantity: 4 } } });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('is refused by the same answer each time where the ERP refused it, and succeeds after a replay', async () => {
    const relay = createMemoryRelay();
    const taken = await post(relay, {});
    relay.run(() => outcomes.rejected());
    for (const _ of [1, 2])
      expect(await post(relay, {})).toMatchObject({
        status: 422,
        body: { code: 'operation_rejected', detail: 'period_closed: The period is closed.' },
      });
    const job = (await get(relay, taken.headers.get('location') ?? '')).body;
    expect(job).toMatchObject({ status: 'failed', problem: { reason: 'rejected', code: 'period_closed' } });
    await relay.ask(`/admin/deliveries/${job.deliveryId}/replay`, { reason: 'open again' });
    relay.run(() => outcomes.succeeded('ADJ-2'));
    expect(await post(relay, {})).toMatchObject({
      status: 200,
      body: { result: { document: { documentId: 'ADJ-2' } } },
    });
  });

  it('is done once with the webhook that means the same', async () => {
    const relay = createMemoryRelay();
    const sale = {
      orderId: '1001',
      customer: { customerId: '7', name: 'Ada' },
      currency: 'EUR',
      lines: [{ lineId: '1', sku: 'mug', quantity: 1, unitPrice: '10.00' }],
      total: '10.00',
    };
    relay.place({ type: 'order.placed', data: { id: '1001', total: '10.00' }, eventId: 'e-1' });
    await post(relay, { operation: 'sale.confirm', body: { input: sale } });
    const keys: (string | null)[] = [];
    const ledgers: unknown[] = [];
    for (const _ of [1, 2])
      relay.run(({ delivery, ledger }) => {
        keys.push(delivery.operationKey);
        ledgers.push(ledger?.kind ?? null);
        return outcomes.succeeded('SO-1');
      });
    expect(keys).toEqual(['order/1001/erp/sale.confirm', 'order/1001/erp/sale.confirm']);
    expect(ledgers).toEqual([null, 'succeeded']);
  });

  it('shows an operation the ERP works on as running', async () => {
    const relay = createMemoryRelay();
    const taken = await post(relay, {});
    relay.run(() => ({ ...outcomes.accepted('job-1'), progress: 0.4 }) as never);
    expect((await get(relay, taken.headers.get('location') ?? '')).body).toMatchObject({
      status: 'running',
      progress: 0.4,
    });
  });
});

describe('a callback', () => {
  const body = { ...stock, callbackUrl: 'https://hooks.example.com/jobs?of=me' };

  it('goes only to a configured origin', async () => {
    const relay = createMemoryRelay();
    for (const callbackUrl of [
      'https://evil.example.com/',
      'https://hooks.example.com.evil.com/',
      'http://127.0.0.1/',
    ])
      expect(await post(relay, { body: { ...stock, callbackUrl } })).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: [{ field: 'callbackUrl' }] },
      });
    expect((await post(relay, { body })).status).toBe(202);
  });

  it('is due once for each end: of the dead letter, and of the replay that was done', async () => {
    const relay = createMemoryRelay();
    const location = (await post(relay, { body })).headers.get('location') ?? '';
    const told: unknown[] = [];
    const answer = (outcome: Parameters<MemoryRelay['run']>[0]) =>
      relay.run((leased) => {
        const { notice } = leased.delivery;
        if (notice !== undefined) told.push([notice.url, notice.status, notice.problem?.code ?? null]);
        return notice === undefined ? outcome(leased) : outcomes.succeeded(leased.delivery.id);
      });
    answer(() => outcomes.rejected());
    answer(() => outcomes.rejected());
    const { deliveryId } = (await get(relay, location)).body;
    await relay.ask(`/admin/deliveries/${deliveryId}/replay`, { reason: 'open again' });
    answer(() => outcomes.succeeded());
    answer(() => outcomes.succeeded());
    answer(() => outcomes.succeeded());
    expect(told).toEqual([
      [body.callbackUrl, 'failed', 'period_closed'],
      [body.callbackUrl, 'succeeded', null],
    ]);
    expect((await get(relay, location)).body.callback).toMatchObject({ status: 'succeeded' });
  });

  it('that no receiver takes is a dead letter, which can be replayed', async () => {
    const relay = createMemoryRelay();
    const location = (await post(relay, { body })).headers.get('location') ?? '';
    relay.run(() => outcomes.succeeded());
    for (let tries = 0; tries < 12; tries += 1) {
      relay.run(() => outcomes.retryable());
      relay.advance(4_000_000);
    }
    const { callback, status } = (await get(relay, location)).body;
    expect([status, callback.status]).toEqual(['succeeded', 'dead_lettered']);
    const replay = await relay.ask(`/admin/deliveries/${callback.deliveryId}/replay`, {
      reason: 'it is back',
    });
    expect(replay.status).toBe(202);
    const urls: unknown[] = [];
    relay.run(({ delivery }) => {
      urls.push(delivery.notice?.url);
      return outcomes.succeeded();
    });
    expect(urls).toEqual([body.callbackUrl]);
  });
});

describe('a request that cannot run', () => {
  const cases = [
    ['without a key', { key: '' }, 400, 'idempotency_key_missing'],
    ['of no operation', { operation: 'stock.steal' }, 404, 'unknown_operation'],
    ['on no target', { body: { ...stock, target: 'sap' } }, 422, 'invalid_input'],
    ['with a wrong input', { body: { input: { sku: 'A', quantity: -1 } } }, 422, 'invalid_input'],
    ['with a field nobody knows', { body: { ...stock, colour: 'red' } }, 400, 'invalid_body'],
    ['of one record with a batch policy', { body: { ...stock, batch: 'partial' } }, 422, 'invalid_input'],
    [
      'of a batch without a policy',
      { operation: 'stock.set_many', body: { input: { batchId: 'b', records: [stock.input] } } },
      422,
      'invalid_input',
    ],
    [
      'all or nothing where the ERP cannot do that',
      {
        operation: 'stock.set_many',
        body: { input: { batchId: 'b', records: [stock.input] }, batch: 'all_or_nothing' },
      },
      422,
      'invalid_input',
    ],
  ] as const;

  it.each(cases)('%s is refused and leaves nothing', async (...[, asked, status, code]) => {
    const relay = createMemoryRelay();
    expect(await post(relay, asked)).toMatchObject({ status, body: { code } });
    expect((await get(relay, '/admin/deliveries')).body.deliveries).toEqual([]);
  });

  it('of an operation that never met its ERP is taken only where the target says that it may', async () => {
    const { definition } = createMemoryRelay();
    const erp = definition.targets.get('erp');
    if (erp === undefined) throw new Error('the test relay has no target erp');
    const adapter = { ...erp.adapter, capabilities: { 'stock.set': { level: 'documented' as const } } };
    const relayOf = (experimental: boolean) =>
      createMemoryRelay({
        services: {
          definition: { ...definition, targets: new Map([['erp', { ...erp, adapter, experimental }]]) },
        },
      });
    expect(await post(relayOf(false), {})).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
    expect((await post(relayOf(true), { prefer: 'respond-async' })).status).toBe(202);
  });

  it('has no job', async () => {
    const relay = createMemoryRelay();
    expect((await get(relay, `/jobs/job_${'0'.repeat(32)}`)).status).toBe(404);
    expect((await get(relay, '/jobs/nothing')).status).toBe(404);
  });

  it('needs the key of the relay', async () => {
    const relay = createMemoryRelay();
    const url = 'http://relay.test/operations/stock.set';
    expect((await relay.app.request(url, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await relay.app.request('http://relay.test/jobs/job_1')).status).toBe(401);
  });
});
