// Lists out of the journal's blocks and rows: the same as a plain sort over everything, for any journal, and for a bounded number of
// queries and blocks, for how long they take no test can say.
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryState, DeliveryStatus } from '../../../src/core/delivery.ts';
import { compareInList, matchesFilter } from '../../../src/core/delivery-filter.ts';
import { formatId } from '../../../src/core/ids.ts';
import { limits } from '../../../src/core/limits.ts';
import type { DeliveryFilter, DeliveryView, ListCursor } from '../../../src/core/sequencer/messages.ts';
import type { JournalEntry, JournalReader } from '../../../src/pipeline/ports.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { createD1Retention } from '../../../src/platform/d1/d1-retention.ts';
import { makeAttempt, makePayload, makeRecord, testTime } from '../../support/records.ts';

const succeeded: DeliveryState = { status: 'succeeded', how: 'succeeded', at: testTime + 50 };
const skipped: DeliveryState = { status: 'skipped', note: 'not wanted', at: testTime + 50 };

type Made = {
  readonly partition: number;
  readonly number: number;
  readonly receivedAt: number;
  readonly source?: string;
  /** In rows of its own, not in a block. */
  readonly isRow?: boolean;
};

function makeEntry({ partition, number, receivedAt, source = 'shopify', isRow = false }: Made): JournalEntry {
  const delivery = { state: isRow ? skipped : succeeded, attemptCount: 1 };
  const attempts = [makeAttempt({ deliveryId: formatId('dlv', partition, number) })];
  const record = makeRecord({ number, partition, delivery, attempts, event: { source, receivedAt } });
  return { record, payload: makePayload(), simple: !isRow };
}

function viewsOf({ record }: JournalEntry): DeliveryView[] {
  return record.deliveries.map((delivery) => ({
    ...{ delivery, status: delivery.state.status, eventRecordId: record.id, event: record.event },
    waiting: null,
  }));
}

async function walk(reader: JournalReader, filter: DeliveryFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: ListCursor | null = null;
  for (let pages = 0; pages < 500; pages += 1) {
    const { views, resume } = await reader.list({ filter, cursor, limit });
    ids.push(...views.map(({ delivery }) => delivery.id));
    const last = views.at(-1);
    if (views.length < limit && resume === null) return ids;
    const isFull = views.length >= limit && last !== undefined;
    cursor = isFull ? { receivedAt: last.event.receivedAt, id: last.delivery.id } : resume;
  }
  throw new Error('the walk did not end');
}

/** Of the statements of one piece of work: how many were run, and how many blocks were read with them. */
function countingDatabase(): {
  readonly db: D1Database;
  readonly take: () => { queries: number; blocks: number };
} {
  let counted = { queries: 0, blocks: 0 };
  const count = (results: readonly unknown[]): void => {
    const isBlock = (row: unknown) => typeof row === 'object' && row !== null && 'entries' in row;
    counted = { queries: counted.queries + 1, blocks: counted.blocks + results.filter(isBlock).length };
  };
  const wrap = (statement: D1PreparedStatement) => ({
    bind: (...values: unknown[]) => wrap(statement.bind(...values)),
    all: async () => {
      const answer = await statement.all();
      count(answer.results);
      return answer;
    },
    first: async () => {
      const row = await statement.first();
      count([row]);
      return row;
    },
  });
  const db = { prepare: (sql: string) => wrap(env.DB.prepare(sql)) } as unknown as D1Database;
  return {
    db,
    take: () => {
      const taken = counted;
      counted = { queries: 0, blocks: 0 };
      return taken;
    },
  };
}

