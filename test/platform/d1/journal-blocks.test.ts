// Blocks of the journal against the real SQLite of the runtime: what simply succeeded, many events a row, and read back.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/core/delivery.ts';
import { formatId } from '../../../src/core/ids.ts';
import { limits } from '../../../src/core/limits.ts';
import type { DeliveryFilter, ListCursor } from '../../../src/core/sequencer/messages.ts';
import type { JournalBatch, JournalEntry } from '../../../src/pipeline/ports.ts';
import { toPlaceQuery } from '../../../src/platform/d1/d1-block-places.ts';
import { readBlocks } from '../../../src/platform/d1/d1-block-views.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { createD1Retention } from '../../../src/platform/d1/d1-retention.ts';
import { makeAttempt, makePayload, makeRecord, testTime } from '../../support/records.ts';

const dayMs = 24 * 3600 * 1000;
let journal = createD1Journal(env.DB);
const retention = createD1Retention(env.DB, { bodyRetentionMs: 30 * dayMs, ledgerHorizonMs: 400 * dayMs });

const succeeded: Partial<Delivery> = {
  state: { status: 'succeeded', how: 'succeeded', at: testTime + 50 },
  attemptCount: 1,
};
const dead: Delivery['state'] = {
  status: 'dead_lettered',
  reason: 'rejected',
  code: 'c',
  message: 'm',
  at: 1,
};

type Changes = Omit<Parameters<typeof makeRecord>[0], 'number'>;

function simple(number: number, changes: Changes = {}, body?: Uint8Array<ArrayBuffer>): JournalEntry {
  const deliveryId = formatId('dlv', changes.partition ?? 0, number);
  const attempts = [makeAttempt({ deliveryId })];
  const record = makeRecord({ number, delivery: succeeded, attempts, ...changes });
  return { record, payload: makePayload(body ?? `{"id":${number}}`), simple: true };
}

function batch(from: number, entries: readonly JournalEntry[], changes: Partial<JournalBatch> = {}) {
  const to = entries.at(-1)?.record.changeNumber ?? from;
  return { generation: 1, partition: 0, from, to, entries, ...changes };
}

const simples = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => simple(from + index));

async function count(table: string): Promise<number | null> {
  return env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n');
}

beforeEach(async () => {
  // What it has unpacked it keeps, and a block stands for what it stood for: the tests write other blocks at the same places.
  journal = createD1Journal(env.DB);
  for (const table of ['partitions', 'events', 'deliveries', 'attempts', 'journal_blocks', 'retention'])
    await env.DB.exec(`DELETE FROM ${table}`);
});

