// The live tail of a whole relay, as a program meets it: a webhook's way from its claim to its success comes over the socket, a browser's
// ticket opens it, and a relay that was killed and started again goes on.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRelayClient, type RelayClient, until } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

type Message = {
  readonly type: string;
  readonly items?: readonly { readonly eventId: string; readonly status: string; readonly entity: unknown }[];
};

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-tail-'));
let relay: LocalRelay;
let client: RelayClient;

async function start(): Promise<void> {
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0, variables: { PARTITIONS: '4' } });
  client = createRelayClient(relay);
}

beforeAll(start);

afterAll(async () => {
  await relay.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function listen(query = '') {
  const { body } = await client.admin('POST', '/admin/tail/tickets', {});
  const { ticket } = body as { ticket: string };
  const address = `${relay.url.replace(/^http/, 'ws')}/admin/tail${query}`;
  const socket = new WebSocket(address, ['holdfast.tail.v1', `ticket.${ticket}`]);
  const got: Message[] = [];
  let isClosed = false;
  socket.addEventListener('message', ({ data }) => void got.push(JSON.parse(String(data)) as Message));
  socket.addEventListener('close', () => {
    isClosed = true;
  });
  await until('hello', async () => (got[0]?.type === 'hello' ? true : null), 10_000);
  return { socket, got, items: () => got.flatMap(({ items = [] }) => items), isClosed: () => isClosed };
}

async function order(id: number): Promise<void> {
  const now = Date.now();
  const payload = shopifyOrder({ id, at: now, email: 'ada@example.com' });
  const sent = await client.send('shopify', { topic: 'orders/create', id: `create-${id}`, payload, now });
  expect(sent.status).toBe(202);
}

it('tells of a webhook from its claim to its success', async () => {
  const listener = await listen('?source=shopify');
  expect(listener.socket.protocol).toBe('holdfast.tail.v1');
  await order(1);
  const isDone = async () =>
    listener.items().find(({ eventId, status }) => eventId === 'create-1' && status === 'succeeded') ?? null;
  expect(await until('the success', isDone, 20_000)).toMatchObject({ entity: { kind: 'order', id: '1' } });
  listener.socket.close();
});

it('ends with the relay, and goes on with its successor', async () => {
  const before = await listen();
  await relay.stop();
  await until('the end', async () => (before.isClosed() ? true : null), 10_000);
  await start();
  const after = await listen();
  await order(2);
  const isTold = async () => (after.items().some(({ eventId }) => eventId === 'create-2') ? true : null);
  await until('the next order', isTold, 20_000);
  after.socket.close();
});
