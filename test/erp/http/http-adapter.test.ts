// The declarative adapter at the running sandbox ERP, described by nothing but the JSON file of its documentation.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpAdapterFromJson } from '../../../src/erp/http/http-adapter.ts';
import { sale } from '../sandbox/support/operation-cases.ts';
import { type OperationRun, runOperation } from '../sandbox/support/run-operation.ts';
import {
  type Json,
  type RunningSandbox,
  sandboxKey,
  startSandbox,
} from '../sandbox/support/start-sandbox.ts';
import { createTestConnection, type TestConnection } from '../sandbox/support/test-connection.ts';

const text = readFileSync('docs/erp/http-example.json', 'utf8');
const adapter = httpAdapterFromJson(JSON.parse(text));

let sandbox: RunningSandbox;
let erp: TestConnection;

beforeAll(async () => {
  sandbox = await startSandbox();
}, 30_000);
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.control('POST', '/reset');
  await sandbox.control('PUT', '/settings', {});
  erp = connect();
});

function connect(options: { timeoutMs?: number; credential?: Record<string, string> } = {}): TestConnection {
  const { timeoutMs = 5_000, credential = sandboxKey } = options;
  return createTestConnection({ url: sandbox.url, session: adapter.session, credential, timeoutMs });
}

const run = (name: string, input: unknown, key = `order/1001/erp/${name}`): OperationRun =>
  runOperation({ adapter, erp, name, input }, key);

const orders = async (): Promise<Json[]> => (await sandbox.state()).orders;

