// A lease is the exclusive, expiring right to attempt a delivery. What runs out is in doubt, and crashes are found out.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { outcomes, returnedOf, settlementOf } from '../../support/builders.ts';
import { SimulatedCrash } from '../../support/memory-rows.ts';
import { benchLeaseMs, createBench } from '../../support/sequencer-bench.ts';

describe('lease', () => {
  it('hands a delivery to one consumer only, also after a restart', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b');
    expect(bench.lease()).toHaveLength(1);
    expect(bench.lease()).toEqual([]);
    bench.restart();
    expect(bench.lease()).toEqual([]);
  });

  it('hands out with the event, its body, the ledger and what waits behind it', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.claim('b');
    bench.claim('c', { orderingKey: 'order/2' });
    const [first, second] = bench.lease();
    expect(first).toMatchObject({ delivery: { id: deliveryId }, ledger: null, successorWaits: true });
    expect(new TextDecoder().decode(first?.payload.body)).toBe('{"event":"a"}');
    expect(second).toMatchObject({ successorWaits: false });
  });

  it('hands out no more than it is asked for, and says when more is ready', () => {
    const bench = createBench();
    for (const n of [1, 2, 3]) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
    const answer = bench.core().lease({ max: 2, leaseMs: 1_000 }, bench.now());
    expect([answer.leased.length, answer.moreReady]).toEqual([2, true]);
    expect(bench.core().lease({ max: 0, leaseMs: 1_000 }, bench.now())).toEqual({
      leased: [],
      moreReady: true,
    });
  });

  it('hands out the next of a line with the settle of the one before', () => {
    const bench = createBench();
    bench.claim('a');
    const next = bench.claimOne('b');
    const [leased] = bench.send([settlementOf(bench.leaseOne(), outcomes.succeeded())], 10);
    expect(leased?.delivery.id).toBe(next);
  });

  it('is not lost when the process dies after the commit: it runs to its deadline', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.rows.crashNext({ at: 'after_commit' });
    expect(() => bench.lease()).toThrow(SimulatedCrash);
    expect(bench.lease()).toEqual([]);
    bench.expire();
    expect(bench.leaseOne()).toMatchObject({
      delivery: { id: deliveryId },
      ledger: { kind: 'possibly_done' },
    });
  });

  it('leaves a delivery untouched when the lease was rolled back', () => {
    const bench = createBench();
    bench.claim('a');
    bench.rows.crashNext({ at: 'before_write', write: 1 });
    expect(() => bench.lease()).toThrow(SimulatedCrash);
    expect(bench.leaseOne().ledger).toBeNull();
  });
});

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

  it('does not let a suspect starve behind other work that never ends', () => {
    const bench = createBench();
    bench.claim('suspect', { source: 'stripe', orderingKey: 'order/s' });
    bench.lease();
    bench.expire();
    for (let n = 0; n < 40; n += 1) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
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

describe('giving back', () => {
  it.each([false, true])('costs nothing and leaves no doubt (restarted: %s)', (restarted) => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.send([returnedOf(bench.leaseOne())]);
    if (restarted) bench.restart();
    expect(bench.delivery(deliveryId)).toMatchObject({
      attemptCount: 0,
      crashCount: 0,
      suspect: false,
      effect: null,
      state: { status: 'pending' },
    });
    bench.expire();
    expect(bench.leaseOne().ledger).toBeNull();
  });

  it.each([false, true])('gives up a place that was only taken for it (restarted: %s)', (restarted) => {
    const bench = createBench();
    bench.claim('2', { sequence: 2 });
    const leased = bench.leaseOne();
    bench.claim('1', { sequence: 1 });
    bench.send([returnedOf(leased)]);
    if (restarted) bench.restart();
    expect(bench.leaseOne().event.eventId).toBe('1');
  });

  it.each([false, true])(
    'keeps no place where another delivery of the event was settled meanwhile (restarted: %s)',
    (restarted) => {
      const bench = createBench();
      bench.claim('2', { sequence: 2, plans: [{ target: 'erp' }, { target: 'crm' }] });
      const [erp, crm] = bench.lease();
      bench.settle(crm as NonNullable<typeof crm>, outcomes.succeeded());
      bench.claim('1', { sequence: 1 });
      bench.send([returnedOf(erp as NonNullable<typeof erp>)]);
      if (restarted) bench.restart();
      expect(bench.leaseOne().event.eventId).toBe('1');
    },
  );

  it('keeps the place of what was started before', () => {
    const bench = createBench();
    bench.claim('2', { sequence: 2 });
    bench.settle(bench.leaseOne(), outcomes.retryable());
    bench.claim('1', { sequence: 1 });
    bench.advance(60_000);
    bench.send([returnedOf(bench.leaseOne())]);
    expect(bench.leaseOne().event.eventId).toBe('2');
  });

  it('gives back a suspect as the suspect it was', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.leaseOne();
    bench.expire();
    bench.send([returnedOf(bench.leaseOne())]);
    expect(bench.delivery(deliveryId)).toMatchObject({ suspect: true, crashCount: 1 });
  });

  it('lets a whole target rest, and takes no head and rings no bell for it until then', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b', { orderingKey: 'order/2' });
    bench.claim('c', { orderingKey: 'order/3', plans: [{ target: 'crm' }] });
    const notBeforeAt = bench.now() + 9_000;
    const [first] = bench.lease(1);
    bench.send([returnedOf(first as NonNullable<typeof first>, { target: 'erp', notBeforeAt })]);
    expect(bench.lease().map((leased) => leased.delivery.target)).toEqual(['crm']);
    expect(bench.core().hasReady(bench.now())).toBe(false);
    expect(bench.core().nextTickAt(bench.now())).toBe(notBeforeAt);
    bench.advance(9_000);
    expect(bench.core().hasReady(bench.now())).toBe(true);
    expect(bench.lease()).toHaveLength(2);
  });

  it('says of a delivery whose target rests until when it does', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const notBeforeAt = bench.now() + 9_000;
    bench.send([returnedOf(bench.leaseOne(), { target: 'erp', notBeforeAt })]);
    expect(bench.view(deliveryId).waiting).toEqual({
      cause: 'target_resting',
      on: 'erp',
      until: notBeforeAt,
    });
  });
});

describe('fairness', () => {
  it('goes round between the sources of a target, so that a noisy one starves no other', () => {
    const bench = createBench();
    for (let n = 0; n < 50; n += 1) bench.claim(`noise-${n}`, { orderingKey: `order/${n}` });
    bench.claim('quiet', { source: 'stripe', orderingKey: 'order/q' });
    const sources = bench.lease(4).map((leased) => leased.event.source);
    expect(sources.filter((source) => source === 'stripe')).toHaveLength(1);
  });

  it('goes round between targets too, and takes the oldest line of a source first', () => {
    const bench = createBench();
    for (let n = 0; n < 5; n += 1) bench.claim(`erp-${n}`, { orderingKey: `order/${n}` });
    for (let n = 0; n < 5; n += 1) {
      bench.claim(`crm-${n}`, { orderingKey: `order/c${n}`, plans: [{ target: 'crm' }] });
    }
    const ids = bench.lease(6).map((leased) => leased.event.eventId);
    expect(ids).toEqual(['erp-0', 'crm-0', 'erp-1', 'crm-1', 'erp-2', 'crm-2']);
  });
});
