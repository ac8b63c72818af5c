// An ERP described by data alone, on the real runtime: what the ERP holds is read afterwards. And its credentials: a wrong one
// holds the target and is tried a stated number of times, the right one lets everything go on; a key is replaced in time.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents and answers of many shapes
type Json = any;

type Sent = { readonly body?: unknown; readonly headers?: HeadersInit };

type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

const integrations = join(import.meta.dirname, 'support/described-erp.ts');
const secrets = createSecrets();

async function start(stateDir: string, variables: Record<string, string>) {
  const lines: Line[] = [];
  const relay = await startLocalRelay({
    ...{ stateDir, secrets, integrations, scheduleEveryMs: 0, variables },
    onLog: ({ message }) => {
      if (message.startsWith('{')) lines.push(JSON.parse(message) as Line);
    },
  });
  return { relay, lines, ...clientsOf(relay) };
}

function clientsOf(relay: LocalRelay) {
  const client = createRelayClient(relay);
  const erp = createErpClient(relay.erpUrl);
  const place = async (type: string, data: Record<string, string>) => {
    const now = Date.now();
    const signing = { topic: type, id: `${type}-${data.id}`, payload: data, now };
    expect(await client.send('standard', signing)).toMatchObject({ status: 202 });
  };
  const call = async (method: string, path: string, sent: Sent = {}) => {
    const { body, headers = {} } = sent;
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${relay.erpUrl}${path}`, init);
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const orders = async (): Promise<Json[]> => ((await erp.state()) as Json).orders;
  const alerts = async (query: string): Promise<Json[]> =>
    ((await client.admin('GET', `/admin/alerts?${query}`)).body as Json).alerts;
  return { client, erp, place, call, orders, alerts };
}

type Running = Awaited<ReturnType<typeof start>>;

const rightSecret = secrets.SANDBOX_ERP_KEY_SECRET ?? '';

describe('sale.confirm and sale.cancel of an ERP described by data', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-described-'));
  let running: Running;

  beforeAll(async () => {
    running = await start(stateDir, { ERP_SECRET: rightSecret, ERP_API_KEY: 'sbk_none' });
  });
  afterAll(async () => {
    await running?.relay.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await running.erp.reset();
    await running.call('PUT', '/sandbox/settings', { body: {} });
  });

  const ended = async () => {
    await untilQuiet(running.client, 40_000);
    return running.client.deliveries();
  };
  const of = (deliveries: Awaited<ReturnType<typeof ended>>, id: string) =>
    deliveries.filter(({ event }) => event.eventId.endsWith(`-${id}`));

  it('leave one document each, with the state that was asked for', async () => {
    await running.place('order.placed', { id: 'd-1', at: '2026-11-20T09:30:00Z' });
    expect(of(await ended(), 'd-1')).toMatchObject([{ status: 'succeeded', attemptCount: 1 }]);
    expect(await running.orders()).toMatchObject([
      { orderId: 'd-1', state: 'confirmed', total: '20.00', orderedAt: '2026-11-20T09:30:00Z' },
    ]);
    await running.place('order.cancelled', { id: 'd-1' });
    await ended();
    expect(await running.orders()).toMatchObject([{ orderId: 'd-1', state: 'cancelled' }]);
  }, 60_000);

  it('leave one document where the answer timed out after the commit', async () => {
    await running.erp.setFaults({ slowRate: 1, slowMs: 1_500, only: ['POST /api/orders'] });
    await running.place('order.placed', { id: 'd-2' });
    await until('the document', async () => ((await running.orders()).length === 1 ? true : null), 10_000);
    await running.erp.setFaults({});
    expect(of(await ended(), 'd-2')).toMatchObject([{ status: 'succeeded', reason: 'duplicate' }]);
    expect(await running.orders()).toMatchObject([{ orderId: 'd-2', state: 'confirmed' }]);
  }, 60_000);

  it('take what a person has done already for done', async () => {
    await running.place('order.placed', { id: 'd-3' });
    await ended();
    const [order] = await running.orders();
    const login = { keyId: secrets.SANDBOX_ERP_KEY_ID, secret: rightSecret };
    const { token } = (await running.call('POST', '/auth/token', { body: login })).body;
    const headers = { authorization: `Bearer ${token}` };
    await running.call('POST', `/api/orders/${order.documentId}/cancel`, { body: {}, headers });
    await running.place('order.cancelled', { id: 'd-3' });
    const cancelled = of(await ended(), 'd-3').find(({ operation }) => operation === 'sale.cancel');
    expect(cancelled).toMatchObject({ status: 'succeeded', reason: 'duplicate' });
    expect(await running.orders()).toHaveLength(1);
  }, 60_000);

  it('come again after a lock', async () => {
    await running.erp.setFaults({ lockedRate: 1 });
    await running.place('order.placed', { id: 'd-4' });
    await until(
      'an attempt at the lock',
      async () => (running.lines.some(({ event }) => event === 'delivery.attempted') ? true : null),
      10_000,
    );
    await until(
      'a second attempt',
      async () =>
        of(await running.client.deliveries(), 'd-4').some(({ attemptCount }) => attemptCount >= 1)
          ? true
          : null,
      10_000,
    );
    await running.erp.setFaults({});
    const [delivery] = of(await ended(), 'd-4');
    expect(delivery?.status).toBe('succeeded');
    expect(delivery?.attemptCount).toBeGreaterThan(1);
    expect(await running.orders()).toHaveLength(1);
  }, 60_000);

  it('are refused with the field that the ERP misses, and leave no document', async () => {
    await running.call('PUT', '/sandbox/settings', { body: { mandatoryOrderFields: ['orderedAt'] } });
    await running.place('order.placed', { id: 'd-5' });
    const [dead] = of(await ended(), 'd-5');
    expect(dead).toMatchObject({ status: 'dead_lettered', reason: 'rejected', code: 'field_required' });
    const shown = (await running.client.admin('GET', `/admin/deliveries/${dead?.id}`)).body as Json;
    expect(JSON.stringify(shown)).toContain('"field":"orderedAt"');
    expect(await running.orders()).toEqual([]);
  }, 60_000);
});

describe('a wrong secret', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-wrong-secret-'));
  let running: Running | null = null;
  afterEach(async () => {
    await running?.relay.stop();
    running = null;
  });
  afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

  it('holds the target with one alert and one login; the right one lets everything go on', async () => {
    const wrong = await start(stateDir, { ERP_SECRET: 'not-the-secret', ERP_API_KEY: 'sbk_none' });
    running = wrong;
    for (const id of ['w-1', 'w-2', 'w-3', 'w-4', 'w-5', 'w-6', 'w-7', 'w-8']) {
      await wrong.place('order.placed', { id });
    }
    await until(
      'the alert',
      async () => ((await wrong.alerts('status=open')).length > 0 ? true : null),
      20_000,
    );
    // What asks again meanwhile is told from memory; the ERP locks a key after six.
    for (let count = 0; count < 20; count += 1) await wrong.place('order.placed', { id: `x-${count}` });
    await until(
      'nothing starts',
      async () => {
        const open = await wrong.client.deliveries('status=held,pending');
        return open.length === 28 ? true : null;
      },
      20_000,
    );
    expect(wrong.lines.filter(({ event }) => event === 'target.login_failed')).toHaveLength(1);
    expect(await wrong.alerts('status=open')).toMatchObject([{ rule: 'unauthorized', cause: 'erp' }]);
    expect(
      (await wrong.client.deliveries('status=held')).every(({ reason }) => reason === 'unauthorized'),
    ).toBe(true);
    expect(await wrong.client.deliveries('status=dead_lettered')).toEqual([]);
    expect(JSON.stringify(wrong.lines)).not.toContain('not-the-secret');

    const values = { keyId: secrets.SANDBOX_ERP_KEY_ID, secret: rightSecret };
    const body = { values, reason: 'the right secret' };
    const put = await wrong.client.admin('PUT', '/admin/secrets/target/erp', body);
    expect(put.status).toBe(200);
    expect(JSON.stringify([put, wrong.lines])).not.toContain(rightSecret);
    const note = { note: 'the right secret was set' };
    expect((await wrong.client.admin('POST', '/admin/targets/erp/release', note)).status).toBe(200);
    await until(
      'all done',
      async () => ((await wrong.client.deliveries('status=succeeded')).length === 28 ? true : null),
      60_000,
    );
    expect(await wrong.orders()).toHaveLength(28);
    await until(
      'the end of the alert',
      async () => ((await wrong.alerts('status=open')).length === 0 ? true : null),
      20_000,
    );
  }, 180_000);
});

describe('a key that the ERP replaces', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-rotation-'));
  let running: Running | null = null;
  afterEach(async () => {
    await running?.relay.stop();
    running = null;
  });
  afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

  const confirm = async ({ relay }: Running, id: string): Promise<Json> => {
    const input = {
      ...{ orderId: id, customer: { customerId: 'c-1', name: 'Ada' }, currency: 'EUR', total: '10.00' },
      lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1, unitPrice: '10.00' }],
    };
    const answer = await fetch(`${relay.url}/operations/sale.confirm`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${relay.adminKey}`, 'content-type': 'application/json' },
        'idempotency-key': id,
      },
      body: JSON.stringify({ target: 'keyed', input }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const seen = ({ lines }: Running, event: string) =>
    until(event, async () => (lines.some((line) => line.event === event) ? true : null), 30_000);

  it('is used before the old one is ended, outlives a restart, and is kept where no other is to be had', async () => {
    const first = await start(stateDir, { ERP_SECRET: rightSecret, ERP_API_KEY: 'sbk_none' });
    running = first;
    const life = { owner: 'relay', expiresInSeconds: 3_600 };
    const apiKey: string = (await first.call('POST', '/sandbox/api-keys', { body: life })).body.apiKey;
    await first.relay.stop();

    const variables = { ERP_SECRET: rightSecret, ERP_API_KEY: apiKey };
    const second = await start(stateDir, variables);
    running = second;
    expect((await confirm(second, 'r-1')).status).toBe(200);
    await seen(second, 'key.rotated');
    expect((await confirm(second, 'r-2')).status).toBe(200);
    await seen(second, 'key.revoked');
    const headers = { authorization: `Bearer ${apiKey}` };
    expect((await second.call('GET', '/api/trial-balance', { headers })).status).toBe(401);
    expect((await confirm(second, 'r-3')).status).toBe(200);
    expect(JSON.stringify(second.lines)).not.toMatch(/sbk_[0-9a-f]/);
    await second.relay.stop();

    const third = await start(stateDir, variables);
    running = third;
    expect((await confirm(third, 'r-4')).status).toBe(200);
    // With ten keys the owner gets no more.
    for (let count = 0; count < 12; count += 1) await third.call('POST', '/sandbox/api-keys', { body: life });
    await seen(third, 'key.rotation_failed');
    await until(
      'the alert',
      async () => {
        const open = await third.alerts('status=open');
        return open.some(({ rule }) => rule === 'rotation_failed') ? true : null;
      },
      20_000,
    );
    expect((await confirm(third, 'r-5')).status).toBe(200);
    expect(await third.orders()).toHaveLength(5);
    expect(third.lines.filter(({ event }) => event === 'target.unauthorized')).toEqual([]);
  }, 180_000);
});
