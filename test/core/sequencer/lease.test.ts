// A lease is the exclusive, expiring right to attempt a delivery, handed out in turn to sources and targets.
import { describe, expect, it } from 'vitest';
import { outcomes, settlementOf } from '../../support/builders.ts';
import { SimulatedCrash } from '../../support/memory-rows.ts';
import { createBench } from '../../support/sequencer-bench.ts';

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
