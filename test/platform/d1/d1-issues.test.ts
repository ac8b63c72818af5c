// Issues as the journal's rows make them: counted once in the transaction of the failure, over when nothing of them is left, open
// again when they come back, and apart for each source.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryState } from '../../../src/core/delivery.ts';
import { type AccessView, wholeView } from '../../../src/core/identity/access-view.ts';
import { type IssueAct, totalsOf } from '../../../src/core/issues/issue.ts';
import type { EventRecord } from '../../../src/core/sequencer/record.ts';
import { createD1Issues } from '../../../src/platform/d1/d1-issues.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { makePayload, makeRecord, testTime } from '../../support/records.ts';

const issues = createD1Issues(env.DB);
const journal = createD1Journal(env.DB);
let through = 0;

beforeEach(async () => {
  through = 0;
  for (const table of ['partitions', 'events', 'deliveries', 'attempts', 'issues', 'issue_sources'])
    await env.DB.exec(`DELETE FROM ${table}`);
});

async function append(...records: readonly EventRecord[]): Promise<void> {
  const entries = records.map((record) => ({ record, payload: makePayload() }));
  const from = through;
  through += 1;
  await journal.append({ generation: 1, partition: 0, from, to: through, entries });
}

const dead = (at: number, code = 'period_closed'): DeliveryState => ({
  status: 'dead_lettered',
  reason: 'rejected',
  code,
  message: `refused at ${at}`,
  at,
});
const held = (at: number): DeliveryState => ({
  status: 'held',
  cause: 'unauthorized',
  message: 'the key is refused',
  at,
});
const resolved = (at: number): DeliveryState => ({
  status: 'resolved',
  resolvedBy: 'olga',
  note: 'done',
  at,
});

/** Delivery `number` in that state, as the journal gets it at `at` (ms after the test's time). */
function failed(number: number, state: DeliveryState, source = 'shopify'): EventRecord {
  const updatedAt = 'at' in state ? state.at : testTime;
  return makeRecord({ number, event: { source }, delivery: { state, updatedAt } });
}

async function all(view: AccessView = wholeView) {
  const found = await issues.list({ states: null, cause: {}, view, before: null, limit: 100 });
  return found.map((issue) => ({ ...issue, ...totalsOf(issue.sources) }));
}

async function say(act: IssueAct, at: number): Promise<boolean> {
  const [issue] = await all();
  return issues.act(issue?.id ?? '', { act, by: 'olga', note: 'a test', at });
}

