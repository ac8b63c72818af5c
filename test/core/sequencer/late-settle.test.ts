// A settle that comes after its lease is evidence: what it says was done counts, and nothing is done twice over it.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import { documentOf, outcomes, returnedOf, settlementOf } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

/** A delivery whose first lease ran out and that is leased again, in doubt. */
function leasedAgain(bench: Bench): { first: LeasedDelivery; second: LeasedDelivery; deliveryId: string } {
  const deliveryId = bench.claimOne('a');
  const first = bench.leaseOne();
  bench.expire();
  return { first, second: bench.leaseOne(), deliveryId };
}

describe('confirm', () => {
  it('says go to the lease that counts, and stop to any other', () => {
    const bench = createBench();
    const { first, second } = leasedAgain(bench);
    expect([bench.confirm(first), bench.confirm(second)]).toEqual(['stop', 'go']);
  });

  it('says stop at the deadline, also before anybody noticed it', () => {
    const bench = createBench();
    const { second } = leasedAgain(bench);
    bench.advance(30_000);
    expect(bench.confirm(second)).toBe('stop');
  });

  it('says stop once the delivery was settled or given back', () => {
    for (const end of ['settled', 'returned']) {
      const bench = createBench();
      const { second } = leasedAgain(bench);
      if (end === 'settled') bench.settle(second, outcomes.succeeded());
      else bench.send([returnedOf(second)]);
      expect(bench.confirm(second)).toBe('stop');
    }
  });

  it('says stop after a restart: what came in between is not known, and a look-up tells', () => {
    const bench = createBench();
    const { second } = leasedAgain(bench);
    bench.restart();
    expect(bench.confirm(second)).toBe('stop');
  });
});

describe('a late settle with effect none', () => {
  it.each(['pending', 'leased again'])('is ignored while the delivery is %s', (when) => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const first = bench.leaseOne();
    bench.expire();
    const second = when === 'pending' ? null : bench.leaseOne();
    const before = bench.delivery(deliveryId);
    bench.settle(first, outcomes.rejected());
    bench.settle(first, outcomes.retryable());
    expect(bench.delivery(deliveryId)).toEqual(before);
    expect(bench.signalsOf('settle.late').map((signal) => signal.used)).toEqual([false, false]);
    if (second !== null) expect(bench.confirm(second)).toBe('go');
  });
});

describe('a late settle with effect done', () => {
  it('ends a delivery that waits to be leased again', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.claim('b');
    const first = bench.leaseOne();
    bench.expire();
    bench.settle(first, outcomes.succeeded('SO-1'));
    expect(bench.delivery(deliveryId)).toMatchObject({
      state: { status: 'succeeded', how: 'late_settle' },
      effect: { kind: 'succeeded', document: documentOf('SO-1') },
      suspect: false,
    });
    expect(bench.leaseOne().event.eventId).toBe('b');
  });

  it.each([false, true])(
    'stops the newer attempt at its confirm and keeps its place leased (restarted: %s)',
    (restarted) => {
      const bench = createBench();
      const { first, second, deliveryId } = leasedAgain(bench);
      bench.claim('b');
      bench.settle(first, outcomes.succeeded('SO-1'));
      if (restarted) bench.restart();
      expect(bench.confirm(second)).toBe('stop');
      expect(bench.status(deliveryId)).toBe('succeeded');
      expect(bench.lease()).toEqual([]);
      bench.send([returnedOf(second)]);
      expect(bench.leaseOne().event.eventId).toBe('b');
    },
  );

  it('keeps the place leased after the confirm until the newer lease settles or expires', () => {
    for (const end of ['settles', 'expires']) {
      const bench = createBench();
      const { first, second, deliveryId } = leasedAgain(bench);
      bench.claim('b');
      expect(bench.confirm(second)).toBe('go');
      bench.settle(first, outcomes.succeeded('SO-1'));
      expect(bench.lease()).toEqual([]);
      if (end === 'settles') bench.settle(second, outcomes.duplicate('SO-1'));
      else bench.expire();
      expect(bench.delivery(deliveryId).state).toMatchObject({ status: 'succeeded', how: 'late_settle' });
      expect(bench.signalsOf('effect.doubled')).toEqual([]);
      expect(bench.leaseOne().event.eventId).toBe('b');
    }
  });

  it('raises effect.doubled where the newer attempt made another document', () => {
    const bench = createBench();
    const { first, second, deliveryId } = leasedAgain(bench);
    bench.confirm(second);
    bench.settle(first, outcomes.succeeded('SO-1'));
    bench.settle(second, outcomes.succeeded('SO-2'));
    expect(bench.signalsOf('effect.doubled')).toMatchObject([{ deliveryId, documents: ['SO-1', 'SO-2'] }]);
    expect(bench.delivery(deliveryId).effect).toMatchObject({ document: documentOf('SO-1') });
  });

  it('raises effect.doubled where the newer attempt was there first', () => {
    const bench = createBench();
    const { first, second, deliveryId } = leasedAgain(bench);
    bench.settle(second, outcomes.succeeded('SO-2'), { doubtCleared: true });
    bench.settle(first, outcomes.succeeded('SO-1'));
    expect(bench.signalsOf('effect.doubled')).toMatchObject([{ deliveryId, documents: ['SO-2', 'SO-1'] }]);
  });

  it('raises effect.doubled where the other document is that of a replay', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const leases: LeasedDelivery[] = [];
    for (let crash = 0; crash < limits.maxLoneCrashes; crash += 1) {
      leases.push(bench.leaseOne());
      bench.expire();
    }
    const replayId = bench.replayed(deliveryId);
    bench.settle(bench.leaseOne(), outcomes.succeeded('SO-2'), { doubtCleared: true });
    expect(bench.status(replayId)).toBe('succeeded');
    bench.settle(leases[0] as LeasedDelivery, outcomes.succeeded('SO-1'));
    expect(bench.signalsOf('effect.doubled')).toMatchObject([{ documents: ['SO-2', 'SO-1'] }]);
  });

  it('resolves a dead letter, and an open replay of it finds the document in the ledger', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const first = bench.leaseOne();
    bench.expire();
    bench.settle(bench.leaseOne(), outcomes.rejected());
    const replayId = bench.replayed(deliveryId);
    bench.settle(first, outcomes.succeeded('SO-1'));
    expect(bench.delivery(deliveryId).state).toMatchObject({ status: 'resolved', resolvedBy: 'late_settle' });
    const leased = bench.leaseOne();
    expect(leased.delivery.id).toBe(replayId);
    expect(leased.ledger).toMatchObject({ kind: 'succeeded', document: documentOf('SO-1') });
  });

  it('stops a replay that looks the same operation up', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const first = bench.leaseOne();
    bench.expire();
    bench.settle(bench.leaseOne(), outcomes.rejected());
    bench.replayed(deliveryId);
    const replay = bench.leaseOne();
    expect(replay.ledger).toMatchObject({ kind: 'possibly_done' });
    bench.settle(first, outcomes.succeeded('SO-1'));
    expect(bench.confirm(replay)).toBe('stop');
  });

  it('closes the dead replays of its place as well', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const first = bench.leaseOne();
    bench.expire();
    bench.settle(bench.leaseOne(), outcomes.rejected());
    const replayId = bench.replayed(deliveryId);
    bench.settle(bench.leaseOne(), outcomes.rejected());
    bench.settle(first, outcomes.succeeded('SO-1'));
    expect([bench.status(deliveryId), bench.status(replayId)]).toEqual(['resolved', 'resolved']);
  });
});

