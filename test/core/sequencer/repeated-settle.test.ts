// A settle that is sent again, or comes when its delivery is closed, archived or unknown: it says what it says once.
import { describe, expect, it } from 'vitest';
import type { LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import { outcomes, resolveOf, returnedOf, settlementOf } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

/** A delivery whose first lease ran out and that is leased again, in doubt. */
function leasedAgain(bench: Bench): { first: LeasedDelivery; second: LeasedDelivery; deliveryId: string } {
  const deliveryId = bench.claimOne('a');
  const first = bench.leaseOne();
  bench.expire();
  return { first, second: bench.leaseOne(), deliveryId };
}

describe('the same settle twice', () => {
  it('changes nothing the second time, for every outcome', () => {
    const all = [
      outcomes.succeeded(),
      outcomes.retryable(),
      outcomes.inDoubt(1),
      outcomes.rejected('possible'),
      outcomes.unauthorized(),
      outcomes.contractBroken('done'),
      outcomes.stateMismatch(),
    ];
    for (const outcome of all) {
      const bench = createBench();
      const deliveryId = bench.claimOne('a');
      const leased = bench.leaseOne();
      bench.settle(leased, outcome, { endedAt: bench.now() });
      const before = bench.delivery(deliveryId);
      bench.settle(leased, outcome, { endedAt: bench.now() });
      bench.restart();
      bench.settle(leased, outcome, { endedAt: bench.now() });
      expect(bench.delivery(deliveryId)).toEqual(before);
      expect(bench.rows.openRecords()[0]?.attempts).toHaveLength(1);
    }
  });

  it('changes nothing when the answer to a give-back was lost', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const leased = bench.leaseOne();
    bench.send([returnedOf(leased)]);
    const again = bench.leaseOne();
    bench.send([returnedOf(leased)]);
    expect(bench.status(deliveryId)).toBe('leased');
    expect(bench.confirm(again)).toBe('go');
  });

  it('settles the same delivery once where one request names it twice', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const leased = bench.leaseOne();
    bench.send([settlementOf(leased, outcomes.retryable()), settlementOf(leased, outcomes.retryable())]);
    expect(bench.delivery(deliveryId).attemptCount).toBe(1);
  });

  it('uses the same late settle once', () => {
    const bench = createBench();
    const { first, second, deliveryId } = leasedAgain(bench);
    bench.settle(first, outcomes.succeeded('SO-1'), { endedAt: bench.now() });
    bench.settle(first, outcomes.succeeded('SO-1'), { endedAt: bench.now() });
    bench.send([returnedOf(second)]);
    bench.settle(first, outcomes.succeeded('SO-1'), { endedAt: bench.now() });
    expect(bench.rows.openRecords()[0]?.attempts).toHaveLength(1);
    expect(bench.signalsOf('delivery.settled')).toHaveLength(1);
    expect(bench.status(deliveryId)).toBe('succeeded');
  });
});

describe('a settle for what is not here any more', () => {
  it('is ignored where nobody knows the delivery', () => {
    const bench = createBench();
    bench.claim('a');
    expect(() => bench.settle({ deliveryId: 'dlv_0_zzz', epoch: 9 }, outcomes.succeeded())).not.toThrow();
  });

  it.each(['done', 'possible'] as const)(
    'is written to the ledger of a delivery that was closed by hand and archived: %s',
    (effect) => {
      const bench = createBench();
      const deliveryId = bench.claimOne('a');
      const first = bench.leaseOne();
      bench.expire();
      bench.core().resolve(resolveOf(deliveryId, 'dropped'), bench.now());
      bench.journal();
      expect(bench.rows.openRecords()).toEqual([]);
      const outcome = effect === 'done' ? outcomes.succeeded('SO-1') : outcomes.inDoubt(bench.now());
      bench.settle(first, outcome);
      bench.restart();
      bench.claim('again', {
        plans: [{ operationKey: 'order/1001/erp/sale.confirm/shopify-a' }],
      });
      expect(bench.leaseOne().ledger?.kind).toBe(effect === 'done' ? 'succeeded' : 'possibly_done');
      expect(bench.rows.openRecords()).toHaveLength(1);
      expect(bench.core().stats(bench.now()).open).toBe(1);
    },
  );
});

describe('a place that was ended by a late settle', () => {
  it.each(['returned', 'settled', 'expired'])(
    'is archived once the newer lease has %s, without a restart',
    (end) => {
      const bench = createBench();
      const { first, second } = leasedAgain(bench);
      bench.settle(first, outcomes.succeeded('SO-1'));
      bench.journal();
      expect(bench.rows.openRecords()).toHaveLength(1);
      if (end === 'returned') bench.send([returnedOf(second)]);
      if (end === 'settled') bench.settle(second, outcomes.duplicate('SO-1'));
      if (end === 'expired') bench.expire();
      bench.journal();
      expect(bench.rows.openRecords()).toEqual([]);
    },
  );

  it.each(['returned', 'settled', 'expired'])(
    'is free also after a restart when the newer lease has %s',
    (end) => {
      const bench = createBench();
      const { first, second } = leasedAgain(bench);
      const next = bench.claimOne('b');
      bench.settle(first, outcomes.succeeded('SO-1'));
      if (end === 'returned') bench.send([returnedOf(second)]);
      if (end === 'settled') bench.settle(second, outcomes.duplicate('SO-1'));
      if (end === 'expired') bench.expire();
      bench.restart();
      expect(bench.core().stats(bench.now()).leased).toBe(0);
      expect(bench.leaseOne().delivery.id).toBe(next);
    },
  );
});
