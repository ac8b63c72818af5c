// Intakes on the real runtime: the answer, the fan-out between real objects, a crash in between, the alarm, and rejected
// items in D1. The senders are made up; the sequencers are the Worker's own.

import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { intakePartition } from '../../src/core/intake-id.ts';
import { limits } from '../../src/core/limits.ts';
import type { AcceptAnswer } from '../../src/pipeline/accept-answer.ts';
import { createAccept, enrich } from '../../src/pipeline/index.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { createPorts } from '../../src/platform/create-ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import {
  arrivals,
  dock,
  intakeSecrets,
  signedArrivals,
  signedNotice,
  thinShop,
} from '../support/batch-senders.ts';

/** Without routes: the Worker's own consumer knows none of these senders. */
const compiled = compileIntegrations([
  { name: 'intakes', sources: [dock, thinShop], targets: [], routes: [] },
]);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const definition = compiled.value;
const values = { ...env, ...intakeSecrets, THIN_API_URL: 'http://127.0.0.1:9' };
const config = parseConfig({ ...values }, definition);
if (!config.ok) throw new Error(JSON.stringify(config.error));
const { partitions } = config.value;
const ports = createPorts({ env, config: config.value, definition, background: () => {} });
const accept = createAccept(ports.accept);
let requests = 0;

async function post(source: string, signed: { headers: Record<string, string>; body: string }) {
  requests += 1;
  const answer = await accept({
    ...{ source, method: 'POST', url: `/hooks/${source}`, contentLength: null },
    headers: Object.entries(signed.headers),
    body: new Response(signed.body).body,
    requestId: `req-${requests}`,
  });
  if (answer.kind !== 'received') throw new Error(`not received: ${JSON.stringify(answer)}`);
  return answer as Extract<AcceptAnswer, { kind: 'received' }>;
}

function objectOf(intake: string): DurableObjectStub & Sequencer {
  const name = sequencerName(1, intakePartition(intake) ?? -1);
  return env.SEQUENCER.get(env.SEQUENCER.idFromName(name)) as never;
}

async function finished(intake: string) {
  return vi.waitFor(
    async () => {
      const view = await objectOf(intake).findIntake(intake);
      if (view === null || view.finishedAt === null) throw new Error(`${intake} is under way`);
      return view;
    },
    { timeout: 10_000, interval: 20 },
  );
}

/** Every record of the source, over all partitions, by event id. */
async function claimed(source: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const name = sequencerName(1, partition);
    const rows = await runInDurableObject(env.SEQUENCER.get(env.SEQUENCER.idFromName(name)), (_, state) =>
      [...state.storage.sql.exec('SELECT event_id FROM open WHERE source = ?', source)].concat([
        ...state.storage.sql.exec('SELECT event_id FROM settled WHERE source = ?', source),
      ]),
    );
    found.push(...rows.map((row) => String(row.event_id)));
  }
  return found.sort();
}

async function rowCount(intake: string, table: 'intakes' | 'settled_intakes'): Promise<number> {
  return runInDurableObject(objectOf(intake), (_, state) =>
    Number(state.storage.sql.exec(`SELECT count(*) AS n FROM ${table} WHERE id = ?`, intake).one().n),
  );
}

