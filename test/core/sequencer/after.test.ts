// `after` is always kept: a waiter lets go ahead what it waits for, waits no longer than it may, and costs no attempt.
import { describe, expect, it } from 'vitest';
import { afterRoute, afterType, type ClaimChanges, outcomes, resolveOf } from '../../support/builders.ts';
import { createBench, runAll } from '../../support/sequencer-bench.ts';

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
      if (end === 'skipped') bench.core().resolve(resolveOf(paying, 'dropped'), bench.now());
      if (end === 'resolved') {
        bench.settle(bench.leaseOne(), outcomes.rejected());
        bench.core().resolve(resolveOf(paying, 'done'), bench.now());
      }
      expect(bench.status(paying)).toBe(end);
      expect(runAll(bench)).toContain('ship');
    },
  );
});
