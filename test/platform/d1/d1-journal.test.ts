// The journal against the real SQLite of the runtime: what is written once, what is refused, what is read back.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/core/delivery.ts';
import { limits } from '../../../src/core/limits.ts';
import type { DeliveryFilter, DeliveryView, ListCursor } from '../../../src/core/sequencer/messages.ts';
import { type JournalBatch, type JournalEntry, PortError } from '../../../src/pipeline/ports.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { toListQuery } from '../../../src/platform/d1/d1-journal-reader.ts';
import { makeAttempt, makePayload, makeRecord, testTime } from '../../support/records.ts';

const journal = createD1Journal(env.DB);

const succeeded: Partial<Delivery> = {
  state: { status: 'succeeded', how: 'succeeded', at: testTime + 50 },
  attemptCount: 1,
  effect: {
    kind: 'succeeded',
    document: { documentId: 'so-1', documentNumber: 'SO0001', state: 'confirmed', total: '29.35' },
    inputHash: 'abc',
  },
};

function batch(from: number, to: number, entries: readonly JournalEntry[]): JournalBatch {
  return { generation: 1, partition: 0, from, to, entries };
}

async function counts(): Promise<Record<string, unknown>> {
  const row = await env.DB.prepare(
    'SELECT (SELECT count(*) FROM events) events, (SELECT count(*) FROM deliveries) deliveries, (SELECT count(*) FROM attempts) attempts',
  ).first();
  return row ?? {};
}

beforeEach(async () => {
  for (const table of ['partitions', 'events', 'deliveries', 'attempts'])
    await env.DB.exec(`DELETE FROM ${table}`);
});

describe('appending to the journal', () => {
  it('writes events, deliveries and attempts and moves the partition on', async () => {
    const record = makeRecord({ number: 1, delivery: succeeded, attempts: [makeAttempt()] });

    const answer = await journal.append(batch(0, 5, [{ record, payload: makePayload() }]));

    expect(answer).toMatchObject({ appliedThrough: 5 });
    expect(await counts()).toEqual({ events: 1, deliveries: 1, attempts: 1 });
    const row = await env.DB.prepare('SELECT * FROM deliveries').first();
    expect(row).toMatchObject({
      id: 'dlv_0_1',
      event_record_id: 'evt_0_1',
      status: 'succeeded',
      reason: 'succeeded',
      document_id: 'so-1',
      document_number: 'SO0001',
      document_state: 'confirmed',
      position: 'dlv_0_1',
      replay_of: null,
    });
  });

  it('changes nothing when the same batch comes twice', async () => {
    const record = makeRecord({ number: 1, delivery: succeeded, attempts: [makeAttempt()] });
    const same = batch(0, 5, [{ record, payload: makePayload() }]);
    await journal.append(same);
    const before = await env.DB.prepare('SELECT * FROM deliveries').all();

    const answer = await journal.append(same);

    expect(answer).toMatchObject({ appliedThrough: 5 });
    expect((await env.DB.prepare('SELECT * FROM deliveries').all()).results).toEqual(before.results);
    expect(await counts()).toEqual({ events: 1, deliveries: 1, attempts: 1 });
  });

  it('applies nothing of a batch that does not begin where the partition stands, and says where it stands', async () => {
    await journal.append(batch(0, 5, [{ record: makeRecord({ number: 1 }), payload: makePayload() }]));

    const ahead = await journal.append(
      batch(7, 9, [{ record: makeRecord({ number: 2 }), payload: makePayload() }]),
    );
    const behind = await journal.append(
      batch(3, 9, [{ record: makeRecord({ number: 3 }), payload: makePayload() }]),
    );

    expect([ahead, behind]).toMatchObject([{ appliedThrough: 5 }, { appliedThrough: 5 }]);
    expect(await counts()).toEqual({ events: 1, deliveries: 1, attempts: 0 });
  });

  it('tells a sequencer that is ahead of a lost journal to begin again', async () => {
    const answer = await journal.append(
      batch(40, 41, [{ record: makeRecord({ number: 9 }), payload: null }]),
    );

    expect(answer).toMatchObject({ appliedThrough: 0 });
    expect(await counts()).toEqual({ events: 0, deliveries: 0, attempts: 0 });
  });

  it('keeps partitions and generations apart', async () => {
    await journal.append(batch(0, 5, [{ record: makeRecord({ number: 1 }), payload: makePayload() }]));
    const third = { record: makeRecord({ number: 1, partition: 3 }), payload: makePayload() };
    await journal.append({ ...batch(0, 8, [third]), partition: 3 });
    const other = await journal.append({ ...batch(0, 2, []), partition: 3, generation: 2 });

    expect(other).toMatchObject({ appliedThrough: 2 });
    expect((await env.DB.prepare('SELECT * FROM partitions').all()).results).toHaveLength(3);
  });

  it('keeps the body when a later change of the record comes without it', async () => {
    await journal.append(
      batch(0, 1, [{ record: makeRecord({ number: 1 }), payload: makePayload('{"a":1}') }]),
    );
    const later = makeRecord({ number: 1, delivery: succeeded, changeNumber: 4, attempts: [makeAttempt()] });
    await journal.append(batch(1, 4, [{ record: later, payload: null }]));

    const found = await journal.find('dlv_0_1');

    expect(new TextDecoder().decode(found?.payload?.body)).toBe('{"a":1}');
    expect(found?.status).toBe('succeeded');
    expect(found?.record.changeNumber).toBe(4);
  });

  it('writes an attempt once, however often its record comes', async () => {
    const record = makeRecord({ number: 1, attempts: [makeAttempt()] });
    await journal.append(batch(0, 1, [{ record, payload: makePayload() }]));
    const changed = makeAttempt({ outcome: { kind: 'x', effect: 'none', reason: null, message: null } });
    await journal.append(
      batch(1, 2, [
        { record: { ...record, attempts: [changed, makeAttempt({ number: 2, epoch: 9 })] }, payload: null },
      ]),
    );

    const found = await journal.find('dlv_0_1');

    expect(found?.attempts.map((attempt) => [attempt.number, attempt.outcome.kind])).toEqual([
      [1, 'rejected'],
      [2, 'rejected'],
    ]);
  });

  it('throws a PortError when the database is away, and applies the batch afterwards', async () => {
    const away = {
      ...env.DB,
      prepare: (sql: string) => env.DB.prepare(sql),
      batch: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')),
    };
    const broken = createD1Journal(away as unknown as D1Database);
    const same = batch(0, 1, [{ record: makeRecord({ number: 1 }), payload: makePayload() }]);

    const failure = await broken.append(same).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(PortError);
    expect(failure).toMatchObject({ retryable: true, overloaded: false });
    expect(await journal.append(same)).toMatchObject({ appliedThrough: 1 });
  });
});

