// Order within a line: by the sender's sequence and by arrival, and always where `after` declares it.
import { describe, expect, it } from 'vitest';
import { afterRoute, afterType, type ClaimChanges, outcomes } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

/** Leases and settles one after the other until nothing is ready; the event ids in the order they ran. */
function runAll(bench: Bench): readonly string[] {
  const ran: string[] = [];
  for (let leased = bench.lease(1); leased.length > 0; leased = bench.lease(1)) {
    for (const item of leased) {
      ran.push(item.event.eventId);
      bench.settle(item, outcomes.succeeded(item.delivery.id));
    }
  }
  return ran;
}

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

const paid: ClaimChanges = { type: 'paid' };
const afterPaid: ClaimChanges = { type: 'shipped', plans: [{ policy: { after: [afterType('paid')] } }] };

describe('after', () => {
  it('waits for an event of the type that comes later', () => {
    const bench = createBench();
    bench.claim('ship', afterPaid);
    expect(bench.lease()).toEqual([]);
    bench.claim('pay', paid);
    expect(runAll(bench)).toEqual(['pay', 'ship']);
  });

  it('is satisfied at once by an event of the type that planned nothing there', () => {
    const bench = createBench();
    bench.claim('ship', afterPaid);
    bench.claim('pay', { ...paid, plans: [] });
    expect(runAll(bench)).toEqual(['ship']);
  });

  it('is satisfied by what was done and archived before, also after a restart', () => {
    const bench = createBench();
    bench.claim('pay', paid);
    runAll(bench);
    bench.journal();
    bench.restart();
    bench.claim('ship', afterPaid);
    expect(runAll(bench)).toEqual(['ship']);
  });

  it('waits until every delivery of the prerequisite on that target is closed, and for no other target', () => {
    const bench = createBench();
    const plans = [{ operationKey: 'k/1' }, { operationKey: 'k/2' }, { target: 'crm', operationKey: 'k/3' }];
    bench.claim('ship', afterPaid);
    bench.claim('pay', { ...paid, plans });
    const [first] = bench.lease(10).filter((leased) => leased.delivery.target === 'erp');
    if (first === undefined) throw new Error('the first of the prerequisite is not ready');
    bench.settle(first, outcomes.succeeded());
    const second = bench.leaseOne();
    expect(second.event.eventId).toBe('pay');
    bench.settle(second, outcomes.succeeded());
    expect(bench.leaseOne().event.eventId).toBe('ship');
  });

  it('waits for a route of another target', () => {
    const bench = createBench();
    const plans = [{ target: 'crm', routeId: 'crm-first' }, { policy: { after: [afterRoute('crm-first')] } }];
    const [crm, erp] = bench.claim('a', { plans });
    const [leased, ...others] = bench.lease();
    expect([leased?.delivery.id, others.length]).toEqual([crm, 0]);
    if (leased !== undefined) bench.settle(leased, outcomes.succeeded());
    expect(bench.leaseOne().delivery.id).toBe(erp);
  });

  it('lets only lower sequences and the awaited types go ahead of a waiter', () => {
    const bench = createBench();
    bench.claim('ship', { ...afterPaid, sequence: 2 });
    bench.claim('later', { sequence: 3 });
    bench.claim('other-source', { source: 'stripe' });
    bench.claim('earlier', { sequence: 1 });
    expect(runAll(bench)).toEqual(['earlier']);
    bench.claim('pay', { ...paid, sequence: 9 });
    expect(runAll(bench)).toEqual(['pay', 'ship', 'later', 'other-source']);
  });

  it('yields transitively, wherever in the line the last prerequisite stands', () => {
    const packed = (eventId: string) => ({
      eventId,
      changes: { type: 'packed', plans: [{ policy: { after: [afterType('paid')] } }] },
    });
    const shipped = {
      eventId: 'ship',
      changes: { type: 'shipped', plans: [{ policy: { after: [afterType('packed')] } }] },
    };
    const paidEvent = { eventId: 'pay', changes: { type: 'paid' } };
    const arrivals = [
      [shipped, packed('pack'), paidEvent],
      [shipped, paidEvent, packed('pack')],
      [packed('pack'), shipped, paidEvent],
    ];
    for (const events of arrivals) {
      const bench = createBench();
      for (const { eventId, changes } of events) bench.claim(eventId, changes);
      expect(runAll(bench)).toEqual(['pay', 'pack', 'ship']);
    }
  });

  it('yields transitively through the line of another target', () => {
    const bench = createBench();
    const after = [afterType('packed', { target: 'crm' })];
    bench.claim('ship', { type: 'shipped', plans: [{ policy: { after } }] });
    bench.claim('pay', { type: 'paid' });
    const packed = { target: 'crm', policy: { after: [afterType('paid', { target: 'erp' })] } };
    bench.claim('pack', { type: 'packed', plans: [packed] });
    expect(runAll(bench)).toEqual(['pay', 'pack', 'ship']);
  });

  it('dead-letters a waiter whose prerequisite has not arrived within waitMs, and the line waits on it', () => {
    const bench = createBench();
    const waiter = bench.claimOne('ship', afterPaid);
    const behind = bench.claimOne('b');
    expect(bench.core().nextTickAt(bench.now())).toBe(bench.now() + 60_000);
    bench.advance(60_000);
    bench.tick();
    expect(bench.delivery(waiter).state).toMatchObject({ reason: 'prerequisite_missing' });
    expect(bench.delivery(waiter).attemptCount).toBe(0);
    expect(bench.signalsOf('delivery.dead_lettered')).toMatchObject([{ reason: 'prerequisite_missing' }]);
    expect(bench.lease()).toEqual([]);
    expect(bench.view(behind).waiting).toMatchObject({ cause: 'behind_position', on: waiter });
  });

  it('lets the prerequisite of a missing waiter run when it does come, and a replay of the waiter after it', () => {
    const bench = createBench();
    const waiter = bench.claimOne('ship', afterPaid);
    bench.advance(60_000);
    bench.tick();
    bench.claim('pay', paid);
    expect(runAll(bench)).toEqual(['pay']);
    const again = bench.replayed(waiter);
    expect(runAll(bench)).toEqual(['ship']);
    expect(bench.delivery(waiter).state).toMatchObject({ status: 'resolved', resolvedBy: again });
  });

  it('waits without a clock from when the prerequisite arrived, and says when it is dead', () => {
    const bench = createBench();
    bench.claim('pay', paid);
    const paying = bench.leaseOne();
    const waiter = bench.claimOne('ship', afterPaid);
    bench.settle(paying, outcomes.rejected());
    bench.advance(1_000_000);
    bench.tick();
    expect(bench.status(waiter)).toBe('pending');
    expect(bench.delivery(waiter).attemptCount).toBe(0);
    expect(bench.core().nextTickAt(bench.now())).toBeNull();
    bench.replayed(paying.delivery.id);
    expect(runAll(bench)).toEqual(['pay', 'ship']);
  });

  it('says that the prerequisite is dead where the waiter is the next of its line', () => {
    const bench = createBench();
    const crmPaid = { ...paid, plans: [{ target: 'crm' }] };
    bench.claim('pay', crmPaid);
    const waiter = bench.claimOne('ship', {
      plans: [{ policy: { after: [afterType('paid', { target: 'crm' })] } }],
    });
    expect(bench.view(waiter).waiting).toMatchObject({ cause: 'prerequisite', on: 'paid' });
    bench.settle(bench.leaseOne(), outcomes.rejected());
    expect(bench.view(waiter).waiting).toMatchObject({ cause: 'prerequisite_dead', on: 'paid' });
  });

  it.each(['superseded', 'skipped', 'resolved'] as const)(
    'is satisfied by a prerequisite that is %s',
    (end) => {
      const bench = createBench();
      const stale = { staleKey: 'order/1001/erp/stock.set' };
      const plans = end === 'superseded' ? [stale] : [{}];
      const paying = bench.claimOne('pay', { ...paid, sequence: 1, plans });
      bench.claim('ship', {
        ...afterPaid,
        source: 'warehouse',
        plans: [{ policy: { after: [afterType('paid')] } }],
      });
      if (end === 'superseded') bench.claim('newer', { sequence: 2, plans });
      if (end === 'skipped')
        bench
          .core()
          .resolve(
            { deliveryId: paying, as: 'dropped', documentId: null, actor: 'olga', note: '' },
            bench.now(),
          );
      if (end === 'resolved') {
        bench.settle(bench.leaseOne(), outcomes.rejected());
        bench
          .core()
          .resolve(
            { deliveryId: paying, as: 'done', documentId: 'P-1', actor: 'olga', note: '' },
            bench.now(),
          );
      }
      expect(bench.status(paying)).toBe(end);
      expect(runAll(bench)).toContain('ship');
    },
  );
});
