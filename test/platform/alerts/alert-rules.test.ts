// What a partition suffers from reaches the book of alerts, and is over there when it is over: each trouble is put into the
// real object, and its time is let pass.

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { LeaseAnswer } from '../../../src/core/sequencer/messages.ts';
import type { Sequencer } from '../../../src/pipeline/ports.ts';
import { sequencerName } from '../../../src/platform/doorbell.ts';
import { createObjectAlerts } from '../../../src/platform/durable-objects/object-alerts.ts';
import { claimOf, outcomes, settlementOf } from '../../support/builders.ts';

const place = { partitions: Number(env.PARTITIONS), generation: Number(env.GENERATION) };
const alerts = createObjectAlerts(env.ALERTS);
const minuteMs = 60_000;
/** Far ahead, so that no alarm set here comes by itself. */
let now = Date.UTC(2100, 0, 1);
let used = 0;

beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => {
  vi.restoreAllMocks();
});

type Bindings = { DOORBELLS: { send: () => Promise<unknown> }; DB: D1Database };

/** A partition nobody else uses, whose bindings a test may break. Doorbells go nowhere unless it says otherwise. */
async function freshPartition(send: () => Promise<unknown> = async () => undefined) {
  used += 1;
  const name = sequencerName(place.generation, 700 + used);
  const object = env.SEQUENCER.get(env.SEQUENCER.idFromName(name));
  const bindings = await runInDurableObject(object, (instance) => Reflect.get(instance, 'env') as Bindings);
  bindings.DOORBELLS = { send };
  const stub = object as unknown as Sequencer;
  return {
    bindings,
    stub,
    claim: (eventId: string) =>
      stub.claim({ ...claimOf(eventId, { receivedAt: now, orderingKey: `order/${eventId}` }), ...place }),
    /** Lets time pass, with alarms on the way, as the runtime would run them. */
    pass: async (ms: number) => {
      const end = now + ms;
      while (now < end) {
        now = Math.min(end, now + 5_000);
        await runDurableObjectAlarm(object);
      }
      // What was found is reported a moment later.
      now += limits.alertReportDelayMs + 1;
      await runDurableObjectAlarm(object);
      await runDurableObjectAlarm(object);
    },
  };
}

async function openRules(): Promise<string[]> {
  const open = await alerts.list({ status: 'open', before: null, limit: 100 });
  return open.map(({ rule, cause }) => `${rule} ${cause}`);
}

async function settleAll(stub: Sequencer, { leased }: LeaseAnswer): Promise<void> {
  const settlements = leased.map((each) => settlementOf(each, outcomes.succeeded('doc-1')));
  await stub.settle({ settlements, max: 0, leaseMs: 0 });
}

const lease = { max: 10, leaseMs: 20_000 };

describe('an alert', () => {
  it('says that the journal takes nothing, after a minute of it, and that it does again', async () => {
    const partition = await freshPartition();
    const batch = vi.spyOn(partition.bindings.DB, 'batch').mockRejectedValue(new Error('D1 is away'));
    await partition.claim('journal');
    await settleAll(partition.stub, await partition.stub.lease(lease));
    await partition.pass(limits.journalTroubleMs - 20_000);
    expect(await openRules()).toEqual([]);
    await partition.pass(2 * limits.journalTroubleMs);
    expect(batch.mock.calls.length).toBeGreaterThan(1);
    expect(await openRules()).toEqual(['journal_behind d1']);
    batch.mockRestore();
    await partition.pass(2 * limits.journalRetryCapMs);
    expect(await openRules()).toEqual([]);
  });

  it('says that the queue takes no doorbell, after three rings, and that it does again', async () => {
    let isAway = true;
    const partition = await freshPartition(async () => {
      if (isAway) throw new Error('the queue is away');
    });
    await partition.claim('unsent');
    await partition.pass(10_000);
    expect(await openRules()).toEqual([]);
    await partition.pass(limits.doorbellNotSentMs);
    expect(await openRules()).toEqual(['doorbell_not_sent queue']);
    isAway = false;
    await partition.pass(10_000);
    expect(await openRules()).toEqual([]);
  });

  it('says that nobody answers the doorbells, after two minutes, and that somebody does', async () => {
    let rings = 0;
    const partition = await freshPartition(async () => {
      rings += 1;
    });
    await partition.claim('unanswered');
    await partition.pass(limits.doorbellUnansweredMs - 10_000);
    expect(await openRules()).toEqual([]);
    await partition.pass(20_000);
    expect(await openRules()).toEqual(['doorbell_unanswered queue']);
    expect(rings).toBeGreaterThan(10);
    await settleAll(partition.stub, await partition.stub.lease(lease));
    await partition.pass(10_000);
    expect(await openRules()).toEqual([]);
  });

  it('says that ready deliveries wait, after ten minutes, and that they went', async () => {
    const partition = await freshPartition();
    await partition.claim('backlog');
    await partition.pass(9 * minuteMs);
    expect(await openRules()).not.toContain('backlog_old erp');
    await partition.pass(2 * minuteMs);
    expect(await openRules()).toContain('backlog_old erp');
    await settleAll(partition.stub, await partition.stub.lease(lease));
    await partition.pass(10_000);
    expect(await openRules()).toEqual([]);
  });

  it('says that a line stands still, after a quarter of an hour, and that it goes on', async () => {
    const partition = await freshPartition();
    await partition.claim('blocked');
    const { leased } = await partition.stub.lease(lease);
    const settlements = leased.map((each) => settlementOf(each, outcomes.rejected()));
    await partition.stub.settle({ settlements, max: 0, leaseMs: 0 });
    await partition.pass(14 * minuteMs);
    expect(await openRules()).toEqual(['dead_letters erp/sale.confirm/rejected/period_closed']);
    await partition.pass(2 * minuteMs);
    expect([...(await openRules())].sort()).toEqual([
      'dead_letters erp/sale.confirm/rejected/period_closed',
      'line_blocked erp',
    ]);
    const deliveryId = leased[0]?.delivery.id ?? '';
    await partition.stub.resolve({
      deliveryId,
      as: 'dropped',
      documentId: null,
      actor: 'olga',
      note: 'a test',
    });
    await partition.pass(10_000);
    expect(await openRules()).toEqual([]);
  });
});
