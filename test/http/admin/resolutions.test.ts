// A person's word about deliveries, and the views of sources, targets, partitions and rejected requests.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../support/builders.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';
import { testTime } from '../../support/records.ts';

function relayWithOne(outcome: 'rejected' | 'unauthorized') {
  const relay = createMemoryRelay();
  const [id = ''] = relay.place({
    type: 'order.placed',
    data: { id: '1', total: '10.00' },
    eventId: 'event-1',
  });
  relay.run(() => outcomes[outcome]());
  return { ...relay, id };
}

async function send(relay: MemoryRelay, path: string, body: unknown) {
  const response = await relay.ask(path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function read(relay: MemoryRelay, path: string) {
  const response = await relay.ask(path);
  expect(response.status).toBe(200);
  return response.json();
}

describe('closing a dead letter by hand', () => {
  it('as done writes the document to the ledger, so that a replay is a duplicate', async () => {
    const relay = relayWithOne('rejected');
    const act = { as: 'done', documentId: 'SO-77', note: 'entered by hand' };

    const answer = await send(relay, `/admin/deliveries/${relay.id}/resolve`, act);

    expect(answer).toEqual({ status: 200, body: { deliveryId: relay.id, status: 'resolved' } });
    const { body } = await send(relay, `/admin/deliveries/${relay.id}/replay?dryRun=true`, {});
    expect(body).toMatchObject({ would: 'answer_duplicate', ledger: { document: { documentId: 'SO-77' } } });
    expect(relay.log.find(({ event }) => event === 'delivery.resolved')).toMatchObject({
      delivery: relay.id,
      as: 'done',
    });
  });

  it('as dropped, or skipped, leaves nothing in the ledger', async () => {
    for (const [path, body] of [
      ['resolve', { as: 'dropped', note: 'test order' }],
      ['skip', { note: 'test order' }],
    ] as const) {
      const relay = relayWithOne('rejected');
      expect((await send(relay, `/admin/deliveries/${relay.id}/${path}`, body)).body).toMatchObject({
        status: 'resolved',
      });
      expect(await read(relay, `/admin/deliveries/${relay.id}`)).toMatchObject({
        ledger: null,
        message: 'test order',
      });
    }
  });

  it('is refused with the state that does not allow it', async () => {
    const relay = relayWithOne('rejected');
    const release = await send(relay, `/admin/deliveries/${relay.id}/release`, { note: 'go on' });
    expect([release.status, release.body.code]).toEqual([409, 'wrong_state']);
    expect((await send(relay, '/admin/deliveries/dlv_0_zzz/skip', { note: 'x' })).status).toBe(404);
    expect((await send(relay, '/admin/deliveries/nonsense/skip', { note: 'x' })).status).toBe(404);
  });

  it.each([
    [{ note: 'x' }, 'as'],
    [{ as: 'released', note: 'x' }, 'as'],
    [{ as: 'done' }, 'note'],
    [{ as: 'dropped', documentId: 'SO-1', note: 'x' }, 'documentId'],
  ])('refuses %j', async (body, field) => {
    const answer = await send(relayWithOne('rejected'), '/admin/deliveries/dlv_0_1/resolve', body);
    expect([answer.status, (answer.body.errors as { field: string }[])[0]?.field]).toEqual([400, field]);
  });
});

describe('releasing what is held', () => {
  it('sends one on', async () => {
    const relay = relayWithOne('unauthorized');
    const answer = await send(relay, `/admin/deliveries/${relay.id}/release`, { note: 'new key' });
    expect(answer).toEqual({ status: 200, body: { deliveryId: relay.id, status: 'pending' } });
  });

  it('sends all of a target on, over all partitions', async () => {
    const relay = createMemoryRelay();
    for (let number = 0; number < 9; number += 1) {
      relay.place({ type: 'order.placed', data: { id: `${number}`, total: '1.00' }, eventId: `e${number}` });
    }
    relay.run(() => outcomes.unauthorized());

    const { status, body } = await send(relay, '/admin/targets/erp/release', { note: 'new key' });

    expect([status, body.refused, body.hasMore]).toEqual([200, [], false]);
    expect(body.released).toHaveLength(9);
    const { deliveries } = (await read(relay, '/admin/deliveries?status=held')) as { deliveries: unknown[] };
    expect(deliveries).toEqual([]);
    expect((await send(relay, '/admin/targets/other/release', { note: 'x' })).status).toBe(404);
  });
});

describe('what the relay is made of', () => {
  it('shows sources and whether a rotation lasts, never a secret', async () => {
    const relay = createMemoryRelay();
    const text = JSON.stringify(await read(relay, '/admin/sources'));
    expect(JSON.parse(text)).toMatchObject({
      sources: [
        { id: 'shop', ingestPath: '/hooks/shop', preset: 'standard-webhooks', hasPreviousSecret: true },
        { id: 'spare', ingestPath: '/hooks/spare', hasPreviousSecret: false },
      ],
    });
    expect(text).not.toMatch(/current-shop-secret|previous-shop-secret/);
  });

  it('shows targets, never a credential', async () => {
    const relay = createMemoryRelay();
    const text = JSON.stringify(await read(relay, '/admin/targets'));
    expect(JSON.parse(text)).toMatchObject({
      targets: [
        {
          id: 'erp',
          adapter: { name: 'test-erp', level: 'proven' },
          baseUrl: 'http://127.0.0.1:9',
          quietMs: 10_000,
        },
      ],
    });
    expect(text).not.toContain('erp-credential');
  });

  it('shows every partition, also beside one that is away', async () => {
    const relay = relayWithOne('rejected');
    relay.down.add(2);
    const { partitions } = (await read(relay, '/admin/partitions')) as {
      partitions: Record<string, unknown>[];
    };
    expect(partitions.map(({ partition, status }) => [partition, status])).toEqual([
      [0, 'ok'],
      [1, 'ok'],
      [2, 'unavailable'],
    ]);
    const sum = partitions.reduce((total, { deadLettered }) => total + Number(deadLettered ?? 0), 0);
    expect(sum).toBe(relay.id.startsWith('dlv_2') ? 0 : 1);
  });

  it('shows rejected requests with their counts, page by page', async () => {
    const relay = createMemoryRelay();
    for (let number = 0; number < 5; number += 1) {
      const body = new Uint8Array([60, 104]);
      const base = {
        source: 'shop',
        stage: 'parse',
        reason: 'not_json',
        detail: 'body must be JSON',
        headers: {},
      } as const;
      relay.rejected.unshift({ ...base, id: `r${number}`, at: testTime + number, body });
    }
    const first = (await read(relay, '/admin/rejected-requests?limit=3&source=shop')) as Record<
      string,
      unknown
    >;
    expect(first.rejectedRequests).toHaveLength(3);
    expect(first).toMatchObject({ counts: [{ source: 'shop', reason: 'not_json', count: 5 }] });
    const rest = await read(relay, `/admin/rejected-requests?limit=3&source=shop&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({
      nextCursor: null,
      rejectedRequests: [
        { id: 'r1', reason: 'not_json', body: { encoding: 'utf-8', content: '<h' } },
        { id: 'r0' },
      ],
    });
  });
});