describe('an ERP described by data alone', () => {
  it('is described in full, and the page of the documentation shows the same', () => {
    expect(adapter.problems).toBeUndefined();
    expect(adapter.credentialFields).toEqual(['keyId', 'secret']);
    const blocks = readFileSync('docs/erp/http.md', 'utf8').matchAll(/```json\n([\s\S]*?)```/g);
    const shown = [...blocks].map(([, block]) => JSON.parse(block ?? ''));
    expect(shown).toContainEqual(JSON.parse(text));
  });

  it('confirms a sale, and reads back what the ERP made of it', async () => {
    expect(await run('sale.confirm', sale).perform()).toMatchObject({
      kind: 'succeeded',
      document: { state: 'confirmed', orderId: '1001', total: '29.35', currency: 'EUR' },
    });
    expect(await orders()).toMatchObject([
      {
        ...{ state: 'confirmed', orderId: '1001', relayKey: 'order/1001/erp/sale.confirm' },
        ...{ discountTotal: '2.00', orderedAt: '2026-11-20T09:30:00Z' },
        lines: [{ sku: 'SKU-1' }, { sku: 'SKU-2', total: '4.35' }],
      },
    ]);
  });

  it.each(['http_504', 'http_502', 'cut'])(
    'finds by its key what was done and answered with %s, and makes no second document',
    async (lostAnswerMode) => {
      await sandbox.setFaults({ lostAnswerRate: 1, lostAnswerMode, only: ['POST /api/orders'] });
      const work = run('sale.confirm', sale);
      const lost = await work.perform();
      expect(['answer_lost', 'call_failed']).toContain(lost.kind);
      await sandbox.setFaults({});
      expect(await work.lookupAndVerify()).toMatchObject({
        kind: 'duplicate',
        document: { state: 'confirmed' },
      });
      expect(await orders()).toHaveLength(1);
    },
  );

  it('finds it after a time-out, too', async () => {
    erp = connect({ timeoutMs: 300 });
    const work = run('sale.confirm', sale);
    await work.lookup();
    await sandbox.setFaults({ slowRate: 1, slowMs: 1_000, only: ['POST /api/orders'] });
    expect(await work.perform()).toMatchObject({ kind: 'call_failed', failure: { reason: 'timeout' } });
    await sandbox.setFaults({});
    expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    expect(await orders()).toHaveLength(1);
  });

  it('says that nothing is there where nothing was done', async () => {
    await sandbox.setFaults({ noEffectRate: 1 });
    const work = run('sale.confirm', sale);
    expect(await work.perform()).toMatchObject({ kind: 'answer_lost' });
    expect(await work.lookup()).toEqual({ kind: 'not_found' });
  });

  it('goes on from a draft, and takes one that was confirmed meanwhile for done', async () => {
    const key = 'order/1001/erp/sale.confirm';
    const draft = { ...sale, relayKey: key, state: 'draft' };
    await erp.send({ method: 'POST', path: '/api/orders', body: draft, write: true });
    const work = run('sale.confirm', sale);
    const found = await work.lookup();
    if (found.kind !== 'unfinished') throw new Error(`the draft was ${found.kind}`);
    expect(await work.perform(found.answer)).toMatchObject({ kind: 'succeeded' });
    expect(await work.perform(found.answer)).toMatchObject({ kind: 'duplicate' });
    expect(await orders()).toHaveLength(1);
  });

  it('cancels what it finds, once; an order that is cancelled already is a duplicate', async () => {
    await run('sale.confirm', sale).perform();
    const cancel = run('sale.cancel', { orderId: '1001', reason: 'changed their mind' });
    expect(await cancel.perform()).toMatchObject({ kind: 'succeeded', document: { state: 'cancelled' } });
    expect(await cancel.perform()).toMatchObject({ kind: 'duplicate' });
    expect(await orders()).toMatchObject([{ state: 'cancelled', cancelReason: 'changed their mind' }]);
    expect(await run('sale.cancel', { orderId: '404' }).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'unknown_order' },
      fieldErrors: [{ field: 'orderId' }],
    });
  });

  it('tells a transition without effect by the state that did not change', async () => {
    await run('sale.confirm', sale).perform();
    await sandbox.setFaults({ noEffectRate: 1 });
    expect(await run('sale.cancel', { orderId: '1001' }).perform()).toMatchObject({
      kind: 'state_mismatch',
      differences: [{ field: 'state', expected: 'cancelled', actual: 'confirmed' }],
    });
  });

  it('lets the ERP work on it, asks after the job, and takes its document', async () => {
    await sandbox.setFaults({ async: { routes: ['POST /api/orders'], afterMs: 300 } });
    const work = run('sale.confirm', sale);
    const accepted = await work.perform();
    if (accepted.kind !== 'accepted') throw new Error(`it was ${accepted.kind}`);
    const handler = adapter.operations['sale.confirm'];
    const call = { input: sale as never, key: 'order/1001/erp/sale.confirm', idempotencyKey: 'k', erp };
    expect(await handler?.poll?.(call, accepted.jobRef)).toMatchObject({ kind: 'working' });
    await expect
      .poll(() => handler?.poll?.(call, accepted.jobRef), { timeout: 5_000 })
      .toMatchObject({ kind: 'performed', answer: { state: 'confirmed' } });
    expect(await handler?.poll?.(call, 'job_999')).toEqual({ kind: 'job_unknown' });
  });

  it('gives the refusal of a job that failed, with its field', async () => {
    await sandbox.setFaults({ async: { routes: ['POST /api/orders'], afterMs: 0 }, invalidSkus: ['SKU-2'] });
    const accepted = await run('sale.confirm', sale).perform();
    if (accepted.kind !== 'accepted') throw new Error(`it was ${accepted.kind}`);
    const call = { input: sale as never, key: 'order/1001/erp/sale.confirm', idempotencyKey: 'k', erp };
    await expect
      .poll(() => adapter.operations['sale.confirm']?.poll?.(call, accepted.jobRef), { timeout: 5_000 })
      .toMatchObject({ kind: 'rejected', code: 'invalid_record' });
  });
});

