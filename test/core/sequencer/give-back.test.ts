// A delivery given back untouched costs nothing, keeps nothing, and may let its whole target rest.
import { describe, expect, it } from 'vitest';
import { outcomes, returnedOf } from '../../support/builders.ts';
import { createBench } from '../../support/sequencer-bench.ts';

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
