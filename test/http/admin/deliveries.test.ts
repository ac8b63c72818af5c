// Lists and single deliveries: open ones from the sequencers, closed ones from the journal, none twice and none lost.
import { describe, expect, it } from 'vitest';
import type { Sequencer } from '../../../src/pipeline/ports.ts';
import { outcomes } from '../../support/builders.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';
import { testTime } from '../../support/records.ts';

type Wire = {
  readonly id: string;
  readonly status: string;
  readonly waiting: { cause: string } | null;
  readonly receivedAt: string;
  readonly attempts?: readonly Record<string, unknown>[];
};
type Page = {
  readonly deliveries: readonly Wire[];
  readonly nextCursor: string | null;
  readonly journal: string;
};

async function page(relay: MemoryRelay, query = ''): Promise<Page> {
  const response = await relay.ask(`/admin/deliveries${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

async function ids(relay: MemoryRelay, query = ''): Promise<string[]> {
  return (await page(relay, query)).deliveries.map(({ id }) => id);
}

/** order/1 succeeded, order/2 dead-lettered, order/3 held, order/4 pending, in this order of receipt. */
function settledRelay() {
  const relay = createMemoryRelay();
  const placed = ['1', '2', '3'].map((id, index) =>
    relay.place({
      type: 'order.placed',
      data: { id, total: '10.00' },
      eventId: `event-${id}`,
      receivedAt: testTime + index,
    }),
  );
  relay.run(({ event }) => {
    if (event.orderingKey === 'order/1') return outcomes.succeeded('SO-1');
    return event.orderingKey === 'order/2' ? outcomes.rejected() : outcomes.unauthorized();
  });
  placed.push(
    relay.place({
      type: 'order.placed',
      data: { id: '4', total: '10.00' },
      eventId: 'event-4',
      receivedAt: testTime + 3,
    }),
  );
  const [succeeded = '', dead = '', held = '', pending = ''] = placed.flat();
  return { ...relay, succeeded, dead, held, pending };
}

describe('the list of deliveries', () => {
  it('shows open and closed ones together, newest first, each once', async () => {
    const relay = settledRelay();

    const { deliveries, journal, nextCursor } = await page(relay);

    expect(deliveries.map(({ id, status }) => [id, status])).toEqual([
      [relay.pending, 'pending'],
      [relay.held, 'held'],
      [relay.dead, 'dead_lettered'],
      [relay.succeeded, 'succeeded'],
    ]);
    expect([journal, nextCursor]).toEqual(['current', null]);
    expect(deliveries[1]).toMatchObject({ reason: 'unauthorized', waiting: { cause: 'held' } });
    expect(deliveries[2]).toMatchObject({
      reason: 'rejected',
      code: 'period_closed',
      message: 'The period is closed.',
    });
    expect(deliveries[3]).toMatchObject({ document: { documentId: 'SO-1' }, attemptCount: 1, waiting: null });
    expect(deliveries[3]?.receivedAt).toBe('2026-03-01T12:00:00.000Z');
  });

  it('answers each filter', async () => {
    const relay = settledRelay();
    const { pending, held, dead, succeeded } = relay;
    const all = [pending, held, dead, succeeded];
    const cases: [string, string[]][] = [
      ['?status=dead_lettered', [dead]],
      ['?status=held,dead_lettered', [held, dead]],
      ['?status=held&status=succeeded', [held, succeeded]],
      ['?status=succeeded', [succeeded]],
      ['?reason=rejected', [dead]],
      ['?reason=period_closed', [dead]],
      ['?reason=unauthorized', [held]],
      ['?source=shop', all],
      ['?source=other', []],
      ['?target=erp&operation=sale.confirm', all],
      ['?operation=invoice.post', []],
      ['?route=shop.confirm-sale', all],
      ['?orderingKey=order/2', [dead]],
      ['?entity=order/2', [dead]],
      ['?entity=order%2F1&status=succeeded', [succeeded]],
      ['?document=SO-1', [succeeded]],
      ['?document=SO-1&entity=order/2', []],
      ['?record=SKU-7', []],
      ['?eventId=event-1', [succeeded]],
      ['?type=order.placed&status=pending', [pending]],
      ['?receivedFrom=2026-03-01T12:00:00.002Z', [pending, held]],
      ['?receivedTo=2026-03-01T13:00:00.001%2B01:00', [succeeded]],
    ];
    for (const [query, expected] of cases)
      expect([query, await ids(relay, query)]).toEqual([query, expected]);
  });

  it.each([
    ['entity=order', 'entity'],
    ['entity=/1', 'entity'],
    ['entity=order/', 'entity'],
    ['entity=order/1&orderingKey=order/1', 'entity'],
    ['document=', 'document'],
  ])('refuses %s: it would match what nobody means', async (query, field) => {
    const response = await createMemoryRelay().ask(`/admin/deliveries?${query}`);
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ field }] }]);
  });

  it('holds to a filter that a sequencer of an earlier version does not know', async () => {
    const relay = settledRelay();
    const { sequencers } = relay.services;
    const older = (sequencer: Sequencer): Sequencer => ({
      ...sequencer,
      listOpen: ({ filter: { record: _, document: __, ...filter }, ...request }) =>
        sequencer.listOpen({ ...request, filter }),
    });
    const all = () => sequencers.all().map(older);
    const asked = createMemoryRelay({ services: { sequencers: { ...sequencers, all } } });
    for (const query of ['?record=SKU-7', '?document=SO-1&status=held,pending'])
      expect(await ids(asked, query)).toEqual([]);
    expect(await ids(asked, '?status=held,pending')).toHaveLength(2);
  });

  it('is walked page by page, each delivery once, while deliveries come and close', async () => {
    const relay = createMemoryRelay();
    const place = (number: number) =>
      relay.place({
        type: 'order.placed',
        data: { id: `${number}`, total: '1.00' },
        eventId: `event-${number}`,
        receivedAt: testTime + Math.floor(number / 2),
      });
    const first = Array.from({ length: 21 }, (_, number) => place(number)).flat();
    const seen: string[] = [];
    let cursor: string | null = null;
    let added = 1_000;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const answer: Page = await page(relay, `?limit=4${query}`);
      seen.push(...answer.deliveries.map(({ id }) => id));
      cursor = answer.nextCursor;
      place(added++);
      relay.run(() => outcomes.succeeded());
    } while (cursor !== null && seen.length < 100);

    expect([...seen].sort()).toEqual([...first].sort());
  });

  it('still shows what is open when the journal is away, and says so', async () => {
    for (const state of ['away', 'silent'] as const) {
      const relay = settledRelay();
      relay.journal.state = state;
      const asked = page(relay);
      await elapseUntil(relay, asked);

      const { deliveries, journal } = await asked;

      expect(deliveries.map(({ id }) => id)).toEqual([relay.pending, relay.held, relay.dead]);
      expect(journal).toBe('unavailable');
    }
  });

  it('does not need the journal for what is open', async () => {
    const relay = settledRelay();
    relay.journal.state = 'silent';
    expect((await page(relay, '?status=dead_lettered')).journal).toBe('not_asked');
  });

  it('asks one partition only for an ordering key', async () => {
    const relay = settledRelay();
    const [, partition] = relay.dead.split('_');
    for (let other = 0; other < 3; other += 1) if (other !== Number(partition)) relay.down.add(other);
    expect(await ids(relay, '?orderingKey=order/2')).toEqual([relay.dead]);
  });

  it('is unavailable, not short, when a sequencer is away', async () => {
    const relay = settledRelay();
    relay.down.add(1);
    const response = await relay.ask('/admin/deliveries');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({ code: 'sequencer_unavailable' });
  });

  it.each([
    ['?sorce=shop', 'sorce'],
    ['?status=lost', 'status[0]'],
    ['?status=', 'status[0]'],
    ['?source=', 'source'],
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?limit=ten', 'limit'],
    ['?receivedFrom=yesterday', 'receivedFrom'],
    ['?receivedTo=2026-03-01', 'receivedTo'],
    ['?cursor=abc', 'cursor'],
    [`?cursor=${btoa('["x",1]')}`, 'cursor'],
  ])('refuses %s and names the parameter', async (query, field) => {
    const response = await createMemoryRelay().ask(`/admin/deliveries${query}`);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { code: string; errors: { field: string; rule: string }[] };
    expect([problem.code, problem.errors.map((error) => error.field)]).toEqual([
      'invalid_parameter',
      [field],
    ]);
    expect(problem.errors[0]?.rule).toMatch(/^(must|may not)/);
  });
});

/** Lets waits run out until the answer is there. */
async function elapseUntil(relay: MemoryRelay, answer: Promise<unknown>): Promise<void> {
  let done = false;
  const finished = answer.finally(() => {
    done = true;
  });
  for (let turn = 0; turn < 1_000 && !done; turn += 1) {
    await Promise.resolve();
    if (relay.journal.state === 'silent') relay.timers.elapse();
  }
  await finished;
}

describe('one delivery', () => {
  it('shows all that is needed to reconstruct what happened', async () => {
    const relay = settledRelay();

    const response = await relay.ask(`/admin/deliveries/${relay.dead}`);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: relay.dead,
      status: 'dead_lettered',
      operationKey: 'order/2/erp/sale.confirm',
      waiting: { cause: 'dead_letter' },
      ledger: null,
      event: {
        source: 'shop',
        eventId: 'event-2',
        headers: { 'webhook-id': 'event-2' },
        body: { encoding: 'utf-8', content: expect.stringContaining('"id":"2"') },
        parsed: { type: 'order.placed', data: { id: '2', total: '10.00' } },
      },
      attempts: [{ number: 1, mode: 'perform', outcome: { kind: 'rejected', effect: 'none' } }],
      related: [],
      journal: 'current',
    });
  });

  it('comes from the journal once the sequencer has let go of it, with its attempts', async () => {
    const relay = settledRelay();
    await ids(relay);
    const live = (await (await relay.ask(`/admin/deliveries/${relay.succeeded}`)).json()) as Wire;
    const archive = {
      ...relay.sequencers,
      of: (partition: number) => ({ ...relay.sequencers.of(partition), find: async () => null }),
    };
    const { app } = createMemoryRelay({
      services: { journal: relay.journal, sequencers: archive, config: relay.services.config },
    });
    const headers = { authorization: `Bearer ${relay.services.config.adminKey}` };

    const response = await app.request(`/admin/deliveries/${relay.succeeded}`, { headers });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(live);
    expect(live).toMatchObject({
      ledger: { effect: 'succeeded', document: { documentId: 'SO-1' } },
      attempts: [{ number: 1 }],
    });
  });

  it('shows a body that is no text as base64', async () => {
    const relay = settledRelay();
    const found = await relay.sequencers.of(Number(relay.dead.split('_')[1])).find(relay.dead);
    const payload = { headers: {}, body: new Uint8Array([0, 255, 128]) };
    const binary = {
      ...relay.sequencers,
      forId: () => [{ ...relay.sequencers.of(0), find: async () => ({ ...found!, payload }) }],
    };
    const { ask } = createMemoryRelay({ services: { sequencers: binary } });

    expect(await (await ask(`/admin/deliveries/${relay.dead}`)).json()).toMatchObject({
      event: { body: { encoding: 'base64', bytes: 3, content: 'AP+A' }, parsed: null },
    });
  });

  it('shows the other deliveries of its ordering key, closed ones included', async () => {
    const relay = createMemoryRelay();
    const [confirm = ''] = relay.place({
      type: 'order.placed',
      data: { id: '5', total: '1.00' },
      eventId: 'a',
    });
    relay.run(() => outcomes.succeeded());
    const [payment = ''] = relay.place({
      type: 'order.paid',
      data: { id: '5', payment: 'p1', amount: '1.00' },
      eventId: 'b',
    });

    const shown = (await (await relay.ask(`/admin/deliveries/${payment}`)).json()) as { related: Wire[] };

    expect(shown.related.map(({ id, status }) => [id, status])).toEqual([[confirm, 'succeeded']]);
  });

  it('shows an open one without the journal, and says what is missing', async () => {
    const relay = settledRelay();
    relay.journal.state = 'away';
    const response = await relay.ask(`/admin/deliveries/${relay.held}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id: relay.held, journal: 'unavailable' });
  });

  it.each(['dlv_0_zzz', 'dlv_99_1', 'evt_0_1', 'nonsense'])('is 404 where there is none: %s', async (id) => {
    const response = await createMemoryRelay().ask(`/admin/deliveries/${id}`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'not_found']);
  });

  it('is 503, not 404, where only the journal could know it', async () => {
    const relay = createMemoryRelay();
    relay.journal.state = 'away';
    expect((await relay.ask('/admin/deliveries/dlv_0_zzz')).status).toBe(503);
  });
});