describe('bodies', () => {
  const binary = (size: number) =>
    Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 255);

  it.each([0, 1, 255, limits.maxInlineBodyBytes, limits.maxInlineBodyBytes + 1, limits.maxBodyBytes])(
    'keeps %i bytes of any value as they came',
    async (size) => {
      const body = binary(size);
      await journal.append(batch(0, 1, [{ record: makeRecord({ number: 1 }), payload: makePayload(body) }]));

      const found = await journal.find('dlv_0_1');

      expect(found?.payload?.body.byteLength).toBe(size);
      expect(found?.payload?.body.every((byte, index) => byte === body[index])).toBe(true);
      expect(await env.DB.prepare('SELECT typeof(body) t FROM events').first('t')).toBe('blob');
    },
  );

  it('writes nothing of a large body when the batch does not apply', async () => {
    await journal.append(batch(0, 1, [{ record: makeRecord({ number: 1 }), payload: makePayload('{}') }]));

    await journal.append(
      batch(0, 2, [{ record: makeRecord({ number: 1 }), payload: makePayload(binary(limits.maxBodyBytes)) }]),
    );

    expect((await journal.find('dlv_0_1'))?.payload?.body.byteLength).toBe(2);
  });
});

describe('finding one delivery', () => {
  it('gives back the whole record, its deliveries in their order and text of any script', async () => {
    const record = makeRecord({
      number: 1,
      event: { eventId: 'Bestellung „ä" 注文 \u0001 \\ \'', entity: null, occurredAt: null },
      delivery: {
        state: {
          status: 'dead_lettered',
          reason: 'rejected',
          code: 'period_closed',
          message: 'größer',
          at: 1,
        },
      },
    });
    const second = { ...record.deliveries[0]!, id: 'dlv_0_z', routeId: 'shop-orders.invoice' };
    const both = { ...record, deliveries: [second, record.deliveries[0]!] };
    await journal.append(batch(0, 1, [{ record: both, payload: makePayload() }]));

    const found = await journal.find('dlv_0_1');

    expect(found?.record).toEqual(both);
    expect(found?.delivery).toEqual(record.deliveries[0]);
    expect(found?.payload).toEqual(makePayload());
    expect(found?.status).toBe('dead_lettered');
  });

  it('is null for what it never saw', async () => {
    expect(await journal.find('dlv_0_nothing')).toBeNull();
  });
});

async function walk(
  filter: DeliveryFilter,
  limit: number,
  between?: () => Promise<unknown>,
): Promise<DeliveryView[]> {
  const seen: DeliveryView[] = [];
  let cursor: ListCursor | null = null;
  for (let page = 0; page < 100; page += 1) {
    const { views } = await journal.list({ filter, cursor, limit });
    seen.push(...views);
    const last = views.at(-1);
    if (last === undefined) return seen;
    cursor = { receivedAt: last.event.receivedAt, id: last.delivery.id };
    await between?.();
  }
  throw new Error('the walk did not end');
}

