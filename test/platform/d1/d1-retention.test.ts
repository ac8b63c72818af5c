// Retention against the real SQLite of the runtime: bodies go first, events later, and nothing that is still open.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/core/delivery.ts';
import { limits } from '../../../src/core/limits.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { createD1Retention } from '../../../src/platform/d1/d1-retention.ts';
import { makeAttempt, makePayload, makeRecord, testTime } from '../../support/records.ts';

const dayMs = 24 * 3600 * 1000;
const journal = createD1Journal(env.DB);
const retention = createD1Retention(env.DB, { bodyRetentionMs: 30 * dayMs, ledgerHorizonMs: 400 * dayMs });

const closed: Partial<Delivery> = { state: { status: 'succeeded', how: 'succeeded', at: testTime } };
const open: Partial<Delivery> = {
  state: { status: 'dead_lettered', reason: 'rejected', code: 'c', message: 'm', at: testTime },
};

async function write(deliveries: readonly Partial<Delivery>[]): Promise<void> {
  const entries = deliveries.map((delivery, index) => {
    const number = index + 1;
    const attempts = [makeAttempt({ deliveryId: `dlv_0_${number.toString(36)}` })];
    return { record: makeRecord({ number, delivery, attempts }), payload: makePayload() };
  });
  await journal.append({ generation: 1, partition: 0, from: 0, to: deliveries.length, entries });
}

beforeEach(async () => {
  for (const table of ['partitions', 'events', 'deliveries', 'attempts', 'retention']) {
    await env.DB.exec(`DELETE FROM ${table}`);
  }
});

describe('retention', () => {
  it('removes bodies past their time and keeps everything else of the event', async () => {
    await write([closed]);

    expect(await retention.step(testTime + 29 * dayMs)).toEqual({ strippedCount: 0, removedCount: 0 });
    expect(await retention.step(testTime + 31 * dayMs)).toEqual({ strippedCount: 1, removedCount: 0 });

    const found = await journal.find('dlv_0_1');
    expect(found?.payload).toBeNull();
    expect(found?.status).toBe('succeeded');
    expect(found?.attempts).toMatchObject([
      { number: 1, exchanges: [], input: null, outcome: { kind: 'rejected' } },
    ]);
    expect(await retention.step(testTime + 31 * dayMs)).toEqual({ strippedCount: 0, removedCount: 0 });
  });

  it('keeps the body of what is still open, however old', async () => {
    await write([open]);
    expect(await retention.step(testTime + 900 * dayMs)).toEqual({ strippedCount: 0, removedCount: 0 });
    expect((await journal.find('dlv_0_1'))?.payload).not.toBeNull();
  });

  it('forgets closed events past the horizon, with their deliveries and attempts', async () => {
    await write([closed, open]);

    expect(await retention.step(testTime + 401 * dayMs)).toEqual({ strippedCount: 0, removedCount: 1 });

    expect(await journal.find('dlv_0_1')).toBeNull();
    expect(await journal.find('dlv_0_2')).not.toBeNull();
    const left =
      'SELECT (SELECT count(*) FROM events) e, (SELECT count(*) FROM deliveries) d, (SELECT count(*) FROM attempts) a';
    expect(await env.DB.prepare(left).first()).toEqual({ e: 1, d: 1, a: 1 });
  });

  it('comes round in bounded steps and begins again', async () => {
    await write(Array.from({ length: limits.retentionStepEvents + 20 }, () => closed));
    const now = testTime + 31 * dayMs;

    expect((await retention.step(now)).strippedCount).toBe(limits.retentionStepEvents);
    expect((await retention.step(now)).strippedCount).toBe(20);
    expect(await retention.step(now)).toEqual({ strippedCount: 0, removedCount: 0 });
    expect((await retention.step(now + 400 * dayMs)).removedCount).toBeGreaterThan(0);
  });
});