describe('an ERP that takes idempotency keys', () => {
  it('gets one of its own with each write, and does the same key once', async () => {
    const native = httpAdapterFromJson({
      ...JSON.parse(text),
      ...{ once: 'native_key', idempotencyHeader: 'Idempotency-Key' },
    });
    expect(native.problems).toBeUndefined();
    const again = () =>
      runOperation({ adapter: native, erp, name: 'sale.confirm', input: sale }, 'ü/1').perform();
    expect(await again()).toMatchObject({ kind: 'succeeded' });
    expect(await again()).toMatchObject({ kind: 'succeeded' });
    expect(await orders()).toHaveLength(1);
    const keys = erp.sent.filter(({ write }) => write).map(({ headers }) => headers?.['Idempotency-Key']);
    expect(keys).toEqual(['%C3%BC/1#hash#0', '%C3%BC/1#hash#0']);
  });
});

describe('the table of answers', () => {
  const perform = () => run('sale.confirm', sale).perform();

  it('sends what is locked to a retry, and what failed with nothing done', async () => {
    await sandbox.setFaults({ lockedRate: 1 });
    expect(await perform()).toMatchObject({ kind: 'retryable', reason: 'conflict' });
    await sandbox.setFaults({ errorRate: 1 });
    expect(await perform()).toMatchObject({ kind: 'retryable', reason: 'server_error' });
    await sandbox.setFaults({ down: true });
    expect(await perform()).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
    await sandbox.setFaults({ rateLimit: { perSecond: 0, retryAfterSeconds: 7 } });
    expect(await perform()).toMatchObject({ kind: 'retryable', reason: 'rate_limited', retryAfterMs: 7_000 });
    await sandbox.setFaults({});
    expect(await orders()).toEqual([]);
  });

  it('names the field that the ERP misses or does not take', async () => {
    await sandbox.control('PATCH', '/settings', { mandatoryOrderFields: ['orderedAt'] });
    const { orderedAt: _left, ...without } = sale;
    expect(await run('sale.confirm', without).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'field_required' },
      fieldErrors: [{ field: 'orderedAt', rule: 'A value is required for the field orderedAt.' }],
    });
    await sandbox.setFaults({ invalidSkus: ['SKU-2'] });
    expect(await perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'invalid_record' },
      fieldErrors: [{ field: 'lines[1].sku' }],
    });
  });

  it('knows a module that is off, and a field of the answer that is gone', async () => {
    await sandbox.setFaults({ modulesOff: ['sales'] });
    expect(await perform()).toMatchObject({ kind: 'rejected', code: 'module_disabled' });
    await sandbox.setFaults({ renamedField: { orderId: 'order_ref' } });
    const issues = [{ path: '$.orderId', expected: 'a value', actual: 'missing' }];
    expect(await perform()).toEqual({ kind: 'contract_broken', issues });
  });

  it.each(['401', 'envelope'])('renews a session whose end is answered as %s', async (expiredAs) => {
    await run('sale.confirm', sale).lookup();
    await sandbox.setFaults({ tokenExpired: true, expiredAs });
    expect(await perform()).toMatchObject({ kind: 'succeeded' });
    expect(await orders()).toHaveLength(1);
  });

  it('takes a wrong secret for a refusal of the credential, and a locked key for something that passes', async () => {
    const login = () =>
      adapter.session.login(
        { send: (request) => anonymous.send(request) },
        { keyId: 'nobody', secret: 'wrong-secret' },
        Date.now(),
      );
    const anonymous = connectWithoutToken();
    for (let count = 1; count <= 6; count += 1) expect(await login()).toMatchObject({ kind: 'refused' });
    expect(await login()).toMatchObject({ kind: 'unavailable' });
  });
});

function connectWithoutToken() {
  const session = {
    ...adapter.session,
    login: async () => ({ kind: 'logged_in', token: 'none', expiresAt: Date.now() + 1_000 }) as const,
    isExpired: () => false,
  };
  return createTestConnection({ url: sandbox.url, session, credential: {} });
}