describe('listing', () => {
  it('runs from the newest, and a walk sees each once while others are added', async () => {
    const at = (number: number) => ({ receivedAt: testTime + Math.floor(number / 3) });
    const entries = Array.from({ length: 25 }, (_, index) => ({
      record: makeRecord({ number: index + 1, event: at(index) }),
      payload: makePayload(),
    }));
    await journal.append(batch(0, 25, entries));
    let number = 25;
    const add = () => {
      number += 1;
      const record = makeRecord({ number, event: { receivedAt: testTime + 1_000 + number } });
      return journal.append(batch(number - 1, number, [{ record, payload: makePayload() }]));
    };

    const seen = await walk({}, 4, add);

    const ids = seen.map((view) => view.delivery.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids)).toEqual(new Set(entries.map((entry) => entry.record.deliveries[0]?.id)));
    const keys = seen.map((view) => `${view.event.receivedAt}/${view.delivery.id}`);
    expect(keys).toEqual([...keys].sort().reverse());
  });

  it('answers each filter', async () => {
    const dead: Delivery['state'] = {
      status: 'dead_lettered',
      reason: 'rejected',
      code: 'period_closed',
      message: 'm',
      at: 1,
    };
    const one = makeRecord({
      number: 1,
      event: { eventId: 'first', source: 'stripe', type: 'charge.refunded' },
    });
    const two = makeRecord({
      number: 2,
      event: { orderingKey: 'order/2' },
      delivery: {
        ...{ state: dead, target: 'other' },
        own: { of: 'dlv_0_1', recordId: 'SKU-7', input: null },
      },
    });
    const three = makeRecord({
      number: 3,
      delivery: { ...succeeded, operation: 'invoice.post', routeId: 'r3' },
    });
    await journal.append(
      batch(
        0,
        3,
        [one, two, three].map((record) => ({ record, payload: makePayload() })),
      ),
    );
    const ids = async (filter: DeliveryFilter) =>
      (await journal.list({ filter, cursor: null, limit: 10 })).views.map((view) => view.delivery.id);

    expect(await ids({})).toEqual(['dlv_0_3', 'dlv_0_2', 'dlv_0_1']);
    expect(await ids({ status: ['succeeded'] })).toEqual(['dlv_0_3']);
    expect(await ids({ status: ['succeeded', 'pending'] })).toEqual(['dlv_0_3', 'dlv_0_1']);
    expect(await ids({ status: ['dead_lettered', 'resolved'] })).toEqual(['dlv_0_2']);
    expect(await ids({ reason: 'rejected' })).toEqual(['dlv_0_2']);
    expect(await ids({ reason: 'period_closed' })).toEqual(['dlv_0_2']);
    expect(await ids({ source: 'stripe' })).toEqual(['dlv_0_1']);
    expect(await ids({ target: 'other' })).toEqual(['dlv_0_2']);
    expect(await ids({ operation: 'invoice.post' })).toEqual(['dlv_0_3']);
    expect(await ids({ route: 'r3' })).toEqual(['dlv_0_3']);
    expect(await ids({ orderingKey: 'order/2' })).toEqual(['dlv_0_2']);
    expect(await ids({ eventId: 'first' })).toEqual(['dlv_0_1']);
    for (const document of ['so-1', 'SO0001']) expect(await ids({ document })).toEqual(['dlv_0_3']);
    expect(await ids({ document: 'SO0002' })).toEqual([]);
    expect(await ids({ record: 'SKU-7' })).toEqual(['dlv_0_2']);
    expect(await ids({ record: 'SKU-7', target: 'erp' })).toEqual([]);
    expect(await ids({ type: 'charge.refunded' })).toEqual(['dlv_0_1']);
    expect(await ids({ receivedFrom: testTime + 2 })).toEqual(['dlv_0_3', 'dlv_0_2']);
    expect(await ids({ receivedTo: testTime + 2 })).toEqual(['dlv_0_1']);
    expect(await ids({ source: 'shopify', status: ['succeeded'], target: 'other' })).toEqual([]);
  });

  const cursor = { receivedAt: testTime, id: 'dlv_0_1' };
  const filters: DeliveryFilter[] = [
    {},
    { source: 'shopify', status: ['succeeded'] },
    { orderingKey: 'order/1' },
    { eventId: 'e', source: 'shopify' },
    { status: ['dead_lettered'], reason: 'rejected' },
    { receivedFrom: 1, receivedTo: 2 },
  ];
  it.each(filters)('finds a page in an index alone, in list order: %j', async (filter) => {
    const { sql, parameters } = toListQuery({ filter, cursor, limit: 10 });

    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...parameters)
      .all<{ id: number; parent: number; detail: string }>();

    const page = plan.results.find(({ parent }) => parent === 0);
    const inner = plan.results.filter(({ parent }) => parent === page?.id).map(({ detail }) => detail);
    const keyed = filter.orderingKey !== undefined || filter.eventId !== undefined;
    expect(inner).toEqual([
      expect.stringMatching(
        keyed ? /^SEARCH deliveries USING (?:COVERING )?INDEX/ : /^SEARCH deliveries USING COVERING INDEX/,
      ),
    ]);
    expect(plan.results.map(({ detail }) => detail).join()).not.toMatch(/SCAN [de]\b/);
  });
});
