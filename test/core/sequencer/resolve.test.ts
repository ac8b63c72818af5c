// What a person decides about a delivery without running it: done, dropped, released. Each moves the line.
import { describe, expect, it } from 'vitest';
import { afterType, outcomes, resolveOf } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

/** The next that is ready, rejected; its id. */
function reject(bench: Bench): string {
  const leased = bench.leaseOne();
  bench.settle(leased, outcomes.rejected());
  return leased.delivery.id;
}

function resolve(bench: Bench, ...args: Parameters<typeof resolveOf>) {
  return bench.core().resolve(resolveOf(...args), bench.now());
}

describe('a dead letter', () => {
  it('blocks its line by default, and lets it pass where the route says so', () => {
    for (const onDeadLetter of ['block', 'continue'] as const) {
      const bench = createBench();
      bench.claim('a', { plans: [{ policy: { onDeadLetter } }] });
      bench.claim('b');
      reject(bench);
      const next = bench.lease().map((leased) => leased.event.eventId);
      expect(next).toEqual(onDeadLetter === 'block' ? [] : ['b']);
    }
  });

  it('blocks its own line only: not another target, not another key', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ target: 'erp' }] });
    bench.claim('b', { plans: [{ target: 'crm' }] });
    bench.claim('c', { orderingKey: 'order/2' });
    reject(bench);
    expect(bench.lease()).toHaveLength(2);
  });
});

describe('resolve', () => {
  it('done records the document in the ledger, closes the place and moves the line', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b');
    const dead = reject(bench);
    resolve(bench, dead, 'done', { documentId: 'SO-7' });
    expect(bench.delivery(dead)).toMatchObject({
      state: { status: 'resolved', resolvedBy: 'olga' },
      effect: { kind: 'succeeded', document: { documentId: 'SO-7' } },
    });
    expect(bench.leaseOne().event.eventId).toBe('b');
  });

  it('dropped leaves nothing in the ledger and moves the line', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b');
    const dead = reject(bench);
    resolve(bench, dead, 'dropped');
    expect(bench.delivery(dead)).toMatchObject({ state: { status: 'resolved' }, effect: null });
    expect(bench.leaseOne().event.eventId).toBe('b');
  });

  it('dropped skips what waits, is scheduled or held', () => {
    const outcomesBefore = [null, outcomes.retryable(), outcomes.unauthorized()];
    for (const outcome of outcomesBefore) {
      const bench = createBench();
      const deliveryId = bench.claimOne('a');
      bench.claim('b');
      if (outcome !== null) bench.settle(bench.leaseOne(), outcome);
      resolve(bench, deliveryId, 'dropped');
      expect(bench.status(deliveryId)).toBe('skipped');
      expect(bench.leaseOne().event.eventId).toBe('b');
    }
  });

  it('done is also for what is held, and not for what may still run', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    expect(resolve(bench, deliveryId, 'done')).toMatchObject({ reason: 'wrong_state' });
    bench.settle(bench.leaseOne(), outcomes.contractBroken('done'));
    expect(resolve(bench, deliveryId, 'done', { documentId: 'SO-1' })).toMatchObject({ kind: 'resolved' });
  });

  it('unblocked is not for a job the ERP works on: nothing of it waits for what comes before it', () => {
    const bench = createBench();
    bench.claimOne('first', { type: 'orders/create' });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const id = bench.claimOne('a', { plans: [{ policy: { after: [afterType('orders/create')] } }] });
    bench.settle(bench.leaseOne(), outcomes.accepted());
    expect(bench.core().resolve(resolveOf(id, 'unblocked'), bench.now())).toMatchObject({
      kind: 'refused',
      reason: 'wrong_state',
    });
    expect(bench.status(id)).toBe('running');
  });

  it('released lets what is held go on at its place, at no attempt', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.claim('b');
    bench.settle(bench.leaseOne(), outcomes.unauthorized(), { spent: false });
    expect(bench.lease()).toEqual([]);
    resolve(bench, deliveryId, 'released');
    expect(bench.delivery(deliveryId).attemptCount).toBe(0);
    expect(bench.leaseOne().delivery.id).toBe(deliveryId);
  });

  it('released is for what is held only', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    expect(resolve(bench, deliveryId, 'released')).toMatchObject({ reason: 'wrong_state' });
  });

  it('is refused while the delivery is being attempted, and once it is closed', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    const leased = bench.leaseOne();
    expect(resolve(bench, deliveryId, 'dropped')).toMatchObject({ reason: 'wrong_state' });
    bench.settle(leased, outcomes.succeeded());
    expect(resolve(bench, deliveryId, 'dropped')).toMatchObject({ reason: 'wrong_state' });
  });

  it('is refused for a dead letter whose replay is open: that one decides', () => {
    const bench = createBench();
    bench.claim('a');
    const dead = reject(bench);
    const replayId = bench.replayed(dead);
    for (const as of ['done', 'dropped'] as const) {
      expect(resolve(bench, dead, as)).toMatchObject({ kind: 'refused', reason: 'wrong_state' });
    }
    expect(resolve(bench, replayId, 'dropped')).toMatchObject({ kind: 'resolved' });
    expect([bench.status(dead), bench.status(replayId)]).toEqual(['resolved', 'skipped']);
  });

  it('of a dead original closes its dead replays, and the other way round', () => {
    for (const which of ['original', 'replay']) {
      const bench = createBench();
      bench.claim('a');
      bench.claim('b');
      const dead = reject(bench);
      bench.replayed(dead);
      const deadReplay = reject(bench);
      resolve(bench, which === 'original' ? dead : deadReplay, 'dropped');
      expect([bench.status(dead), bench.status(deadReplay)]).toEqual(['resolved', 'resolved']);
      expect(bench.leaseOne().event.eventId).toBe('b');
    }
  });

  it('done by hand is in the ledger for whatever means the same', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ operationKey: 'order/1001/erp/sale.confirm' }] });
    resolve(bench, reject(bench), 'done', { documentId: 'SO-7' });
    bench.claim('b', { plans: [{ operationKey: 'order/1001/erp/sale.confirm' }] });
    expect(bench.leaseOne().ledger).toMatchObject({ kind: 'succeeded', document: { documentId: 'SO-7' } });
  });
});
