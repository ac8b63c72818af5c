// Rejected requests against the real SQLite of the runtime: kept, bounded, counted.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { RejectedRequest } from '../../../src/pipeline/ports.ts';
import { createD1RejectedRequests } from '../../../src/platform/d1/d1-rejected-requests.ts';
import { testTime } from '../../support/records.ts';

let now = testTime;
const clock = { now: () => now, wait: () => Promise.resolve() };

function rejected(number: number, changes: Partial<RejectedRequest> = {}): RejectedRequest {
  return {
    id: `req-${String(number).padStart(5, '0')}`,
    source: 'shopify',
    at: now,
    stage: 'parse',
    reason: 'not_json',
    detail: 'body: is not JSON',
    headers: { 'x-shopify-topic': 'orders/create' },
    body: new Uint8Array(new TextEncoder().encode('<html>')),
    ...changes,
  };
}

const all = { sources: null, limit: 200, before: null };

beforeEach(async () => {
  now = testTime;
  await env.DB.exec('DELETE FROM rejected_requests');
  await env.DB.exec('DELETE FROM rejected_counts');
});

describe('rejected requests', () => {
  it('are kept as they came and counted by source and reason', async () => {
    const store = createD1RejectedRequests(env.DB, clock);
    await store.record(rejected(1));
    await store.record(rejected(2));
    await store.record(rejected(3, { source: 'stripe', stage: 'verify', reason: 'mismatch', body: null }));

    const { items, counts } = await store.list(all);

    expect(items.map((item) => item.id)).toEqual(['req-00003', 'req-00002', 'req-00001']);
    expect(items[2]).toEqual(rejected(1));
    expect(counts).toEqual([
      { source: 'shopify', reason: 'not_json', count: 2 },
      { source: 'stripe', reason: 'mismatch', count: 1 },
    ]);
    expect((await store.list({ ...all, sources: ['stripe'] })).items).toHaveLength(1);
  });

  it('keep only the beginning of a long body', async () => {
    const store = createD1RejectedRequests(env.DB, clock);
    await store.record(rejected(1, { body: new Uint8Array(limits.maxRejectedBodyBytes + 1) }));

    expect((await store.list(all)).items[0]?.body?.byteLength).toBe(limits.maxRejectedBodyBytes);
  });

  it('are forgotten after seven days, their counts are not', async () => {
    const store = createD1RejectedRequests(env.DB, clock);
    await store.record(rejected(1));
    now += limits.rejectedRequestMs + 1;
    await store.record(rejected(2));

    const { items, counts } = await store.list(all);

    expect(items.map((item) => item.id)).toEqual(['req-00002']);
    expect(counts).toEqual([{ source: 'shopify', reason: 'not_json', count: 2 }]);
  });

  it('are at most a thousand a source, the newest, whatever other sources do', async () => {
    const fill = `INSERT INTO rejected_requests SELECT ?1, ?2 + value, 'old-' || value, 'parse', 'r', 'd', '{}', NULL
      FROM json_each(?3)`;
    const numbers = JSON.stringify(Array.from({ length: limits.maxRejectedRequests }, (_, index) => index));
    for (const source of ['shopify', 'stripe'])
      await env.DB.prepare(fill).bind(source, testTime, numbers).run();
    now = testTime + 5_000;

    await createD1RejectedRequests(env.DB, clock).record(rejected(1));

    const kept = await env.DB.prepare(
      'SELECT source, count(*) kept, min(received_at) oldest FROM rejected_requests GROUP BY source ORDER BY source',
    ).all();
    expect(kept.results).toEqual([
      { source: 'shopify', kept: limits.maxRejectedRequests, oldest: testTime + 1 },
      { source: 'stripe', kept: limits.maxRejectedRequests, oldest: testTime },
    ]);
  });

  it('of a flood are counted and not written, and the count comes with the next one', async () => {
    const store = createD1RejectedRequests(env.DB, clock);
    const flood = limits.maxRejectedWritesPerMinute + 40;
    for (let number = 0; number < flood; number += 1) await store.record(rejected(number));
    expect((await store.list(all)).items).toHaveLength(limits.maxRejectedWritesPerMinute);

    now += 60_000;
    await store.record(rejected(flood));

    expect((await store.list(all)).counts).toEqual([
      { source: 'shopify', reason: 'not_json', count: flood + 1 },
    ]);
  });

  it('are walked page by page, each once, also where many came in the same millisecond', async () => {
    const store = createD1RejectedRequests(env.DB, clock);
    for (let number = 0; number < 10; number += 1) await store.record(rejected(number));

    const seen: string[] = [];
    let before: { at: number; id: string } | null = null;
    for (let page = 0; page < 10; page += 1) {
      const { items }: { items: readonly RejectedRequest[] } = await store.list({
        sources: ['shopify'],
        limit: 3,
        before,
      });
      seen.push(...items.map((item) => item.id));
      const last = items.at(-1);
      if (last === undefined) break;
      before = { at: last.at, id: last.id };
    }

    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
  });
});