describe('what simply succeeded', () => {
  it('is one row with its index entry for a whole batch, and the place of its partition', async () => {
    const before = await rowsWritten(() => journal.append(batch(0, simples(200))));
    expect(await count('journal_blocks')).toBe(1);
    expect(await count('deliveries')).toBe(0);
    expect(before).toBeLessThanOrEqual(4);
  });

  it('is found again by its id, with its body, its attempt and what was sent', async () => {
    const entries = simples(200);
    await journal.append(batch(0, entries));
    const found = await journal.find('dlv_0_2s');
    const { record, payload } = entries[99]!;
    expect(found).toMatchObject({ delivery: record.deliveries[0], status: 'succeeded', payload });
    expect(found?.attempts).toEqual(record.attempts);
    expect(found?.record).toEqual({ ...record, attempts: [] });
    expect(await journal.find('dlv_0_zz')).toBeNull();
    expect(await journal.find('dlv_1_2s')).toBeNull();
  });

  it('is found although it ended long after others that began with it', async () => {
    for (let n = 1; n <= 40; n += 1)
      await journal.append(batch(n * 100 - 100, [simple(n, { changeNumber: n * 100 })]));
    const late = simple(41, { changeNumber: 90_000 });
    await journal.append(batch(4_000, [late]));
    expect((await journal.find(late.record.deliveries[0]?.id ?? ''))?.record.changeNumber).toBe(90_000);
  });

  it('keeps bodies of any bytes as they came', async () => {
    const bodies = [[], [0xff, 0xfe, 0], [0xef, 0xbb, 0xbf, 0x7b, 0x7d], [0xed, 0xa0, 0x80]];
    const entries = bodies.map((body, index) => simple(index + 1, {}, Uint8Array.from(body)));
    await journal.append(batch(0, entries));
    for (const [index, body] of bodies.entries()) {
      expect([...((await journal.find(`dlv_0_${index + 1}`))?.payload?.body ?? [])]).toEqual(body);
    }
  });

  it('has rows of its own where it is too large for a block', async () => {
    const body = Uint8Array.from(
      { length: limits.maxBodyBytes },
      (_, index) => (index * 31 + (index >> 8)) & 255,
    );
    await journal.append(batch(0, [simple(1), simple(2, {}, body), simple(3)]));
    expect([await count('journal_blocks'), await count('events')]).toEqual([1, 1]);
    expect((await journal.find('dlv_0_2'))?.payload?.body).toEqual(body);
    expect((await journal.find('dlv_0_3'))?.status).toBe('succeeded');
  });

  it('goes into several blocks where one would not hold it, none of which is over a row', async () => {
    const noise = (seed: number) =>
      Uint8Array.from(
        { length: 200_000 },
        (_, index) => (Math.imul(index + seed, 2_654_435_761) >>> 13) & 255,
      );
    await journal.append(
      batch(
        0,
        [1, 2, 3, 4, 5, 6].map((n) => simple(n, {}, noise(n))),
      ),
    );
    expect(await count('journal_blocks')).toBeGreaterThan(1);
    for (const n of [1, 6]) expect((await journal.find(`dlv_0_${n}`))?.payload?.body).toEqual(noise(n));
  });

  it('is written once, and not where the batch does not begin where the partition stands', async () => {
    const same = batch(0, simples(3));
    expect(await journal.append(same)).toEqual({ appliedThrough: 3, completeThrough: 3 });
    expect(await journal.append(same)).toEqual({ appliedThrough: 3, completeThrough: 3 });
    expect(await journal.append(batch(7, simples(2, 8)))).toMatchObject({ appliedThrough: 3 });
    expect(await count('journal_blocks')).toBe(1);
  });
});

