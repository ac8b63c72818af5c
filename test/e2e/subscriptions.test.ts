// A subscription on the real runtime: a receiver on this machine is told of what the sandbox ERP did, signed, again after a failure
// and in the order of the entity; and what it did not take to the end is replayed.

import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { payloadOf } from '../../src/core/subscriptions/event-types.ts';

let relay: LocalRelay;
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-subscriptions-'));

// biome-ignore lint/suspicious/noExplicitAny: answers and events of many shapes
type Json = any;

const received: { readonly headers: IncomingHttpHeaders; readonly body: string; readonly status: number }[] =
  [];
/** Statuses of the next answers; 204 after them. */
const answers: number[] = [];
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const status = answers.shift() ?? 204;
  received.push({ headers: request.headers, body, status });
  response.writeHead(status).end();
});
let receiverUrl = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const callbackSecret = `whsec_${Buffer.from('e2e-callback-secret-0123456789').toString('base64')}`;
  const variables = { CALLBACK_ORIGINS: receiverUrl, CALLBACK_SECRET: callbackSecret };
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0, variables });
  await createErpClient(relay.erpUrl).reset();
}, 60_000);
afterAll(async () => {
  receiver.close();
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function ask(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${relay.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${relay.adminKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

const setStock = (sku: string, quantity: number) =>
  ask('/operations/stock.set', { input: { sku, quantity } }, { 'idempotency-key': `${sku}-${quantity}` });

const taken = (sku: string): Json[] =>
  received
    .filter(({ status }) => status === 204)
    .map(({ body }) => JSON.parse(body))
    .filter(({ data }) => data.orderingKey?.endsWith(sku));

describe('a subscriber', () => {
  it('is told what ended, signed, again after a failure under the same id, and in order', async () => {
    const wanted = { url: `${receiverUrl}/events`, types: ['stock.changed'], reason: 'a test' };
    const made = await ask('/admin/subscriptions', wanted);
    expect(made.status).toBe(201);
    answers.push(503);
    for (const quantity of [1, 2]) expect((await setStock('SKU-1', quantity)).status).toBe(200);
    await until('both events', async () => (taken('SKU-1').length >= 2 ? true : null), 30_000);

    const [first, second, third] = received;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no events');
    expect([first.status, second.status, third.status]).toEqual([503, 204, 204]);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    const key = Buffer.from(made.body.secret.slice('whsec_'.length), 'base64');
    for (const { headers, body } of [first, second, third]) {
      const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const expected = createHmac('sha256', key).update(content).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    }
    const events = taken('SKU-1');
    for (const { type, data } of events) {
      expect(type).toBe('stock.changed');
      expect(payloadOf('stock.changed').safeParse(data).error).toBeUndefined();
    }
    const deliveries = events.map(({ data }) => data.deliveryId);
    expect(new Set(deliveries).size).toBe(2);
  }, 60_000);

  it('that is gone is disabled, and is sent what it missed by a replay once it is back', async () => {
    answers.push(410);
    expect((await setStock('SKU-2', 5)).status).toBe(200);
    const { admin } = createRelayClient(relay);
    const dead = await until(
      'the dead letter',
      async () =>
        ((await admin('GET', '/admin/deliveries?status=dead_lettered')).body as Json).deliveries[0] ?? null,
      10_000,
    );
    expect(dead).toMatchObject({ operation: 'event.publish' });
    const { id, disabled } = await until(
      'the end of the subscription',
      async () => {
        const { subscriptions } = (await admin('GET', '/admin/subscriptions')).body as Json;
        return subscriptions[0].state === 'disabled' ? subscriptions[0] : null;
      },
      10_000,
    );
    expect(disabled.by).toBe('relay');
    expect((await ask(`/admin/subscriptions/${id}/enable`, { reason: 'it is back' })).body.state).toBe(
      'active',
    );
    expect((await ask(`/admin/deliveries/${dead.id}/replay`, { reason: 'it is back' })).status).toBe(202);
    await until('the event', async () => (taken('SKU-2').length > 0 ? true : null), 10_000);
    expect(taken('SKU-2')).toHaveLength(1);
  }, 60_000);
});
