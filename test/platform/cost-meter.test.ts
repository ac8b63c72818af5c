// The meter on the real runtime: what a sequencer writes for its events, row by row, to the end of their horizon.
import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CostCounts, CostReading } from '../../src/core/costs.ts';
import type { LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { createCostMeter } from '../../src/platform/costs/cost-meter.ts';
import { countDatabase } from '../../src/platform/costs/count-database.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import { claimOf } from '../support/builders.ts';

const dayMs = 24 * 3600 * 1000;
const lease = { max: 10, leaseMs: 20_000 };

afterEach(() => {
  vi.useRealTimers();
});

type Metered = Sequencer & { costs(): Promise<CostReading> };

function succeed(leased: LeasedDelivery): Settlement {
  const document = { documentId: leased.event.eventId, documentNumber: 'SO1', state: 'confirmed' };
  const outcome = { kind: 'succeeded', effect: 'done', document } as const;
  return {
    deliveryId: leased.delivery.id,
    epoch: leased.epoch,
    result: { kind: 'outcome', outcome, inputHash: 'h', spent: true, doubtCleared: false },
    attempt: null,
  };
}

function claims(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    ...claimOf(`costs-${index}`, { orderingKey: `costs/${index}`, receivedAt: Date.now() }),
    partitions: Number(env.PARTITIONS),
    generation: Number(env.GENERATION),
  }));
}

describe('the rows of an event', () => {
  it('are five, and a shared one each for numbers, alarm and lease', async () => {
    const object = env.SEQUENCER.get(env.SEQUENCER.idFromName(sequencerName(Number(env.GENERATION), 901)));
    const stub = object as unknown as Metered;
    const costOf = async (work: () => Promise<unknown>): Promise<CostCounts> => {
      const before = (await stub.costs()).counts;
      await work();
      const after = (await stub.costs()).counts;
      const kinds = Object.keys(after) as (keyof CostCounts)[];
      return Object.fromEntries(kinds.map((kind) => [kind, after[kind] - before[kind]])) as CostCounts;
    };
    // Its tables.
    await stub.stats();

    const claimed = await costOf(() => stub.claimMany(claims(10)));
    expect(claimed).toMatchObject({ objectRequests: 1, events: 10, duplicates: 0 });
    expect(claimed.objectRowsWritten).toBe(10 + 1 + 1);

    const again = await costOf(() => stub.claimMany(claims(10)));
    expect(again).toMatchObject({ events: 0, duplicates: 10, objectRowsWritten: 0 });

    let leased: readonly LeasedDelivery[] = [];
    const leasing = await costOf(async () => {
      leased = (await stub.lease(lease)).leased;
    });
    expect([leased.length, leasing.objectRowsWritten]).toEqual([10, 1]);

    const settled = await costOf(() => stub.settle({ ...lease, settlements: leased.map(succeed) }));
    expect(settled).toMatchObject({ objectRequests: 1, objectRowsWritten: 10 });

    const archived = await costOf(() => stub.flushJournal());
    expect(archived).toMatchObject({ objectRowsWritten: 20, journaled: 10 });
    // The block, its index entry, and the place of the partition, new and moved on.
    expect(archived.databaseRowsWritten).toBeLessThanOrEqual(4);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 401 * dayMs });
    const pruned = await costOf(() => runDurableObjectAlarm(object));
    expect(pruned).toMatchObject({ objectRequests: 1, objectRowsWritten: 10 });
  });
});

describe('D1', () => {
  it('is counted by its own meta, whichever way it is asked', async () => {
    const meter = createCostMeter();
    const db = countDatabase(env.DB, meter);
    const insert = db.prepare('INSERT INTO rejected_counts (source, reason, count) VALUES (?, ?, 1)');
    await db.batch([insert.bind('costs', 'a'), insert.bind('costs', 'b')]);
    await insert.bind('costs', 'c').run();
    expect(meter.read().counts).toMatchObject({ databaseRowsWritten: 3 });
    const select = db
      .prepare('SELECT reason FROM rejected_counts WHERE source = ? ORDER BY reason')
      .bind('costs');
    expect(await select.first('reason')).toBe('a');
    expect((await select.all()).results).toHaveLength(3);
    expect(meter.read().counts.databaseRowsRead).toBeGreaterThanOrEqual(6);
    expect(await db.prepare("SELECT reason FROM rejected_counts WHERE source = 'none'").first()).toBeNull();
  });
});
