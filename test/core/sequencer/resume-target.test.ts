// A target takes deliveries again: rests are over at once, and only what its credential held is let go.
import { describe, expect, it } from 'vitest';
import { outcomes, returnedOf } from '../../support/builders.ts';
import { createBench } from '../../support/sequencer-bench.ts';

describe('a target that takes deliveries again', () => {
  it('no longer rests, and says until then why it did', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const returned = returnedOf(bench.leaseOne(), { target: 'erp', notBeforeAt: bench.now() + 60_000 });
    bench.send([{ ...returned, result: { ...returned.result, reason: 'paused' } as typeof returned.result }]);
    expect(bench.view(deliveryId).waiting).toMatchObject({ cause: 'target_resting', reason: 'paused' });
    expect(bench.lease()).toEqual([]);
    bench.core().resumeTarget({ target: 'erp', release: false }, bench.now());
    expect(bench.delivery(deliveryId).attemptCount).toBe(0);
    expect(bench.lease()).toHaveLength(1);
  });

  it('lets go what its credential held, and nothing that was held for another reason', () => {
    const bench = createBench();
    const refused = bench.claimOne('a', { orderingKey: 'order/1' });
    const broken = bench.claimOne('b', { orderingKey: 'order/2' });
    for (const leased of bench.lease()) {
      const outcome = leased.delivery.id === refused ? outcomes.unauthorized() : outcomes.contractBroken();
      bench.settle(leased, outcome, { spent: false });
    }
    const answer = bench.core().resumeTarget({ target: 'erp', release: true }, bench.now());
    expect(answer).toEqual({ releasedCount: 1, hasMore: false });
    expect([bench.status(refused), bench.status(broken)]).toEqual(['pending', 'held']);
  });
});

describe('a consumer that was admitted to a target', () => {
  it('gets as many of it as it may start, also while the target rests for others, and no more', () => {
    const bench = createBench();
    for (const id of ['a', 'b', 'c', 'd']) bench.claim(id, { orderingKey: `order/${id}` });
    bench.send([returnedOf(bench.leaseOne(), { target: 'erp', notBeforeAt: bench.now() + 60_000 })]);
    const take = (grants: Record<string, number>) =>
      bench.core().lease({ max: 10, leaseMs: 30_000, grants }, bench.now()).leased.length;
    expect(take({})).toBe(0);
    expect(take({ erp: 0 })).toBe(0);
    expect(take({ erp: 2 })).toBe(2);
    expect(take({ crm: 5 })).toBe(0);
  });
});