async function clear(): Promise<void> {
  const tables = ['partitions', 'events', 'deliveries', 'attempts', 'journal_blocks', 'retention'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

beforeEach(clear);

/** Batches of one journal as its partitions might flush them, of times that lie close, far apart, and on each other. */
const journals = fc.array(
  fc.record({
    partition: fc.nat({ max: 3 }),
    events: fc.array(
      fc.record({
        ageMs: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 3 * limits.maxBlockSpanMs })),
        source: fc.constantFrom('shopify', 'stripe'),
        isRow: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  { maxLength: 24 },
);

describe('a list, page by page', () => {
  it('is what a plain sort over everything gives, whatever the partitions, blocks and times', async () => {
    const filters = fc.record(
      {
        source: fc.constantFrom('shopify', 'stripe'),
        status: fc.constantFrom<DeliveryStatus[]>(['succeeded'], ['skipped', 'succeeded']),
        receivedFrom: fc.constant(testTime - limits.maxBlockSpanMs),
        receivedTo: fc.constantFrom(testTime, testTime - 3),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        journals,
        fc.array(filters, { maxLength: 2 }),
        fc.integer({ min: 1, max: 12 }),
        async (batches, asked, limit) => {
          await clear();
          const journal = createD1Journal(env.DB);
          const standing = new Map<number, number>();
          const all: DeliveryView[] = [];
          for (const { partition, events } of batches) {
            const from = standing.get(partition) ?? 0;
            const entries = events.map(({ ageMs, ...rest }, index) =>
              makeEntry({ partition, number: from + index + 1, receivedAt: testTime - ageMs, ...rest }),
            );
            const to = from + entries.length;
            await journal.append({ generation: 1, partition, from, to, entries });
            standing.set(partition, to);
            all.push(...entries.flatMap(viewsOf));
          }
          const sorted = all.sort(compareInList);
          // The first of them again at the end: what was unpacked for the others is the same.
          for (const filter of [{}, ...asked, {}]) {
            const wanted = sorted
              .filter((view) => matchesFilter(filter, view))
              .map(({ delivery }) => delivery.id);
            expect(await walk(journal, filter, limit)).toEqual(wanted);
          }
        },
      ),
      { numRuns: 40, seed: 20_260_301, endOnFailure: false },
    );
  }, 120_000);
});

describe('what a page costs', () => {
  const partitions = 64;
  const perBlock = 20;
  const blocks = 6;

  /** Every partition flushes `blocks` times what came in turn to all of them. */
  async function fill(): Promise<void> {
    const journal = createD1Journal(env.DB);
    for (let block = 0; block < blocks; block += 1) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const from = block * perBlock;
        const entries = Array.from({ length: perBlock }, (_, index) => {
          const number = from + index + 1;
          return makeEntry({ partition, number, receivedAt: testTime + number * 1_000 + partition });
        });
        await journal.append({ generation: 1, partition, from, to: from + perBlock, entries });
      }
    }
  }

  it('is one block of each partition at most for the newest 50, and no block again', async () => {
    await fill();
    const { db, take } = countingDatabase();
    const journal = createD1Journal(db);
    const request = { filter: {}, cursor: null, limit: 51 };
    const { views } = await journal.list(request);
    // The rows, the places of blocks, and twice the blocks.
    expect(take()).toEqual({ queries: 4, blocks: 2 * limits.blocksPerRead });
    await journal.list(request);
    expect(take()).toEqual({ queries: 2, blocks: 0 });
    const last = views.at(-1);
    const cursor = { receivedAt: last?.event.receivedAt ?? 0, id: last?.delivery.id ?? '' };
    await journal.list({ ...request, cursor });
    // Those of partitions that had nothing in the first page.
    expect(take()).toEqual({ queries: 3, blocks: limits.blocksPerRead });
    await journal.list({ ...request, cursor });
    expect(take()).toEqual({ queries: 2, blocks: 0 });
  });

  it('is every block once for a walk over all of them, and a few that were not needed yet', async () => {
    await fill();
    const { db, take } = countingDatabase();
    expect(await walk(createD1Journal(db), {}, 100)).toHaveLength(partitions * blocks * perBlock);
    const { blocks: read } = take();
    expect(read).toBeGreaterThanOrEqual(partitions * blocks);
    expect(read).toBeLessThan(1.5 * partitions * blocks);
  });

  it('is one read where the newest block holds the page', async () => {
    const journal = createD1Journal(env.DB);
    for (let block = 0; block < 40; block += 1) {
      const from = block * perBlock;
      const numbers = Array.from({ length: perBlock }, (_, index) => from + index + 1);
      const entries = numbers.map((number) =>
        makeEntry({ partition: 0, number, receivedAt: testTime + number }),
      );
      await journal.append({ generation: 1, partition: 0, from, to: from + perBlock, entries });
    }
    const { db, take } = countingDatabase();
    await createD1Journal(db).list({ filter: {}, cursor: null, limit: 10 });
    expect(take()).toEqual({ queries: 3, blocks: limits.blocksPerRead });
  });
});

describe('a block that was unpacked', () => {
  it('is not shown once retention has removed it', async () => {
    const horizonMs = 1_000;
    const journal = createD1Journal(env.DB);
    const retention = createD1Retention(env.DB, { bodyRetentionMs: horizonMs, ledgerHorizonMs: horizonMs });
    const entries = [makeEntry({ partition: 0, number: 1, receivedAt: testTime })];
    await journal.append({ generation: 1, partition: 0, from: 0, to: 1, entries });
    expect(await walk(journal, {}, 10)).toEqual(['dlv_0_1']);
    await retention.step(testTime + 2 * horizonMs);
    expect(await walk(journal, {}, 10)).toEqual([]);
  });
});
