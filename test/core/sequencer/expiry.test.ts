// A lease that runs out leaves its deliveries in doubt; what crashes its consumer is leased alone, and in the end poison.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { outcomes, returnedOf, settlementOf } from '../../support/builders.ts';
import { benchLeaseMs, createBench } from '../../support/sequencer-bench.ts';

describe('an expired lease', () => {
  it('leaves its deliveries in doubt since its deadline, at no attempt', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.leaseOne();
    const deadlineAt = bench.now() + benchLeaseMs;
    expect(bench.core().nextTickAt(bench.now())).toBe(deadlineAt);
    bench.advance(benchLeaseMs + 5_000);
    bench.tick();
    expect(bench.delivery(deliveryId)).toMatchObject({
      state: { status: 'pending' },
      effect: { kind: 'possibly_done', since: deadlineAt },
      attemptCount: 0,
      suspect: true,
    });
    expect(bench.signalsOf('lease.expired')).toHaveLength(1);
  });

  it('expires as it would have when the process was away over its deadline', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.leaseOne();
    const deadlineAt = bench.now() + benchLeaseMs;
    bench.restart();
    bench.advance(benchLeaseMs * 10);
    bench.tick();
    expect(bench.delivery(deliveryId).effect).toEqual({ kind: 'possibly_done', since: deadlineAt });
  });

  it('is settled by its consumer while nobody noticed that it ran out', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const leased = bench.leaseOne();
    bench.advance(benchLeaseMs + 1);
    bench.settle(leased, outcomes.succeeded());
    expect(bench.status(deliveryId)).toBe('succeeded');
    expect(bench.signalsOf('settle.late')).toEqual([]);
  });

  it('has its deliveries leased singly next, and others not together with them', () => {
    const bench = createBench();
    for (const n of [1, 2, 3]) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
    bench.lease();
    bench.expire();
    bench.claim('fresh', { orderingKey: 'order/4' });
    const rounds = [bench.lease(), bench.lease(), bench.lease(), bench.lease()];
    expect(rounds.map((leased) => leased.map((item) => item.event.eventId))).toEqual([
      ['e1'],
      ['e2'],
      ['e3'],
      ['fresh'],
    ]);
  });

  it('does not give a suspect to a consumer that has others in hand', () => {
    const bench = createBench();
    bench.claim('s', { orderingKey: 'order/1' });
    bench.lease();
    bench.expire();
    bench.claim('b', { source: 'stripe', orderingKey: 'order/2' });
    const [suspect] = bench.lease(1);
    expect(suspect?.event.eventId).toBe('s');
    const [other] = bench.lease(1);
    bench.send([returnedOf(suspect as NonNullable<typeof suspect>)]);
    expect(bench.send([settlementOf(other as NonNullable<typeof other>, outcomes.succeeded())], 10)).toEqual(
      [],
    );
    expect(bench.lease().map((leased) => leased.event.eventId)).toEqual(['s']);
  });

  it('does not let a suspect starve behind other work that fills every batch', () => {
    const bench = createBench();
    bench.claim('suspect', { source: 'stripe', orderingKey: 'order/s' });
    bench.lease();
    for (let n = 0; n < 40; n += 1) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
    bench.expire();
    const seen = [1, 2, 3, 4, 5].flatMap(() => bench.lease(4).map((leased) => leased.event.eventId));
    expect(seen).toContain('suspect');
  });

  it('is no suspect any more once an attempt was settled', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.leaseOne();
    bench.expire();
    bench.settle(bench.leaseOne(), outcomes.retryable());
    expect(bench.delivery(deliveryId)).toMatchObject({ suspect: false, crashCount: 0 });
  });
});

describe('poison', () => {
  it('dead-letters what crashes its consumer again and again while it is leased alone', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    for (let crash = 0; crash < limits.maxLoneCrashes; crash += 1) {
      expect(bench.status(deliveryId)).toBe('pending');
      bench.leaseOne();
      bench.expire();
    }
    expect(bench.delivery(deliveryId).state).toMatchObject({ status: 'dead_lettered', reason: 'poison' });
    expect(bench.signalsOf('delivery.dead_lettered')).toMatchObject([{ reason: 'poison' }]);
    expect(bench.delivery(deliveryId).effect).toMatchObject({ kind: 'possibly_done' });
  });

  it('counts no crash of a delivery that was leased with others, also where only it is left', () => {
    for (const restarted of [false, true]) {
      const bench = createBench();
      const [a, b, c] = ['1', '2', '3'].map((n) => bench.claimOne(n, { orderingKey: `order/${n}` }));
      const [first, second] = bench.lease();
      bench.settle(first as NonNullable<typeof first>, outcomes.succeeded());
      bench.send([returnedOf(second as NonNullable<typeof second>)]);
      if (restarted) bench.restart();
      bench.expire();
      expect([a, b, c].map((id) => bench.delivery(id as string).crashCount)).toEqual([0, 0, 0]);
      expect(bench.delivery(c as string).suspect).toBe(true);
    }
  });

  it('starts counting again after a settled attempt', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.leaseOne();
    bench.expire();
    bench.leaseOne();
    bench.expire();
    bench.settle(bench.leaseOne(), outcomes.retryable());
    bench.advance(60_000);
    bench.leaseOne();
    bench.expire();
    expect(bench.delivery(deliveryId)).toMatchObject({ state: { status: 'pending' }, crashCount: 1 });
  });

  it('lets the line go on where the route says so', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ policy: { onDeadLetter: 'continue' } }] });
    bench.claim('b');
    for (let crash = 0; crash < limits.maxLoneCrashes; crash += 1) {
      bench.leaseOne();
      bench.expire();
    }
    expect(bench.leaseOne().event.eventId).toBe('b');
  });
});
