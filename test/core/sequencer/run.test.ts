// A run: deliveries of one line in one lease, for a consumer that starts each when the one before has succeeded.
import { describe, expect, it } from 'vitest';
import type { LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import { afterRoute, afterType, outcomes, returnedOf, settlementOf } from '../../support/builders.ts';
import { type Bench, benchLeaseMs, createBench, runAll } from '../../support/sequencer-bench.ts';

function leaseRuns(bench: Bench, runs = { most: 8, room: 64, notFor: [] as string[] }, max = 10) {
  return bench.core().lease({ max, leaseMs: benchLeaseMs, runs }, bench.now()).leased;
}

const eventsOf = (leased: readonly LeasedDelivery[]) => leased.map(({ event }) => event.eventId);

/** Claimed one a millisecond, so that the order in which they came is plain. */
function claimAll(bench: Bench, events: readonly string[]): void {
  for (const event of events) {
    bench.advance(1);
    bench.claim(event);
  }
}

describe('a run', () => {
  it('is the next of a line in their order, up to the length the consumer takes', () => {
    const bench = createBench();
    claimAll(bench, ['a', 'b', 'c', 'd']);
    const leased = leaseRuns(bench, { most: 3, room: 64, notFor: [] });
    expect(eventsOf(leased)).toEqual(['a', 'b', 'c']);
    expect(leased.map(({ successorWaits }) => successorWaits)).toEqual([false, false, true]);
    expect(leaseRuns(bench)).toEqual([]);
  });

  it('is never longer than one lease carries of a line', () => {
    const bench = createBench();
    claimAll(bench, [...'abcdefghijkl']);
    expect(leaseRuns(bench, { most: 100, room: 64, notFor: [] })).toHaveLength(8);
  });

  it('is for those alone who say that they go through runs, and not for the targets they leave out', () => {
    const bench = createBench();
    claimAll(bench, ['a', 'b']);
    expect(eventsOf(leaseRuns(bench, { most: 8, room: 64, notFor: ['erp'] }))).toEqual(['a']);
    const other = createBench();
    claimAll(other, ['a', 'b']);
    expect(eventsOf(other.lease())).toEqual(['a']);
  });

  it('counts as one line of those that a consumer can start', () => {
    const bench = createBench();
    for (const key of ['order/1', 'order/2', 'order/3'])
      for (const n of [1, 2]) bench.claim(`${key}-${n}`, { orderingKey: key });
    expect(leaseRuns(bench, { most: 8, room: 64, notFor: [] }, 2)).toHaveLength(4);
  });

  it('keeps its line busy until the last of it has ended', () => {
    const bench = createBench();
    claimAll(bench, ['a', 'b', 'c']);
    const [a, b] = leaseRuns(bench, { most: 2, room: 64, notFor: [] }) as [LeasedDelivery, LeasedDelivery];
    bench.settle(a, outcomes.succeeded('A'));
    expect(bench.lease()).toEqual([]);
    bench.settle(b, outcomes.succeeded('B'));
    expect(eventsOf(bench.lease())).toEqual(['c']);
  });

  it('waits in its place where it is given back, and the failed one goes first again', () => {
    const bench = createBench();
    claimAll(bench, ['a', 'b', 'c']);
    const [a, b, c] = leaseRuns(bench) as [LeasedDelivery, LeasedDelivery, LeasedDelivery];
    bench.send([settlementOf(a, outcomes.retryable()), returnedOf(b), returnedOf(c)]);
    expect(bench.lease()).toEqual([]);
    expect(bench.delivery(b.delivery.id)).toMatchObject({ startNumber: null, attemptCount: 0 });
    bench.advance(60_000);
    expect(runAll(bench)).toEqual(['a', 'b', 'c']);
  });

  it('is looked up one by one and in order where its consumer died', () => {
    const bench = createBench();
    claimAll(bench, ['a', 'b', 'c']);
    leaseRuns(bench);
    bench.expire();
    const first = leaseRuns(bench);
    expect(first).toMatchObject([{ event: { eventId: 'a' }, ledger: { kind: 'possibly_done' } }]);
    bench.settle(first[0] as LeasedDelivery, outcomes.succeeded('A'));
    expect(runAll(bench)).toEqual(['b', 'c']);
  });

  it('stays leased and in order over a restart', () => {
    const bench = createBench();
    claimAll(bench, ['a', 'b', 'c']);
    const leased = leaseRuns(bench);
    bench.restart();
    expect(bench.lease()).toEqual([]);
    bench.send(leased.map((each) => returnedOf(each)));
    bench.restart();
    expect(runAll(bench)).toEqual(['a', 'b', 'c']);
  });

  it('ends before what waits for something that is not in it', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b', { plans: [{ policy: { after: [afterType('paid')] } }] });
    expect(eventsOf(leaseRuns(bench))).toEqual(['a']);
  });

  it('goes on with what waits for the one in front', () => {
    const bench = createBench();
    bench.claim('a', { type: 'paid', plans: [{ routeId: 'first' }] });
    bench.claim('b', { plans: [{ policy: { after: [afterType('paid')] } }] });
    bench.claim('c', { plans: [{ policy: { after: [afterRoute('first')] } }] });
    expect(eventsOf(leaseRuns(bench))).toEqual(['a', 'b', 'c']);
  });

  it('goes on with the waiter that had let the one in front go ahead, and then with what stood behind it', () => {
    const bench = createBench();
    const waiter = { policy: { after: [afterType('paid')] } };
    bench.claim('w', { sequence: 1, plans: [waiter] });
    bench.claim('x', { sequence: 2 });
    bench.claim('p', { sequence: 3, type: 'paid' });
    expect(eventsOf(leaseRuns(bench))).toEqual(['p', 'w', 'x']);
    bench.expire();
    expect(runAll(bench)).toEqual(['p', 'w', 'x']);
  });

  it('does not go on with what a waiter that still waits holds up', () => {
    const bench = createBench();
    const plans = [{ policy: { after: [afterType('paid'), afterType('shipped')] } }];
    bench.claim('w', { sequence: 1, plans });
    bench.claim('x', { sequence: 2 });
    bench.claim('p', { sequence: 3, type: 'paid' });
    expect(eventsOf(leaseRuns(bench))).toEqual(['p']);
  });

  it('ends before what waits for a delivery of the one in front on another target', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ routeId: 'first' }, { routeId: 'crm-first', target: 'crm' }] });
    bench.claim('b', { plans: [{ policy: { after: [afterRoute('crm-first')] } }] });
    expect(leaseRuns(bench).map(({ event, delivery }) => `${event.eventId} ${delivery.target}`)).toEqual([
      'a erp',
      'a crm',
    ]);
  });

  it('ends where the sender numbered lower what came later', () => {
    const bench = createBench();
    for (const [event, sequence] of Object.entries({ a: 3, b: 1, c: 2 })) bench.claim(event, { sequence });
    expect(eventsOf(leaseRuns(bench))).toEqual(['b', 'c']);
  });

  it('has no operation twice: the second has to know what became of the first', () => {
    const bench = createBench();
    for (const event of ['a', 'b']) bench.claim(event, { plans: [{ operationKey: 'shared' }] });
    expect(eventsOf(leaseRuns(bench))).toEqual(['a']);
  });

  it('has nothing that a newer one may replace, and nothing of which a part may fail', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b', { plans: [{ operation: 'stock.set', staleKey: 'stock' }] });
    expect(eventsOf(leaseRuns(bench))).toEqual(['a']);
    const batches = createBench();
    for (const event of ['a', 'b']) batches.claim(event, { plans: [{ policy: { batch: 'partial' } }] });
    expect(eventsOf(leaseRuns(batches))).toEqual(['a']);
  });
});
