// The live tail on the real runtime: sockets through the Worker, changes from real sequencers. Who listens is told what it may see and
// asked for, over evictions of both; who is revoked is closed; and while nobody listens no partition tells anything.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import type { ClaimRequest } from '../../src/core/sequencer/messages.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import { makeEvent, makePayload } from '../support/records.ts';
import { testSecrets } from '../support/test-bindings.ts';

const url = 'https://relay.test';
const partitions = Number(env.PARTITIONS);
const tail = () => env.TAIL.get(env.TAIL.idFromName('tail'));
const sequencer = (partition: number) =>
  env.SEQUENCER.get(env.SEQUENCER.idFromName(sequencerName(1, partition)));

type Message = {
  readonly type: string;
  readonly at?: string;
  readonly count?: number | null;
  readonly reason?: string;
  readonly items?: readonly {
    readonly id: string;
    readonly eventId: string;
    readonly source: string;
    readonly status: string;
  }[];
};

const open: WebSocket[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const socket of open.splice(0)) socket.close();
  await until(
    async () => (await runInDurableObject(tail(), (_, state) => state.getWebSockets().length)) === 0,
  );
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 5_000, interval: 20 });
}

async function listen(path = '/admin/tail', headers: Record<string, string> = {}) {
  const key = { authorization: `Bearer ${testSecrets.ADMIN_KEY}` };
  const answer = await SELF.fetch(`${url}${path}`, { headers: { ...key, ...headers, upgrade: 'websocket' } });
  const { webSocket: socket } = answer;
  if (socket === null || socket === undefined) throw new Error(`${answer.status} ${await answer.text()}`);
  const got: Message[] = [];
  socket.addEventListener('message', ({ data }) => void got.push(JSON.parse(String(data)) as Message));
  socket.accept();
  open.push(socket);
  await until(() => got.length > 0);
  return {
    socket,
    got,
    protocol: answer.headers.get('sec-websocket-protocol'),
    items: () => got.flatMap(({ items = [] }) => items),
    of: (type: string) => got.filter((message) => message.type === type),
  };
}

function claimOf(eventId: string, { source = 'shopify', target = 'erp' } = {}): ClaimRequest {
  const orderingKey = `order/${eventId}`;
  return {
    event: makeEvent({ source, eventId, orderingKey, receivedAt: Date.now(), occurredAt: Date.now() }),
    payload: makePayload(`{"id":"${eventId}"}`),
    deliveries: [
      {
        ...{
          routeId: 'orders.confirm-sale',
          target,
          operation: 'sale.confirm',
          staleKey: null,
          problem: null,
        },
        operationKey: `${orderingKey}/${target}/sale.confirm/${eventId}`,
        policy: {
          ...{ after: [], waitMs: 3_600_000, onStale: 'run', onDeadLetter: 'block' },
          retry: { attempts: 3, baseMs: 10, capMs: 20 },
        },
      },
    ],
    ...{ partitions, generation: 1 },
  };
}

async function claim(partition: number, request: ClaimRequest): Promise<void> {
  const answer = await (sequencer(partition) as never as Sequencer).claim(request);
  expect(answer.kind).toBe('claimed');
}

