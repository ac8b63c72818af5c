// Operations that set a state: only the newest input matters. What is pointless is superseded, what is under way is not.
import { describe, expect, it } from 'vitest';
import { type ClaimChanges, outcomes, resolveOf, returnedOf, stockPlan } from '../../support/builders.ts';
import { createBench } from '../../support/sequencer-bench.ts';

const stock = (sequence: number | null, changes: ClaimChanges = {}): ClaimChanges => ({
  orderingKey: 'product/7',
  sequence,
  plans: [stockPlan({ operationKey: `product/7/erp/stock.set/SKU-7/${sequence}` })],
  ...changes,
});

describe('inputs that set the same state', () => {
  it('coalesce to the newest while nothing of them has started', () => {
    const bench = createBench();
    const [a, b] = [bench.claimOne('a', stock(1)), bench.claimOne('b', stock(2))];
    const c = bench.claimOne('c', stock(3));
    expect([bench.status(a), bench.status(b), bench.status(c)]).toEqual([
      'superseded',
      'superseded',
      'pending',
    ]);
    expect(bench.lease().map((leased) => leased.event.eventId)).toEqual(['c']);
  });

  it('are superseded at their claim when a newer one is there already', () => {
    const bench = createBench();
    const newer = bench.claimOne('newer', stock(2));
    const older = bench.claimOne('older', stock(1));
    expect(bench.delivery(older).state).toMatchObject({ status: 'superseded', by: newer });
  });

  it('are superseded at their claim when a newer one was applied, archived and forgotten by the memory', () => {
    const bench = createBench();
    bench.claim('newer', stock(2));
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    bench.restart();
    const older = bench.claimOne('older', stock(1));
    expect(bench.status(older)).toBe('superseded');
    expect(bench.lease()).toEqual([]);
  });

  it('do not touch another state, another target or an operation that only runs', () => {
    const bench = createBench();
    const ids = [
      bench.claimOne('a', stock(1)),
      bench.claimOne('b', stock(2, { plans: [stockPlan({ staleKey: 'product/7/erp/stock.set/SKU-8' })] })),
      bench.claimOne('c', stock(3, { plans: [{ operation: 'stock.receive' }] })),
    ];
    expect(ids.map((id) => bench.status(id))).toEqual(['pending', 'pending', 'pending']);
  });

  it('leave what is leased alone until it is settled', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    const leased = bench.leaseOne();
    bench.claim('newer', stock(2));
    expect(bench.status(older)).toBe('leased');
    bench.settle(leased, outcomes.retryable());
    expect(bench.status(older)).toBe('superseded');
  });

  it('supersede what was given back untouched', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    const leased = bench.leaseOne();
    bench.claim('newer', stock(2));
    bench.send([returnedOf(leased)]);
    expect(bench.status(older)).toBe('superseded');
  });

  it('leave what is in doubt alone until its doubt is over', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.settle(bench.leaseOne(), outcomes.inDoubt(bench.now()));
    bench.claim('newer', stock(2));
    expect(bench.status(older)).toBe('scheduled');
    bench.advance(60_000);
    bench.settle(bench.leaseOne(), outcomes.retryable(), { doubtCleared: true });
    expect(bench.status(older)).toBe('superseded');
  });

  it('supersede a dead letter and what is held, and free the line', () => {
    for (const outcome of [outcomes.rejected(), outcomes.unauthorized()]) {
      const bench = createBench();
      const older = bench.claimOne('older', stock(1));
      bench.settle(bench.leaseOne(), outcome);
      const newer = bench.claimOne('newer', stock(2));
      expect(bench.status(older)).toBe('superseded');
      expect(bench.leaseOne().delivery.id).toBe(newer);
    }
  });

  it('do not supersede a dead letter in doubt', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.settle(bench.leaseOne(), outcomes.lookupFailed(bench.now(), false));
    bench.claim('newer', stock(2));
    expect(bench.status(older)).toBe('dead_lettered');
  });

  it('leave an older one its chance when the newer is dead', () => {
    const bench = createBench();
    bench.claim('newer', stock(2));
    bench.settle(bench.leaseOne(), outcomes.rejected());
    const older = bench.claimOne('older', stock(1));
    expect(bench.status(older)).toBe('pending');
  });

  it('are superseded when it turns out late that a newer one was applied, or a person says so', () => {
    for (const how of ['late', 'by hand']) {
      const bench = createBench();
      const newer = bench.claimOne('newer', stock(2));
      const leased = bench.leaseOne();
      bench.expire();
      bench.settle(bench.leaseOne(), outcomes.rejected());
      const older = bench.claimOne('older', stock(1));
      expect(bench.status(older)).toBe('pending');
      if (how === 'late') bench.settle(leased, outcomes.succeeded());
      else bench.core().resolve(resolveOf(newer, 'done'), bench.now());
      expect([bench.status(newer), bench.status(older)]).toEqual(['resolved', 'superseded']);
    }
  });

  it('never all give way to each other, also where sequence and time of two sources disagree', () => {
    const bench = createBench();
    const at = bench.now();
    const ids = [
      bench.claimOne('a', stock(3, { occurredAt: at - 3_000 })),
      bench.claimOne('b', stock(2, { occurredAt: at - 1_000 })),
      bench.claimOne('c', stock(9, { source: 'warehouse', occurredAt: at - 2_000 })),
    ];
    const alive = ids.filter((id) => bench.status(id) === 'pending');
    expect(alive).toHaveLength(1);
  });

  it('always leave one of them, in whatever order and with whatever sequences they come', () => {
    const bench = createBench();
    const sequences = [4, null, 2, 7, null, 1, 7, 3];
    const ids = sequences.map((sequence, n) => bench.claimOne(`e${n}`, stock(sequence)));
    expect(ids.filter((id) => bench.status(id) === 'pending')).toHaveLength(1);
  });
});

