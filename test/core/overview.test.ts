// What a window of deliveries comes to.
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { flowOf, flowsBy, percentilesOf } from '../../src/core/overview.ts';
import { makeDelivery, makeEvent, testTime } from '../support/records.ts';

function view(changes: Partial<Delivery>, receivedAt = testTime) {
  const delivery = makeDelivery(changes);
  const event = makeEvent({ receivedAt });
  return { delivery, status: delivery.state.status, event, eventRecordId: 'evt_0_1', waiting: null };
}

const done = (at: number) => ({ state: { status: 'succeeded', how: 'succeeded', at } }) as const;

describe('a flow', () => {
  it('counts each delivery once, by what became of it', () => {
    const flow = flowOf([
      view(done(testTime + 10)),
      view({}),
      view({ state: { status: 'held', cause: 'unauthorized', message: '', at: 1 } }),
      view({ state: { status: 'dead_lettered', reason: 'poison', code: '', message: '', at: 1 } }),
      view({ state: { status: 'skipped', note: '', at: 1 } }, testTime + 5),
    ]);
    expect(flow).toMatchObject({
      ...{ receivedCount: 5, deliveredCount: 1, waitingCount: 1, heldCount: 1, deadCount: 1, closedCount: 1 },
      lastReceivedAt: testTime + 5,
    });
  });

  it('takes its latencies from what was delivered at the first place, and has none where nothing was', () => {
    const replay = { of: 'dlv_0_1', position: 'dlv_0_1', revision: 1, edited: null, forced: false };
    const by = { actor: 'olga', reason: '', at: testTime };
    const replayed = view({ ...done(testTime + 9_000), replay: { ...replay, ...by } });
    expect(flowOf([view(done(testTime + 10)), replayed]).latencyMs).toEqual({ p50: 10, p95: 10, p99: 10 });
    expect(flowOf([view({})]).latencyMs).toBeNull();
  });

  it('is apart for each name', () => {
    const flows = flowsBy([view({ target: 'a' }), view({ target: 'b' }), view({ target: 'a' })], (each) => {
      return each.delivery.target;
    });
    expect([...flows].map(([name, { receivedCount }]) => [name, receivedCount])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

describe('percentiles', () => {
  it('are values that were there, whatever their order', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99 });
    expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
    expect(percentilesOf([])).toBeNull();
  });
});
