// Modules, locked days and closed periods on the real runtime with the sandbox ERP: what the relay knows of the running ERP,
// and what the ERP holds afterwards.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

let relay: LocalRelay;
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-policies-'));

beforeAll(async () => {
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
}, 60_000);
afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers and documents of many shapes
type Json = any;

type Asked = { readonly key: string; readonly input: unknown; readonly prefer?: string };

async function run(operation: string, { key, input, prefer = 'wait=10' }: Asked) {
  const response = await fetch(`${relay.url}/operations/${operation}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${relay.adminKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      prefer,
    },
    body: JSON.stringify({ input }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

const stateOf = async (): Promise<Json> => createErpClient(relay.erpUrl).state();

async function setSettings(settings: unknown): Promise<void> {
  const response = await fetch(`${relay.erpUrl}/sandbox/settings`, {
    method: 'PATCH',
    body: JSON.stringify(settings),
  });
  expect(response.status).toBe(200);
}

async function capabilities(): Promise<Json> {
  const path = '/admin/targets/erp/capabilities?fresh=true';
  return (await createRelayClient(relay).admin('GET', path)).body;
}

const price = { sku: 'SKU-1', currency: 'EUR', price: '9.95', asOf: '2026-03-01T09:00:00Z' };

describe('an operation whose module is off', () => {
  it('is refused without a write, and runs once the module is on', async () => {
    const client = createErpClient(relay.erpUrl);
    await client.setFaults({ modulesOff: ['pricing'] });
    const refused = await run('price.set', { key: 'price-1', input: price });
    expect(refused).toMatchObject({ status: 422, body: { code: 'operation_rejected' } });
    expect(JSON.stringify(refused.body)).toContain('module_disabled');
    const { calls, prices } = await stateOf();
    expect(Object.keys(calls)).toContain('GET /api/company');
    expect(Object.keys(calls)).not.toContain('PUT /api/prices/:sku');
    expect(prices).toEqual([]);
    expect((await capabilities()).operations['price.set']).toMatchObject({ missingModules: ['pricing'] });

    await client.setFaults({});
    const isOn = async () => {
      const { operations, instance } = await capabilities();
      return operations['price.set'].missingModules.length === 0 ? instance : null;
    };
    const instance = await until('the module to be on', isOn, 20_000);
    expect(instance).toMatchObject({ status: 'read', currency: 'EUR', version: '1.1', lockedThrough: null });
    expect(await run('price.set', { key: 'price-2', input: price })).toMatchObject({ status: 200 });
    expect((await stateOf()).prices).toMatchObject([{ sku: 'SKU-1', price: '9.95' }]);
  }, 60_000);
});

describe('a period', () => {
  it('is closed as a job, and then takes only what may move on', async () => {
    await setSettings({ periodCloseMs: 1_500 });
    const close = await run('period.close', {
      ...{ key: 'close-1', input: { through: '2025-12-31' }, prefer: 'wait=1' },
    });
    expect([close.status, close.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    const location = close.headers.get('location') ?? '';
    const { admin } = createRelayClient(relay);
    const isDone = async () => {
      const { body } = await admin('GET', location);
      return (body as Json).status === 'succeeded' ? (body as Json) : null;
    };
    const job = await until('the job', isDone, 20_000);
    expect(job.result.document).toMatchObject({ state: 'closed', closedThrough: '2025-12-31' });

    const sale = {
      ...{ orderId: 'p-1', currency: 'EUR', total: '10.00' },
      customer: { customerId: 'c-1', name: 'Ada' },
      lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1, unitPrice: '10.00' }],
    };
    expect((await run('sale.confirm', { key: 'sale-1', input: sale })).status).toBe(200);
    const invoice = { orderId: 'p-1', invoiceDate: '2025-12-15', total: '10.00', currency: 'EUR' };
    const refused = await run('invoice.post', { key: 'invoice-1', input: invoice });
    expect(JSON.stringify(refused.body)).toContain('period_closed');
    const { deliveryId } = (await admin('GET', refused.headers.get('content-location') ?? '')).body as Json;
    const edit = { input: { ...invoice, whenLocked: 'next_open_day' }, reason: 'the period is closed' };
    expect(await admin('POST', `/admin/deliveries/${deliveryId}/replay`, edit)).toMatchObject({
      status: 202,
    });
    const posted = await until(
      'the invoice',
      async () => (await stateOf()).invoices.find(({ state }: Json) => state === 'posted') ?? null,
      20_000,
    );
    expect(posted).toMatchObject({ orderId: 'p-1', accountingDate: '2026-01-01', total: '10.00' });
    const { periods, doubled, trialBalance } = await stateOf();
    expect(periods).toHaveLength(1);
    expect(doubled).toEqual([]);
    expect(trialBalance.balanced).toBe(true);
  }, 60_000);
});