describe('a replay of an older input', () => {
  it('settles superseded behind a newer one that was applied', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.settle(bench.leaseOne(), outcomes.lookupFailed(bench.now(), false));
    bench.core().resolve(resolveOf(older, 'dropped'), bench.now());
    bench.claim('newer', stock(2));
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const replayId = bench.replayed(older);
    expect(bench.status(replayId)).toBe('superseded');
    expect(bench.lease()).toEqual([]);
  });

  it('runs when it is forced with a reason', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.claim('newer', stock(2));
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const replayId = bench.replayed(older, { forced: true, reason: 'the count of today is wrong' });
    expect(bench.leaseOne().delivery).toMatchObject({ id: replayId, replay: { forced: true } });
  });

  it('sets its state once more when it is forced after it was applied, under a key of its own, and only once', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.settle(bench.leaseOne(), outcomes.succeeded('first'));
    bench.claim('newer', stock(2));
    bench.settle(bench.leaseOne(), outcomes.succeeded('second'));
    const again = bench.replayed(older, { forced: true, reason: 'the newer count was of another shelf' });
    const leased = bench.leaseOne();
    expect([leased.delivery.id, leased.ledger]).toEqual([again, null]);
    expect(leased.delivery.operationKey).toBe(`${bench.delivery(older).operationKey}/${again}`);
    bench.settle(leased, outcomes.inDoubt(bench.now()));
    expect(bench.core().find(again, bench.now())?.ledger).toMatchObject({ kind: 'possibly_done' });
    bench.advance(120_000);
    bench.settle(bench.leaseOne(), outcomes.succeeded('third'));
    const thrice = bench.replayed(again, { forced: true, reason: 'and once more' });
    expect(bench.leaseOne().delivery.operationKey).toBe(`${bench.delivery(older).operationKey}/${thrice}`);
  });

  it('keeps its key when it is forced while its first attempt may have been done', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.settle(bench.leaseOne(), outcomes.lookupFailed(bench.now(), false));
    bench.replayed(older, { forced: true, reason: 'now' });
    const leased = bench.leaseOne();
    expect([leased.delivery.operationKey, leased.ledger?.kind]).toEqual([
      bench.delivery(older).operationKey,
      'possibly_done',
    ]);
  });

  it('of an operation that sets no state is a duplicate, forced or not', () => {
    const bench = createBench();
    const sale = bench.claimOne('sale');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.replayed(sale, { forced: true, reason: 'to see' });
    expect(bench.leaseOne().ledger?.kind).toBe('succeeded');
  });

  it('clears up its doubt first where the newer one still waits behind it', () => {
    const bench = createBench();
    const older = bench.claimOne('older', stock(1));
    bench.settle(bench.leaseOne(), outcomes.lookupFailed(bench.now(), false));
    const newer = bench.claimOne('newer', stock(2));
    const replayId = bench.replayed(older);
    const leased = bench.leaseOne();
    expect([leased.delivery.id, leased.ledger?.kind]).toEqual([replayId, 'possibly_done']);
    bench.settle(leased, outcomes.duplicate(), { spent: false });
    expect(bench.leaseOne().delivery.id).toBe(newer);
  });

  it('runs when nothing newer was applied', () => {
    const bench = createBench();
    const newest = bench.claimOne('newest', stock(2));
    bench.settle(bench.leaseOne(), outcomes.rejected());
    const replayId = bench.replayed(newest);
    expect(bench.leaseOne().delivery.id).toBe(replayId);
  });
});
