// The budget of an event, by the relay's own counts on the real runtime: what is counted is exact, so it may be asserted.
// The clock's part (how many events share a flush, an alarm, a settle) is bounded, not equal, and with room: a slow machine gathers
// less. What a quiet one needs stands in docs/costs.md; rows that no clock decides are counted in test/platform/cost-meter.test.ts.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderEvent, postAll, shopEvents, shuffled } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { type Billed, type CostCounts, prices } from '../../src/core/costs.ts';

let relay: LocalRelay;
let stateDir = '';
let client: ReturnType<typeof createRelayClient>;
let endedCount = 0;
let orders = 0;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-costs-'));
  const onLog = ({ message }: { message: string }): void => {
    if (message.includes('"event":"delivery.attempted"') && /"outcome":"(succeeded|duplicate)"/.test(message))
      endedCount += 1;
  };
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0, variables: { PARTITIONS: '4' }, onLog });
  client = createRelayClient(relay);
});

afterAll(async () => {
  await relay.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Of orders nobody else in this file uses: three events each, of one delivery each. */
function freshEvents(count: number): OrderEvent[] {
  const events = shopEvents({ orders: orders + count, now: Date.now() }).slice(orders * 3);
  orders += count;
  return events;
}

/** Each reading is a request of its own, which no event caused. */
async function readCounts(): Promise<CostCounts> {
  const { status, body } = await client.admin('GET', '/admin/costs');
  if (status !== 200) throw new Error(`GET /admin/costs answered ${status}`);
  return (body as { counts: CostCounts }).counts;
}

/** What the work costs for each event, with everything that follows from it: deliveries, journal, archive. */
async function costOf(events: readonly OrderEvent[], work: () => Promise<unknown>) {
  const ended = endedCount;
  const before = await readCounts();
  await work();
  const allEnded = async () => (endedCount - ended >= events.length ? true : null);
  await until('every delivery ended', allEnded, 40_000);
  let readings = 1;
  const after = await until(
    'the journal has every event',
    async () => {
      const counts = await readCounts();
      if (counts.journaled - before.journaled >= events.length) return counts;
      readings += 1;
      return null;
    },
    20_000,
  );
  const per = (kind: keyof CostCounts) => (after[kind] - before[kind]) / events.length;
  const counted = {
    // An isolate that is used reads the registry every few seconds, here because of the readings.
    objectRequests: per('objectRequests') - per('registryReads'),
    ...{ objectRowsRead: per('objectRowsRead'), databaseRowsRead: per('databaseRowsRead') },
    ...{ databaseRowsWritten: per('databaseRowsWritten') },
    workerRequests: per('workerRequests') - readings / events.length,
    queueOperations: per('queueOperations'),
    // The settled row is deleted at its horizon: one row for each event, as test/platform/cost-meter.test.ts counts it.
    objectRowsWritten: per('objectRowsWritten') + 1,
  } satisfies Record<Billed, number>;
  const kinds = Object.keys(counted) as Billed[];
  const dollars = kinds.reduce((sum, kind) => sum + counted[kind] * prices.dollarsPerMillion[kind], 0);
  return { ...counted, dollars, events: per('events'), duplicates: per('duplicates') };
}

describe('the budget of an event', () => {
  it('at low load is five calls of an object and what a clock may add, and one doorbell', async () => {
    // The first login, and what each partition reads once after its start.
    const first = freshEvents(8);
    await costOf(first, () => postAll(client, first, { concurrency: 8 }));
    const [event, ...others] = freshEvents(1);
    if (event === undefined || others.length !== 2) throw new Error('an order has three events');
    const cost = await costOf([event], () => postAll(client, [event], { concurrency: 1 }));
    expect(cost.events).toBe(1);
    // A doorbell that is rung again is another request and three operations.
    expect(cost.workerRequests).toBeLessThanOrEqual(3);
    expect(cost.queueOperations).toBeLessThanOrEqual(6);
    expect(cost.objectRequests).toBeLessThanOrEqual(7);
    expect(cost.objectRowsWritten).toBeLessThanOrEqual(9);
    expect(cost.databaseRowsWritten).toBeLessThanOrEqual(3);
  });

  it('under load is a fraction of that, and next to nothing in D1 and queue', async () => {
    const events = freshEvents(150);
    const cost = await costOf(events, () =>
      postAll(client, shuffled(events, { twice: 0, seed: 3 }), { concurrency: 32 }),
    );
    expect(cost.events).toBe(1);
    expect(cost.objectRequests).toBeLessThanOrEqual(2.5);
    expect(cost.objectRowsWritten).toBeLessThanOrEqual(7);
    expect(cost.databaseRowsWritten).toBeLessThanOrEqual(0.5);
    expect(cost.queueOperations).toBeLessThanOrEqual(0.6);
    expect(cost.dollars).toBeLessThanOrEqual(10);
  });

  it('with 10 % duplicates costs their requests, and no row', async () => {
    const events = freshEvents(100);
    const cost = await costOf(events, () =>
      postAll(client, shuffled(events, { twice: 0.1, seed: 3 }), { concurrency: 32 }),
    );
    expect(cost.events).toBe(1);
    expect(cost.duplicates).toBeGreaterThan(0.05);
    expect(cost.objectRequests).toBeLessThanOrEqual(2.5 + cost.duplicates);
    expect(cost.objectRowsWritten).toBeLessThanOrEqual(7);
    expect(cost.dollars).toBeLessThanOrEqual(10);
  });

  it('with 5 % retries pays for those alone', async () => {
    const events = freshEvents(100);
    await createErpClient(relay.erpUrl).setFaults({ errorRate: 0.05, seed: 7 });
    const cost = await costOf(events, () => postAll(client, events, { concurrency: 32 }));
    await createErpClient(relay.erpUrl).setFaults({});
    expect(cost.objectRowsWritten).toBeLessThanOrEqual(9);
    expect(cost.databaseRowsWritten).toBeLessThanOrEqual(4);
    expect(cost.dollars).toBeLessThanOrEqual(15);
  });
});