describe('lists', () => {
  async function walk(filter: DeliveryFilter, limit: number): Promise<{ ids: string[]; pages: number }> {
    const ids: string[] = [];
    let cursor: ListCursor | null = null;
    for (let pages = 1; pages < 1_000; pages += 1) {
      const { views, resume } = await journal.list({ filter, cursor, limit });
      ids.push(...views.map(({ delivery }) => delivery.id));
      const last = views.at(-1);
      if (views.length < limit && resume === null) return { ids, pages };
      cursor =
        views.length >= limit && last !== undefined
          ? { receivedAt: last.event.receivedAt, id: last.delivery.id }
          : resume;
    }
    throw new Error('the walk did not end');
  }

  it('run through blocks and rows of all partitions in one order, each delivery once', async () => {
    const wanted: { id: string; at: number }[] = [];
    for (let partition = 0; partition < 4; partition += 1) {
      let from = 0;
      for (let block = 0; block < 12; block += 1) {
        const entries = Array.from({ length: 5 }, (_, index) => {
          const number = block * 5 + index + 1;
          const receivedAt = testTime + number * 40 + ((number * 7 + partition * 13) % 90);
          const isDead = number % 11 === 0;
          const entry = simple(number, {
            partition,
            event: { receivedAt },
            ...(isDead ? { delivery: { state: dead } } : {}),
          });
          wanted.push({ id: entry.record.deliveries[0]?.id ?? '', at: receivedAt });
          return { ...entry, simple: !isDead };
        });
        const piece = batch(from, entries, { partition });
        await journal.append(piece);
        from = piece.to;
      }
    }
    const byTime = (a: (typeof wanted)[number], b: (typeof wanted)[number]) =>
      b.at - a.at || (a.id < b.id ? 1 : -1);
    const all = wanted.sort(byTime).map(({ id }) => id);
    for (const limit of [3, 17, 200]) expect((await walk({}, limit)).ids).toEqual(all);
  });

  it('filter what is in blocks, by source and time too', async () => {
    await journal.append(
      batch(0, [
        simple(1, { event: { source: 'stripe', eventId: 'wanted' } }),
        simple(2),
        simple(3, { delivery: { ...succeeded, target: 'other' } }),
        { ...simple(4, { delivery: { state: dead } }), simple: false },
      ]),
    );
    const ids = async (filter: DeliveryFilter) => (await walk(filter, 10)).ids;
    expect(await ids({})).toEqual(['dlv_0_4', 'dlv_0_3', 'dlv_0_2', 'dlv_0_1']);
    expect(await ids({ source: 'stripe' })).toEqual(['dlv_0_1']);
    expect(await ids({ eventId: 'wanted' })).toEqual(['dlv_0_1']);
    expect(await ids({ target: 'other' })).toEqual(['dlv_0_3']);
    expect(await ids({ status: ['succeeded'] })).toEqual(['dlv_0_3', 'dlv_0_2', 'dlv_0_1']);
    expect(await ids({ status: ['dead_lettered'] })).toEqual(['dlv_0_4']);
    expect(await ids({ reason: 'rejected' })).toEqual(['dlv_0_4']);
    expect(await ids({ receivedFrom: testTime + 2, receivedTo: testTime + 4 })).toEqual([
      'dlv_0_3',
      'dlv_0_2',
    ]);
  });

  it('end a page after so many blocks that have to be read, and go on from there', async () => {
    const blocks = limits.maxSearchedBlocks + 40;
    const statements = Array.from({ length: blocks }, (_, n) => batch(n, [simple(n + 1)]));
    for (const each of statements) await journal.append(each);
    // At once: what they can be found by says which it is.
    expect(await walk({ eventId: 'evt-0-1' }, 10)).toEqual({ ids: ['dlv_0_1'], pages: 1 });
    expect((await walk({ eventId: 'evt-0-none' }, 10)).pages).toBe(1);
    // As an earlier build wrote them.
    await env.DB.exec('UPDATE journal_blocks SET search = NULL');
    const first = await journal.list({ filter: { eventId: 'evt-0-1' }, cursor: null, limit: 10 });
    expect(first.views).toEqual([]);
    expect(first.resume).not.toBeNull();
    const { ids, pages } = await walk({ eventId: 'evt-0-1' }, 10);
    expect([ids, pages]).toEqual([['dlv_0_1'], 2]);
  });

  it('end a page after so many blocks that were passed over, too', async () => {
    await journal.append(batch(0, [simple(1)]));
    await env.DB.prepare(
      `INSERT INTO journal_blocks (generation, partition, to_number, first_number, last_number, first_received_at,
        last_received_at, event_count, format, entries, search)
      WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT ?1)
      SELECT 1, 1, value, value, value, ?2 + value, ?2 + value, 1, 1, x'00', '' FROM n`,
    )
      .bind(limits.maxScannedBlocks + 5, testTime + 1_000)
      .run();
    const first = await journal.list({ filter: { eventId: 'evt-0-1' }, cursor: null, limit: 10 });
    expect([first.views, first.resume?.receivedAt]).toEqual([[], testTime + 1_000 + 6]);
    expect(await walk({ eventId: 'evt-0-1' }, 10)).toEqual({ ids: ['dlv_0_1'], pages: 2 });
  });

  it.each<DeliveryFilter>([
    { source: 'shopify' },
    { type: 'orders/create', eventId: 'evt-0-1' },
    { operation: 'sale.confirm', target: 'erp', route: 'shop-orders.confirm-sale' },
    { reason: 'succeeded', status: ['succeeded', 'superseded'] },
    { view: { sources: ['shopify', 'stripe'], grants: [{ operation: '*', target: 'erp' }] } },
    { view: { sources: null, grants: [{ operation: 'sale.confirm', target: '*' }] } },
  ])('find by %j what they find when every block is read', async (filter) => {
    await journal.append(batch(0, [simple(1)]));
    const other = { source: 'other', type: 'other', eventId: 'other' };
    const delivery = { ...succeeded, operation: 'o', target: 't', routeId: 'r' };
    await journal.append(batch(1, [simple(2, { event: other, delivery })]));
    const { ids } = await walk(filter, 10);
    expect(ids).toContain('dlv_0_1');
    await env.DB.exec('UPDATE journal_blocks SET search = NULL');
    expect((await walk(filter, 10)).ids).toEqual(ids);
  });

  it('pass over blocks in their index alone, in list order', async () => {
    const filter: DeliveryFilter = { eventId: 'e', source: 's', receivedFrom: 1, receivedTo: 9 };
    const after = { generation: 1, partition: 0, to_number: 3, first_received_at: 3, last_received_at: 3 };
    const { sql, values } = toPlaceQuery({ filter, cursor: { receivedAt: 5, id: 'x' }, limit: 10 }, after);
    const planOf = async (query: string, bound: readonly unknown[]) => {
      const prepared = env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`).bind(...bound);
      return (await prepared.all<{ detail: string }>()).results.map(({ detail }) => detail);
    };
    const details = [...(await planOf(sql, values)), ...(await planOf(readBlocks, ['[[1,0,3]]']))];
    expect(details).toContainEqual(
      expect.stringMatching(/^SEARCH journal_blocks USING COVERING INDEX journal_blocks_by_receipt/),
    );
    expect(details).toContainEqual(expect.stringMatching(/^SEARCH block USING PRIMARY KEY/));
    expect(details.join()).not.toMatch(/SCAN (?:journal_blocks|block)\b/);
  });
});

describe('retention of blocks', () => {
  it('removes bodies and what was sent past their time, and later the block', async () => {
    await journal.append(batch(0, simples(3)));
    expect(await retention.step(testTime + 29 * dayMs)).toEqual({ strippedCount: 0, removedCount: 0 });
    expect(await retention.step(testTime + 31 * dayMs)).toEqual({ strippedCount: 3, removedCount: 0 });
    const found = await journal.find('dlv_0_2');
    expect(found).toMatchObject({
      payload: null,
      status: 'succeeded',
      attempts: [{ exchanges: [], input: null }],
    });
    expect(await retention.step(testTime + 31 * dayMs)).toEqual({ strippedCount: 0, removedCount: 0 });
    expect(await retention.step(testTime + 401 * dayMs)).toEqual({ strippedCount: 0, removedCount: 3 });
    expect(await journal.find('dlv_0_2')).toBeNull();
  });

  it('keeps a block for as long as one event in it is kept', async () => {
    const late = simple(2, { event: { receivedAt: testTime + limits.maxBlockSpanMs } });
    await journal.append(batch(0, [simple(1), late]));
    expect((await retention.step(testTime + 30 * dayMs + 1)).strippedCount).toBe(0);
    expect((await retention.step(testTime + 30 * dayMs + limits.maxBlockSpanMs + 1)).strippedCount).toBe(2);
  });
});

describe('an earlier build over the same journal', () => {
  /** Its statements, as they were before there were blocks. */
  const advance = (to: number, from: number) =>
    env.DB.prepare(
      'UPDATE partitions SET applied_through = ?1 WHERE generation = 1 AND partition = 0 AND applied_through = ?2',
    ).bind(to, from);
  const standing = () =>
    env.DB.prepare('SELECT applied_through FROM partitions').first<number>('applied_through');

  it('stands before what waited quietly, so that it sends that with its body', async () => {
    await journal.append(batch(0, simples(9), { completeThrough: 4 }));
    expect(await standing()).toBe(4);
  });

  it('may go on beyond, and the present build goes on from where it came to', async () => {
    await journal.append(batch(0, simples(9), { completeThrough: 4 }));
    await advance(6, 4).run();
    const probe = batch(-1, [], { to: -1 });
    expect(await journal.append(probe)).toEqual({ appliedThrough: 9, completeThrough: 6 });
    await advance(20, 6).run();
    expect(await journal.append(probe)).toEqual({ appliedThrough: 20, completeThrough: 20 });
    expect(await journal.append(batch(20, simples(2, 21)))).toMatchObject({ appliedThrough: 22 });
  });

  it('may have left an open row of what has ended since: the block counts', async () => {
    await journal.append(batch(0, [{ ...simple(1, { delivery: {} }), simple: false }]));
    await journal.append(batch(1, [simple(1, { changeNumber: 5 })]));
    expect((await journal.find('dlv_0_1'))?.status).toBe('succeeded');
    const page = await journal.list({ filter: {}, cursor: null, limit: 10 });
    expect(page.views.map(({ status }) => status)).toEqual(['succeeded']);
  });
});

/** As D1 counts them: index entries and deleted rows included. */
async function rowsWritten(work: () => Promise<unknown>): Promise<number> {
  const counted: number[] = [];
  const real = env.DB.batch.bind(env.DB);
  env.DB.batch = (async (statements: D1PreparedStatement[]) => {
    const results = await real(statements);
    counted.push(...results.map(({ meta }) => meta.rows_written));
    return results;
  }) as typeof env.DB.batch;
  try {
    await work();
  } finally {
    env.DB.batch = real;
  }
  return counted.reduce((sum, each) => sum + each, 0);
}