async function keyFor(scopes: readonly string[], sources: readonly string[] | null) {
  const made = await SELF.fetch(`${url}/admin/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testSecrets.ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'a listener',
      scopes,
      ...(sources === null ? {} : { sources }),
      reason: 'a test',
    }),
  });
  const { credential, key } = (await made.json()) as { credential: { id: string }; key: string };
  return { id: credential.id, key };
}

const eventIds = (listener: { items: () => readonly { eventId: string }[] }) =>
  listener.items().map(({ eventId }) => eventId);

describe('a listener', () => {
  it('is greeted, and told of what changes in every partition, once for each state', async () => {
    const listener = await listen();
    expect(listener.got[0]).toMatchObject({ type: 'hello', at: expect.stringMatching(/Z$/) });
    await claim(0, claimOf('a0'));
    await claim(partitions - 1, claimOf('a1'));
    // No route of this relay has its name: the consumer gives it back as a dead letter.
    const ended = () => listener.items().filter(({ status }) => status === 'dead_lettered');
    await until(() => ended().length === 2);
    expect(ended().find(({ eventId }) => eventId === 'a0')).toMatchObject({
      ...{ source: 'shopify', target: 'erp', operation: 'sale.confirm' },
      id: expect.stringMatching(/^dlv_0_/),
    });
    const { id = '' } = ended().find(({ eventId }) => eventId === 'a0') ?? {};
    await (sequencer(0) as never as Sequencer).resolve({
      ...{ deliveryId: id, as: 'dropped', documentId: null, actor: 'a test', note: 'a test' },
    });
    await until(() => listener.items().some((item) => item.id === id && item.status === 'resolved'));
  });

  it('is told what it asked for and may see, and nothing else', async () => {
    const narrow = await keyFor(['deliveries:read'], ['shopify']);
    const narrowed = await listen('/admin/tail', { authorization: `Bearer ${narrow.key}` });
    const filtered = await listen('/admin/tail?target=erp&status=dead_lettered');
    const all = await listen();
    await claim(0, claimOf('b0', { source: 'other' }));
    await claim(0, claimOf('b1', { target: 'books' }));
    await claim(1, claimOf('b2'));
    await until(() => new Set(eventIds(all)).size === 3);
    await until(() => new Set(eventIds(narrowed)).size === 2 && eventIds(filtered).length === 2);
    expect([...new Set(eventIds(narrowed))].sort()).toEqual(['b1', 'b2']);
    expect(eventIds(filtered).sort()).toEqual(['b0', 'b2']);
  });

  it('is told further after both objects were evicted', async () => {
    const listener = await listen();
    await evictDurableObject(tail(), { webSockets: 'hibernate' });
    await evictDurableObject(sequencer(2));
    await claim(2, claimOf('c0'));
    await until(() => eventIds(listener).includes('c0'));
  });

  it('that comes with a ticket is let in once, and speaks the protocol', async () => {
    const made = await SELF.fetch(`${url}/admin/tail/tickets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testSecrets.ADMIN_KEY}` },
    });
    const { ticket } = (await made.json()) as { ticket: string };
    const kept = await runInDurableObject(tail(), (_, { storage }) => JSON.stringify([...storage.kv.list()]));
    expect(kept).toContain('ticket/');
    expect(kept).not.toContain(ticket);
    const offers = { authorization: '', 'sec-websocket-protocol': `holdfast.tail.v1, ticket.${ticket}` };
    expect((await listen('/admin/tail', offers)).protocol).toBe('holdfast.tail.v1');
    await expect(listen('/admin/tail', offers)).rejects.toThrow('401');
  });

  it('that comes back is told what it missed, or that nobody knows', async () => {
    const first = await listen();
    await claim(0, claimOf('d0'));
    await until(() => eventIds(first).includes('d0'));
    const since = new Date().toISOString();
    first.socket.close();
    await claim(0, claimOf('d1'));
    const ring = () => runInDurableObject(tail(), (_, state) => state.getWebSockets().length);
    await until(async () => (await ring()) === 0);
    const second = await listen();
    await claim(1, claimOf('d2'));
    await until(() => eventIds(second).includes('d2'));
    const back = await listen(`/admin/tail?since=${since}`);
    await until(() => eventIds(back).includes('d2'));
    expect([...new Set(eventIds(back))].sort()).toEqual(['d1', 'd2']);
    const late = await listen('/admin/tail?since=2020-01-01T00:00:00Z');
    await until(() => late.of('missed').length === 1);
    expect(late.of('missed')[0]?.count).toBeNull();
  });

  it('is told how many it was not told of, where more changes than it can read', async () => {
    const listener = await listen();
    const items = Array.from({ length: limits.tailItemsPerSecond + 50 }, (_, index) => ({
      ...{ id: `dlv_0_${index}`, status: 'pending', reason: null, code: null, route: 'r', target: 'erp' },
      ...{ operation: 'sale.confirm', source: 'shop', eventId: `e${index}`, type: 't', entity: null },
      ...{ orderingKey: 'order/1', receivedAt: 1, updatedAt: 1 },
    }));
    const now = vi.spyOn(Date, 'now');
    const at = Date.now();
    now.mockImplementation(() => at);
    await tail().publish({ items: items as never, missedCount: 7 });
    await until(() => listener.items().length === limits.tailItemsPerSecond);
    expect(listener.of('missed')).toEqual([]);
    now.mockImplementation(() => at + 1_000);
    await tail().publish({ items: [], missedCount: 0 });
    await until(() => listener.of('missed').length === 1);
    expect(listener.of('missed')[0]?.count).toBe(57);
  });

  it('is closed at the next beat once its credential is revoked, and told nothing more before', async () => {
    const { id, key } = await keyFor(['deliveries:read'], null);
    const listener = await listen('/admin/tail', { authorization: `Bearer ${key}` });
    const other = await listen();
    await claim(0, claimOf('f0'));
    await until(() => eventIds(listener).includes('f0'));
    await SELF.fetch(`${url}/admin/credentials/${id}/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testSecrets.ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'a test' }),
    });
    const at = Date.now() + limits.tailCallerMs + limits.registryFreshMs;
    vi.spyOn(Date, 'now').mockImplementation(() => at);
    await claim(0, claimOf('f1'));
    await until(() => eventIds(other).includes('f1'));
    await runDurableObjectAlarm(tail());
    await until(() => listener.of('bye').length === 1);
    expect(listener.of('bye')[0]?.reason).toBe('access_ended');
    expect(eventIds(listener)).not.toContain('f1');
    expect(other.of('beat').length).toBeGreaterThan(0);
  });

  it('has to come again after an hour', async () => {
    const listener = await listen();
    const at = Date.now() + limits.tailSocketMs;
    vi.spyOn(Date, 'now').mockImplementation(() => at);
    await runDurableObjectAlarm(tail());
    await until(() => listener.of('bye').length === 1);
    expect(listener.of('bye')[0]?.reason).toBe('lifetime');
  });

  it('that speaks is closed', async () => {
    const listener = await listen();
    listener.socket.send('hello');
    await until(() => listener.of('bye').length === 1);
    expect(listener.of('bye')[0]?.reason).toBe('unexpected_message');
  });
});

describe('while nobody listens', () => {
  it('a partition that was asked stops with the first thing it tells, and keeps nothing', async () => {
    const listener = await listen();
    const asked = () =>
      runInDurableObject(sequencer(3), (_, { storage }) => storage.kv.get('tail_until') ?? null);
    expect(await asked()).not.toBeNull();
    listener.socket.close();
    await until(
      async () => (await runInDurableObject(tail(), (_, state) => state.getWebSockets().length)) === 0,
    );
    const at = Date.now() + limits.tailGraceMs + 1;
    vi.spyOn(Date, 'now').mockImplementation(() => at);
    await claim(3, claimOf('g0'));
    await until(async () => (await asked()) === null);
    // And the next listener has all of them asked again.
    const next = await listen();
    await claim(3, claimOf('g1'));
    await until(() => eventIds(next).includes('g1'));
  });
});