describe('a late settle with effect possible', () => {
  it('puts a delivery in doubt since the last byte it tells of', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const first = bench.leaseOne();
    bench.expire();
    const stalledUntil = bench.now() + 4_000;
    bench.settle(first, outcomes.inDoubt(stalledUntil));
    expect(bench.delivery(deliveryId).effect).toEqual({ kind: 'possibly_done', since: stalledUntil });
  });

  it('stops the newer attempt at its confirm: it looked up too early', () => {
    const bench = createBench();
    const { first, second } = leasedAgain(bench);
    bench.settle(first, outcomes.inDoubt(bench.now() + 4_000));
    expect(bench.confirm(second)).toBe('stop');
  });

  it('does not stop it where it tells nothing that was not known', () => {
    const bench = createBench();
    const { first, second } = leasedAgain(bench);
    bench.settle(first, outcomes.inDoubt(bench.now() - 25_000));
    expect(bench.confirm(second)).toBe('go');
  });

  it('lets what the newer attempt finds or does count', () => {
    const bench = createBench();
    const { first, second, deliveryId } = leasedAgain(bench);
    bench.settle(first, outcomes.inDoubt(bench.now() + 4_000));
    bench.settle(second, outcomes.duplicate('SO-1'), { spent: false });
    expect(bench.status(deliveryId)).toBe('succeeded');
  });

  it('is not cleared by a look-up that began before it', () => {
    const bench = createBench();
    const { first, second, deliveryId } = leasedAgain(bench);
    bench.confirm(second);
    const stalledUntil = bench.now() + 4_000;
    bench.settle(first, outcomes.inDoubt(stalledUntil));
    bench.settle(second, outcomes.rejected(), { doubtCleared: true });
    expect(bench.delivery(deliveryId).effect).toEqual({ kind: 'possibly_done', since: stalledUntil });
  });
});

describe('a late settle of what was archived and is out of memory', () => {
  it('raises the alarm over a second document all the same', () => {
    const bench = createBench();
    const { first, second } = leasedAgain(bench);
    bench.settle(second, outcomes.succeeded('doc-2'));
    bench.journal();
    bench.restart();
    const late = settlementOf(first, outcomes.succeeded('doc-1'));
    bench.send([{ ...late, orderingKey: first.event.orderingKey }]);
    expect(bench.signalsOf('effect.doubled')).toHaveLength(1);
  });
});