describe('an intake', () => {
  it('is fanned out after the answer, each item once, and leaves one small row', async () => {
    const items = arrivals(120);
    const { intake, events } = await post('dock', signedArrivals(items));
    expect(events).toHaveLength(120);
    const view = await finished(intake);
    expect(new Set(view.items.map(({ state }) => state.status))).toEqual(new Set(['accepted']));
    expect(await claimed('dock')).toEqual(items.map(({ event_id }) => event_id).sort());
    expect(await rowCount(intake, 'intakes')).toBe(0);
    expect(await rowCount(intake, 'settled_intakes')).toBe(1);
  });

  it('of 50 items of which 10 are old gives 40 new events', async () => {
    await finished((await post('dock', signedArrivals(arrivals(10, 1_000)))).intake);
    const { intake } = await post('dock', signedArrivals(arrivals(50, 1_000)));
    const statuses = (await finished(intake)).items.map(({ state }) => state.status);
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(40);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(10);
  });

  it('is durable before it is answered: after a crash of every object the alarm claims each item once', async () => {
    const items = arrivals(80, 2_000);
    const { intake } = await post('dock', signedArrivals(items));
    await abortAllDurableObjects();
    await runDurableObjectAlarm(objectOf(intake));
    const view = await finished(intake);
    expect(view.items.map(({ state }) => state.status)).toEqual(items.map(() => 'accepted'));
    const ids = await claimed('dock');
    expect(ids.filter((id) => items.some(({ event_id }) => event_id === id))).toHaveLength(80);
  });

  it('sent again, over an eviction too, is the same intake', async () => {
    const signed = signedArrivals(arrivals(3, 3_000));
    const first = await post('dock', signed);
    await finished(first.intake);
    await evictDurableObject(objectOf(first.intake));
    const again = await post('dock', signed);
    expect(again.intake).toBe(first.intake);
    expect(again.events.map(({ status }) => status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });

  it('keeps an item nothing can be read from in D1, as a rejected request of its own', async () => {
    const [one, two] = arrivals(2, 4_000);
    const { intake } = await post('dock', signedArrivals([one, { broken: true }, two]));
    const view = await finished(intake);
    expect(view.items.map(({ state }) => state.status)).toEqual(['accepted', 'rejected', 'accepted']);
    const { items } = await ports.rejectedRequests.list({ sources: ['dock'], limit: 10, before: null });
    expect(items).toMatchObject([
      { id: `${intake}.1`, reason: 'missing_field', detail: 'body $[1].event_id must be present' },
    ]);
    expect(new TextDecoder().decode(items[0]?.body ?? new Uint8Array())).toBe('{"broken":true}');
  });

  it('claims its items while D1 is away, and keeps the rejected one when it is back', async () => {
    const [one] = arrivals(1, 5_000);
    await env.DB.prepare('ALTER TABLE rejected_requests RENAME TO rejected_away').run();
    let intake = '';
    try {
      intake = (await post('dock', signedArrivals([one, { broken: 2 }]))).intake;
      await vi.waitFor(async () => {
        const view = await objectOf(intake).findIntake(intake);
        expect(view?.items.map(({ state }) => state.status)).toEqual(['accepted', 'rejected']);
      });
      expect((await objectOf(intake).findIntake(intake))?.finishedAt).toBeNull();
    } finally {
      await env.DB.prepare('ALTER TABLE rejected_away RENAME TO rejected_requests').run();
    }
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(objectOf(intake));
      expect((await objectOf(intake).findIntake(intake))?.finishedAt).not.toBeNull();
    }, 10_000);
  });

  it('has its alarm set with the row it is for', async () => {
    const { intake } = await post('dock', signedArrivals(arrivals(2, 6_000)));
    const alarmAt = await runInDurableObject(objectOf(intake), (_, state) => state.storage.getAlarm());
    expect(alarmAt).not.toBeNull();
    expect((alarmAt ?? 0) - Date.now()).toBeLessThanOrEqual(limits.fanOutAlarmMs + 500);
    await finished(intake);
  });
});

describe('a thin event', () => {
  it('is claimed with the record its API gives, asked with its token and nothing else', async () => {
    const calls: { url: string; authorization: string | null }[] = [];
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const authorization = new Headers(init?.headers).get('authorization');
      calls.push({ url: String(input), authorization });
      return new Response('{"id":"7","total":"10.00","customer":"ada","serial":9007199254740993}');
    });
    try {
      const { intake } = await post('thin-shop', signedNotice({ notice: 'n-7', order_id: '7', revision: 1 }));
      if (ports.enrich === null) throw new Error('a source enriches');
      await enrich(ports.enrich, objectOf(intake), { concurrency: 6, leaseMs: 20_000, budgetMs: 5_000 });
      const [item] = (await finished(intake)).items;
      expect(item?.state).toMatchObject({ status: 'accepted' });
      expect(calls).toEqual([
        { url: 'http://127.0.0.1:9/orders/7', authorization: `Bearer ${intakeSecrets.THIN_API_TOKEN}` },
      ]);
      const body = await bodyOf('order/7', 'n-7');
      expect(body).toContain('"serial":"9007199254740993"');
    } finally {
      fetched.mockRestore();
    }
  });
});

async function bodyOf(orderingKey: string, eventId: string): Promise<string> {
  for (let partition = 0; partition < partitions; partition += 1) {
    const object = env.SEQUENCER.get(env.SEQUENCER.idFromName(sequencerName(1, partition)));
    const bodies = await runInDurableObject(object, async (_, state) => {
      const where = 'ordering_key = ? AND event_id = ?';
      const rows = state.storage.sql.exec(`SELECT body FROM open WHERE ${where}`, orderingKey, eventId);
      return [...rows].map((row) => new TextDecoder().decode(row.body as ArrayBuffer));
    });
    if (bodies[0] !== undefined) return bodies[0];
  }
  throw new Error(`${eventId} is not open`);
}
