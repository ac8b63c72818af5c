// The budget of an event, by the relay's own counts on the real runtime: what is counted is exact, so it may be asserted.
// A backlog is filled while its target is paused, and its claims and its drain are counted, not the pause: then a lease
// and a settle are full because there is work, and not because the machine is quick.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderEvent, postAll, shopEvents } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { type Billed, type CostCounts, prices } from '../../src/core/costs.ts';

/** As deployed: six connections, and a consumer that goes on for as long as there is work. */
const variables = { PARTITIONS: '2', DELIVERY_CONCURRENCY: '6', DELIVERY_BUDGET_MS: '20000' };

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
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0, variables, onLog });
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

type Counted = Record<Billed, number> & { readonly dollars: number; readonly duplicates: number };

/** Per event, of `count` events, between readings; `readings`: requests that only read. */
function perEvent(
  count: number,
  { from, to, readings }: { readonly from: CostCounts; readonly to: CostCounts; readonly readings: number },
): Record<keyof CostCounts, number> {
  const entries = Object.entries(to).map(([kind, value]) => [
    kind,
    (value - from[kind as keyof CostCounts]) / count,
  ]);
  const per = Object.fromEntries(entries) as Record<keyof CostCounts, number>;
  return {
    ...per,
    // An isolate that is used reads the registry every few seconds, here because of the readings.
    objectRequests: per.objectRequests - per.registryReads,
    workerRequests: per.workerRequests - readings / count,
  };
}

function priced(counted: Record<Billed, number>, duplicates: number): Counted {
  // The settled row is deleted at its horizon: one row for each event, as test/platform/cost-meter.test.ts counts it.
  const whole = { ...counted, objectRowsWritten: counted.objectRowsWritten + 1 };
  const kinds = Object.keys(prices.dollarsPerMillion) as Billed[];
  const dollars = kinds.reduce((sum, kind) => sum + whole[kind] * prices.dollarsPerMillion[kind], 0);
  return { ...whole, dollars, duplicates };
}

/** Everything that follows from the events, from `from` on: deliveries, journal, archive. */
async function countUntilDone(from: { readonly counts: CostCounts; readonly ended: number }, count: number) {
  const allEnded = async () => (endedCount - from.ended >= count ? true : null);
  await until('every delivery ended', allEnded, 90_000);
  let readings = 1;
  const to = await until(
    'the journal has every event',
    async () => {
      const counts = await readCounts();
      if (counts.journaled - from.counts.journaled >= count) return counts;
      readings += 1;
      return null;
    },
    30_000,
  );
  return { to, readings };
}

/** What the work costs for each event, claims and deliveries as they come. */
async function costOf(events: readonly OrderEvent[], work: () => Promise<unknown>): Promise<Counted> {
  const from = { counts: await readCounts(), ended: endedCount };
  await work();
  const done = await countUntilDone(from, events.length);
  const per = perEvent(events.length, { from: from.counts, ...done });
  expect(per.events).toBe(1);
  return priced(per, per.duplicates);
}

async function steer(act: 'pause' | 'resume'): Promise<void> {
  const { status } = await client.admin('POST', `/admin/targets/erp/${act}`, { note: 'a backlog' });
  if (status !== 200) throw new Error(`POST /admin/targets/erp/${act} answered ${status}`);
}

/** What a backlog of the events costs: their claims, and their drain after a pause. What pausing costs is no event's. */
async function costOfBacklog(
  events: readonly OrderEvent[],
  options: { readonly twiceEvery?: number } = {},
): Promise<Counted> {
  const count = events.length;
  await steer('pause');
  const before = await readCounts();
  const { twiceEvery = Number.POSITIVE_INFINITY } = options;
  const posts = events.flatMap((event, index) => (index % twiceEvery === 1 ? [event, event] : [event]));
  await postAll(client, posts, { concurrency: 16 });
  const claimed = perEvent(count, { from: before, to: await readCounts(), readings: 1 });
  expect(claimed.events).toBe(1);
  const from = { counts: await readCounts(), ended: endedCount };
  await steer('resume');
  const done = await countUntilDone(from, count);
  const drained = perEvent(count, { from: from.counts, ...done });
  const kinds = Object.keys(prices.dollarsPerMillion) as Billed[];
  const sums = kinds.map((kind) => [kind, claimed[kind] + drained[kind]]);
  return priced(Object.fromEntries(sums) as Record<Billed, number>, claimed.duplicates);
}

describe('the budget of an event', () => {
  it('at low load is five calls of an object, seven rows and one doorbell', async () => {
    // The first login, and what each partition reads once after its start.
    const first = freshEvents(8);
    await costOf(first, () => postAll(client, first, { concurrency: 8 }));
    const costs: Counted[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const [event] = freshEvents(1);
      if (event === undefined) throw new Error('an order has three events');
      costs.push(await costOf([event], () => postAll(client, [event], { concurrency: 1 })));
    }
    // A clock only adds: an alarm, a doorbell that is rung again. What the event itself costs is the least of a few.
    const least = (kind: keyof Counted) => Math.min(...costs.map((cost) => cost[kind]));
    expect(least('workerRequests')).toBe(2);
    expect(least('queueOperations')).toBe(3);
    expect(least('objectRequests')).toBeLessThanOrEqual(5);
    expect(least('objectRowsWritten')).toBeLessThanOrEqual(7);
    expect(least('databaseRowsWritten')).toBeLessThanOrEqual(3);
  });

  it('at a backlog is what the target says, and next to nothing in D1 and queue', async () => {
    const cost = await costOfBacklog(freshEvents(120));
    expect(cost.objectRequests).toBeLessThanOrEqual(1.3);
    expect(cost.objectRowsWritten).toBeLessThanOrEqual(6);
    expect(cost.databaseRowsWritten).toBeLessThanOrEqual(0.2);
    expect(cost.queueOperations).toBeLessThanOrEqual(0.2);
    expect(cost.dollars).toBeLessThanOrEqual(7);
  });

  it('with 10 % duplicates costs their requests, and no row', async () => {
    const cost = await costOfBacklog(freshEvents(120), { twiceEvery: 10 });
    expect(cost.duplicates).toBe(0.1);
    expect(cost.objectRequests).toBeLessThanOrEqual(1.3 + cost.duplicates);
    expect(cost.objectRowsWritten).toBeLessThanOrEqual(6);
    expect(cost.dollars).toBeLessThanOrEqual(7);
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
