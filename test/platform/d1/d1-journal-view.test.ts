// The journal's lists under a view: the SQL holds what the pure rule lets through, for every view and every page.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { matchesFilter } from '../../../src/core/delivery-filter.ts';
import type { AccessView } from '../../../src/core/identity/access-view.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { makePayload, makeRecord } from '../../support/records.ts';

const journal = createD1Journal(env.DB);
const sources = ['shopify', 'stripe', 'operations/crd_1'];
const operations = ['sale.confirm', 'stock.set'];
const targets = ['erp', 'erp2'];

const records = sources.flatMap((source, s) =>
  operations.flatMap((operation, o) =>
    targets.map((target, t) =>
      makeRecord({
        number: 1 + s * 4 + o * 2 + t,
        event: { source },
        delivery: { operation, target, state: { status: 'succeeded', how: 'succeeded', at: 1 } },
      }),
    ),
  ),
);

const views: readonly AccessView[] = [
  { sources: null, grants: null },
  { sources: [], grants: null },
  { sources: null, grants: [] },
  { sources: ['shopify'], grants: null },
  { sources: ['stripe', 'operations/crd_1'], grants: [{ operation: '*', target: 'erp' }] },
  { sources: null, grants: [{ operation: 'sale.confirm', target: '*' }] },
  {
    sources: null,
    grants: [
      { operation: 'sale.confirm', target: 'erp' },
      { operation: 'stock.set', target: 'erp2' },
    ],
  },
  { sources: ["'; DROP TABLE deliveries; --"], grants: null },
];

beforeAll(async () => {
  for (const table of ['partitions', 'events', 'deliveries', 'attempts', 'journal_blocks'])
    await env.DB.exec(`DELETE FROM ${table}`);
  // Half of them in rows, half in a block.
  const entries = records.map((record, index) =>
    index % 2 === 0 ? { record, payload: null } : { record, payload: makePayload(), simple: true },
  );
  await journal.append({ generation: 1, partition: 0, from: 0, to: 20, entries });
});

describe('a list under a view', () => {
  it.each(views)('holds what the rule lets through: %j', async (view) => {
    const wanted = records
      .filter(({ event, deliveries: [delivery] }) =>
        delivery === undefined
          ? false
          : matchesFilter({ view }, { event, delivery, status: delivery.state.status }),
      )
      .map(({ deliveries: [delivery] }) => delivery?.id ?? '');
    const seen: string[] = [];
    for (let cursor = null as { receivedAt: number; id: string } | null; ; ) {
      const { views: page } = await journal.list({ filter: { view }, cursor, limit: 2 });
      seen.push(...page.map(({ delivery }) => delivery.id));
      const last = page.at(-1);
      if (last === undefined) break;
      cursor = { receivedAt: last.event.receivedAt, id: last.delivery.id };
    }
    expect(seen.sort()).toEqual(wanted.sort());
  });
});
