// Alerts, end to end: one notice for one cause at every receiver, signed, tried again when a receiver fails, and one for its
// end; and the book of them for operators.

import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const secret = 'whsec_aG9sZGZhc3QtdGVzdC1hbGVydC1zZWNyZXQtMDAwMDE=';

type Got = { readonly path: string; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string };

let relay: LocalRelay;
let stateDir: string;
let receiver: Server;
const got: Got[] = [];
/** How many calls are still answered 500. */
let failures = 0;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const fails = request.url === '/alerts' && failures > 0;
      if (fails) failures -= 1;
      else got.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(fails ? 500 : 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-alerts-'));
  relay = await startLocalRelay({
    stateDir,
    scheduleEveryMs: 0,
    variables: {
      ALERT_NETWORK: 'private',
      ALERT_WEBHOOK_URL: `${base}/alerts`,
      ALERT_WEBHOOK_SECRET: secret,
      ALERT_SLACK_URL: `${base}/slack?token=t`,
      ALERT_EMAIL_TO: 'ops@example.com',
      ALERT_EMAIL_FROM: 'relay@example.com',
    },
  });
});

afterAll(async () => {
  await relay?.stop();
  receiver?.close();
  rmSync(stateDir, { recursive: true, force: true });
});

type Payload = { readonly type: string; readonly data: { readonly id: string; readonly rule: string } };

function payloads(): Payload[] {
  return got.filter(({ path }) => path === '/alerts').map(({ body }) => JSON.parse(body) as Payload);
}

function notified(type: string, rule: string): Payload[] {
  return payloads().filter((payload) => payload.type === type && payload.data.rule === rule);
}

async function untilNotified(type: string, rule: string): Promise<void> {
  await until(`${type} of ${rule}`, async () => (notified(type, rule).length > 0 ? true : null), 30_000);
}

async function placeOrder(id: number): Promise<void> {
  const now = Date.now();
  const signing = { topic: 'orders/create', id: `create-${id}`, payload: shopifyOrder({ id, at: now }), now };
  expect((await createRelayClient(relay).send('shopify', signing)).status).toBe(202);
}

/** Texts of the e-mails that went through the runtime's own binding, which keeps them as files. */
function mails(): string[] {
  const outbox = join(stateDir, 'mail');
  const files = readdirSync(outbox, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.includes('email-text'))
    .filter((file) => file.endsWith('.txt'))
    .map((file) => readFileSync(join(outbox, file), 'utf8'));
}

type Listed = { readonly alerts: readonly Record<string, unknown>[] };

async function listed(query: string): Promise<Listed['alerts']> {
  const { body } = await createRelayClient(relay).admin('GET', `/admin/alerts?${query}`);
  return (body as Listed).alerts;
}

describe('a renamed response field', () => {
  it('is one notice at each receiver, signed, also where the receiver failed at first', async () => {
    failures = 1;
    await createErpClient(relay.erpUrl).setFaults({ renamedField: { orderId: 'order_ref' } });
    for (const id of [950_001, 950_002, 950_003]) await placeOrder(id);
    await untilNotified('alert.opened', 'drift');
    const [alert] = await listed('status=open');
    expect(alert).toMatchObject({
      rule: 'drift',
      cause: 'erp/sale.confirm',
      severity: 'critical',
      details: { path: '$.orderId', expected: 'string', actual: 'missing', adapter: 'sandbox 1.1.0' },
    });
    const sent = got.find(({ path }) => path === '/alerts');
    const { 'webhook-id': id, 'webhook-timestamp': at } = sent?.headers ?? {};
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${at}.${sent?.body}`).digest('base64');
    expect(sent?.headers['webhook-signature']).toBe(`v1,${expected}`);
    const slack = got.filter(({ path }) => path === '/slack?token=t');
    expect(slack).toHaveLength(1);
    expect(JSON.parse(slack[0]?.body ?? '{}').text).toContain('$.orderId: expected string, got missing');
    const [mail] = await until('the e-mail', async () => (mails().length > 0 ? mails() : null), 10_000);
    expect(mails()).toHaveLength(1);
    expect(mail).toContain('$.orderId: expected string, got missing');
    expect(mail).toContain('docs/alerts.md#drift');
  }, 60_000);

  it('is over, and told to be over once, when the operation was released and everything went on', async () => {
    const client = createRelayClient(relay);
    await createErpClient(relay.erpUrl).setFaults({});
    const body = { operation: 'sale.confirm', note: 'the adapter was mended' };
    expect((await client.admin('POST', '/admin/targets/erp/release', body)).status).toBe(200);
    await untilQuiet(client, 60_000);
    await untilNotified('alert.resolved', 'drift');
    expect(notified('alert.opened', 'drift')).toHaveLength(1);
    expect(notified('alert.resolved', 'drift')).toHaveLength(1);
    expect(await listed('status=open')).toEqual([]);
    expect(await listed('status=resolved')).toHaveLength(1);
  }, 90_000);
});

describe('dead letters', () => {
  it('are one alert a cause, which a person can acknowledge, and which ends when they are closed', async () => {
    const client = createRelayClient(relay);
    await createErpClient(relay.erpUrl).setFaults({ modulesOff: ['sales'] });
    for (const id of [960_001, 960_002]) await placeOrder(id);
    await untilNotified('alert.opened', 'dead_letters');
    const [alert] = await listed('status=open');
    expect(alert).toMatchObject({
      rule: 'dead_letters',
      cause: expect.stringMatching(/^erp\/sale\.confirm\/rejected\//),
    });
    const path = `/admin/alerts/${String(alert?.id)}/acknowledge`;
    const acknowledged = await client.admin('POST', path, { note: 'the module is being switched on' });
    expect(acknowledged).toMatchObject({ status: 200, body: { acknowledged: { by: 'admin_key' } } });

    await createErpClient(relay.erpUrl).setFaults({});
    await until(
      'both dead letters',
      async () => ((await client.deliveries('status=dead_lettered')).length === 2 ? true : null),
      20_000,
    );
    await client.replayAll({ filter: {}, reason: 'the module is on', withinMs: 30_000 });
    await untilQuiet(client, 60_000);
    await untilNotified('alert.resolved', 'dead_letters');
    expect(notified('alert.opened', 'dead_letters')).toHaveLength(1);
    expect((await client.admin('POST', path, { note: 'too late' })).status).toBe(404);
  }, 90_000);
});