describe('an issue', () => {
  it('is all failures of one cause, with the first, the last and how many', async () => {
    await append(failed(1, dead(testTime)), failed(2, dead(testTime + 50)));
    await append(failed(3, dead(testTime + 20, 'unknown_customer')));
    const found = await all();
    expect(found.map(({ code, count, openCount }) => [code, count, openCount])).toEqual([
      ['period_closed', 2, 2],
      ['unknown_customer', 1, 1],
    ]);
    expect(found[0]).toMatchObject({
      ...{ target: 'erp', operation: 'sale.confirm', reason: 'rejected', state: 'open' },
      ...{ firstSeenAt: testTime, lastSeenAt: testTime + 50, lastDeliveryId: 'dlv_0_2' },
    });
  });

  it('counts a batch that is written twice once, and a change that is no failure not at all', async () => {
    const record = failed(1, dead(testTime));
    await append(record);
    await journal.append({
      ...{ generation: 1, partition: 0, from: 0, to: 1 },
      entries: [{ record, payload: null }],
    });
    await append({ ...record, deliveries: record.deliveries.map((each) => ({ ...each, epoch: 9 })) });
    expect(await all()).toMatchObject([{ count: 1, openCount: 1 }]);
  });

  it('is over when nothing of it is left, and open again when it fails again', async () => {
    await append(failed(1, dead(testTime)), failed(2, dead(testTime)));
    await append(failed(1, resolved(testTime + 10)));
    expect(await all()).toMatchObject([{ state: 'open', openCount: 1 }]);
    await append(failed(2, resolved(testTime + 20)));
    expect(await all()).toMatchObject([
      { state: 'resolved', stateBy: null, stateAt: testTime + 20, openCount: 0, count: 2 },
    ]);
    await append(failed(3, dead(testTime + 30)));
    expect(await all()).toMatchObject([{ state: 'open', reopenedCount: 1, openCount: 1, count: 3 }]);
  });

  it('stays as it is while a held delivery is held again for the same cause', async () => {
    await append(failed(1, held(testTime)));
    await say('acknowledge', testTime + 1);
    await append(failed(1, held(testTime + 10)));
    expect(await all()).toMatchObject([
      { reason: 'unauthorized', code: '', state: 'acknowledged', count: 2, openCount: 1 },
    ]);
    await append(failed(1, dead(testTime + 20)));
    expect((await all()).map(({ reason, state }) => [reason, state])).toEqual([
      ['rejected', 'open'],
      ['unauthorized', 'resolved'],
    ]);
  });

  it('that a person resolved is open again by what failed later, not by what failed before', async () => {
    await append(failed(1, dead(testTime)));
    expect(await say('resolve', testTime + 100)).toBe(true);
    await append(failed(2, dead(testTime + 99)));
    expect(await all()).toMatchObject([{ state: 'resolved', stateBy: 'olga', note: 'a test', count: 2 }]);
    await append(failed(3, dead(testTime + 101)));
    expect(await all()).toMatchObject([{ state: 'open', stateBy: null, note: null, reopenedCount: 1 }]);
  });

  it('that is ignored stays ignored, whatever comes and goes', async () => {
    await append(failed(1, dead(testTime)));
    expect(await say('ignore', testTime + 1)).toBe(true);
    expect(await say('acknowledge', testTime + 2)).toBe(false);
    await append(failed(2, dead(testTime + 10)));
    await append(failed(1, resolved(testTime + 20)), failed(2, resolved(testTime + 20)));
    expect(await all()).toMatchObject([{ state: 'ignored', stateBy: 'olga', count: 2, openCount: 0 }]);
    expect(await say('reopen', testTime + 30)).toBe(true);
    expect(await all()).toMatchObject([{ state: 'open' }]);
  });

  it('is told of the sources in the view alone, and not at all where there are none', async () => {
    await append(failed(1, dead(testTime)), failed(2, dead(testTime + 5), 'stripe'));
    const [seen] = await all({ sources: ['stripe'], grants: null });
    expect(seen).toMatchObject({
      count: 1,
      firstSeenAt: testTime + 5,
      message: `refused at ${testTime + 5}`,
    });
    expect(await all({ sources: ['other'], grants: null })).toEqual([]);
    expect(await all({ sources: null, grants: [{ operation: 'stock.set', target: '*' }] })).toEqual([]);
    expect(await issues.find(seen?.id ?? '', { sources: ['other'], grants: null })).toBeNull();
  });

  it('is listed page by page, by state and by cause', async () => {
    for (const n of [1, 2, 3]) await append(failed(n, dead(testTime + n, `code_${n}`)));
    const query = { states: ['open'], cause: { reason: 'rejected' }, view: wholeView, limit: 2 } as const;
    const first = await issues.list({ ...query, before: null });
    expect(first.map(({ code }) => code)).toEqual(['code_3', 'code_2']);
    const before = { lastSeenAt: testTime + 2, id: first[1]?.id ?? '' };
    expect((await issues.list({ ...query, before })).map(({ code }) => code)).toEqual(['code_1']);
    expect(await issues.list({ ...query, states: ['ignored'], before: null })).toEqual([]);
    expect(await issues.list({ ...query, cause: { code: 'code_9' }, before: null })).toEqual([]);
  });

  it('is forgotten only when it has been over for long', async () => {
    await append(failed(1, dead(testTime)), failed(2, dead(testTime, 'other')));
    await append(failed(1, resolved(testTime + 10)));
    expect(await issues.forget(testTime + 10)).toBe(0);
    expect(await issues.forget(testTime + 11)).toBe(1);
    expect((await all()).map(({ code }) => code)).toEqual(['other']);
  });
});

describe('a list of deliveries by the cause of an issue', () => {
  it('holds what has exactly its code, and none for what was held', async () => {
    await append(failed(1, dead(testTime)), failed(2, dead(testTime, 'other')), failed(3, held(testTime)));
    const ids = async (filter: { reason: string; code: string }) => {
      const { views } = await journal.list({ filter, cursor: null, limit: 10 });
      return views.map(({ delivery }) => delivery.id);
    };
    expect(await ids({ reason: 'rejected', code: 'period_closed' })).toEqual(['dlv_0_1']);
    expect(await ids({ reason: 'unauthorized', code: '' })).toEqual(['dlv_0_3']);
  });
});
