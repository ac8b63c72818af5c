// Order within a line: by the sender's sequence and by arrival, among those present together (after.test.ts: declared).
import { describe, expect, it } from 'vitest';
import { outcomes, resolveOf } from '../../support/builders.ts';
import { createBench, runAll } from '../../support/sequencer-bench.ts';

describe('the order of a line', () => {
  it('runs the events of a source in its own sequence, whatever order they came in', () => {
    const bench = createBench();
    bench.claim('third', { sequence: 3 });
    bench.claim('first', { sequence: 1 });
    bench.claim('second', { sequence: 2 });
    expect(runAll(bench)).toEqual(['first', 'second', 'third']);
  });

  it('runs events without a sequence in the order of their arrival', () => {
    const bench = createBench();
    for (const eventId of ['a', 'b', 'c']) bench.claim(eventId);
    expect(runAll(bench)).toEqual(['a', 'b', 'c']);
  });

  it('runs events of equal sequence in the order of their arrival', () => {
    const bench = createBench();
    bench.claim('b', { sequence: 1 });
    bench.claim('a', { sequence: 1 });
    expect(runAll(bench)).toEqual(['b', 'a']);
  });

  it('takes the turns of two sources by arrival and sorts each source within its own', () => {
    const bench = createBench();
    bench.claim('shop-5', { sequence: 5 });
    bench.claim('pay-900', { source: 'stripe', sequence: 900 });
    bench.claim('shop-4', { sequence: 4 });
    bench.claim('pay-100', { source: 'stripe', sequence: 100 });
    expect(runAll(bench)).toEqual(['shop-4', 'shop-5', 'pay-100', 'pay-900']);
  });

  it('is the same before a restart as after one when something in its middle was dropped', () => {
    const bench = createBench();
    const first = bench.claimOne('shop-5', { sequence: 5 });
    bench.claim('pay-900', { source: 'stripe', sequence: 900 });
    const second = bench.claimOne('shop-4', { sequence: 4 });
    bench.claim('pay-100', { source: 'stripe', sequence: 100 });
    expect(bench.view(first).waiting).toMatchObject({ cause: 'behind_position', on: second });
    bench.core().resolve(resolveOf(first, 'dropped'), bench.now());
    const next = bench.view(second).waiting;
    bench.restart();
    expect(bench.view(second).waiting).toEqual(next);
    expect(runAll(bench)).toEqual(['pay-100', 'pay-900', 'shop-4']);
  });

  it('leaves an event without a sequence behind what had come before it', () => {
    const bench = createBench();
    bench.claim('2', { sequence: 2 });
    bench.claim('none');
    bench.claim('1', { sequence: 1 });
    expect(runAll(bench)).toEqual(['1', '2', 'none']);
  });

  it('runs the routes of one event in their declared order, also where events are sorted', () => {
    const bench = createBench();
    const plans = ['one', 'two', 'three'].map((routeId) => ({ routeId, operationKey: `k/${routeId}` }));
    bench.claim('b', { sequence: 2, plans });
    bench.claim('a', { sequence: 1, plans });
    const ran: string[] = [];
    for (let next = bench.lease(1)[0]; next !== undefined; next = bench.lease(1)[0]) {
      ran.push(`${next.event.eventId}.${next.delivery.routeId}`);
      bench.settle(next, outcomes.succeeded());
    }
    expect(ran).toEqual(['a.one', 'a.two', 'a.three', 'b.one', 'b.two', 'b.three']);
  });

  it('lets a lower sequence that comes later go first, unless the higher one has started', () => {
    const bench = createBench();
    bench.claim('2', { sequence: 2 });
    const started = bench.leaseOne();
    bench.claim('1', { sequence: 1 });
    bench.claim('3', { sequence: 3 });
    bench.settle(started, outcomes.retryable());
    bench.advance(60_000);
    expect(runAll(bench)).toEqual(['2', '1', '3']);
  });

  it('keeps the place of what was started over a restart', () => {
    const bench = createBench();
    bench.claim('2', { sequence: 2 });
    bench.settle(bench.leaseOne(), outcomes.retryable());
    bench.claim('1', { sequence: 1 });
    bench.restart();
    bench.advance(60_000);
    expect(runAll(bench)).toEqual(['2', '1']);
  });

  it('does not let the lines of two targets or two ordering keys wait for each other', () => {
    const bench = createBench();
    const targets = [{ target: 'erp' }, { target: 'crm' }];
    bench.claim('a', { plans: targets });
    bench.claim('b', { orderingKey: 'order/2' });
    expect(bench.lease()).toHaveLength(3);
  });

  it('keeps what is started in the lines of two targets leased at once', () => {
    const bench = createBench();
    const targets = [{ target: 'erp' }, { target: 'crm' }];
    bench.claim('2', { sequence: 2, plans: targets });
    const both = bench.lease();
    expect(both).toHaveLength(2);
    bench.claim('1', { sequence: 1, plans: targets });
    for (const leased of both) bench.settle(leased, outcomes.retryable());
    bench.advance(60_000);
    const next = bench.lease();
    expect(next.map((leased) => leased.event.eventId)).toEqual(['2', '2']);
  });

  it('holds the line behind a back-off and costs the followers no attempt', () => {
    const bench = createBench();
    bench.claim('a');
    const follower = bench.claimOne('b');
    bench.settle(bench.leaseOne(), outcomes.retryable());
    expect(bench.lease()).toEqual([]);
    bench.advance(60_000);
    expect(runAll(bench)).toEqual(['a', 'b']);
    expect(bench.delivery(follower).attemptCount).toBe(1);
  });
});
