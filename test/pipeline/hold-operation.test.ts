// An operation whose answers lost their shape: the first finding holds the rest untried, a probe lets all go on.
import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/core/sequencer/messages.ts';
import { performUnlessHeld, releaseOperation } from '../../src/pipeline/hold-operation.ts';
import type { OperationHolds, Sequencers } from '../../src/pipeline/ports.ts';
import { outcomes, settlementOf } from '../support/builders.ts';
import { createMemoryHolds } from '../support/memory-holds.ts';
import { createMemoryRelay } from '../support/memory-relay.ts';
import { type Bench, createBench } from '../support/sequencer-bench.ts';

const hold = {
  operation: 'sale.confirm',
  since: 1,
  deliveryId: 'dlv_0_1',
  adapter: 'test-erp 1.0.0',
  issues: [{ path: '$.documentId', expected: 'string', actual: 'missing' }],
};

function depsWith(holds: OperationHolds) {
  const { definition } = createMemoryRelay();
  const released: string[] = [];
  return {
    released,
    deps: {
      rules: definition,
      connections: { open: () => Promise.reject(new Error('no call was expected')) as never },
      clock: { now: () => 5, wait: async () => {} },
      confirm: async () => 'go' as const,
      holds,
      releaseOperation: async ({ target, operation }: { target: string; operation: string | null }) => {
        released.push(`${target}/${operation}`);
      },
    },
  };
}

function settle(bench: Bench, settlement: Settlement): void {
  bench.send([settlement]);
}

describe('an operation that is held', () => {
  it('is not tried: the delivery is held with the finding, costs no attempt and keeps none', async () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    const holds = createMemoryHolds();
    await holds.record('erp', hold);
    const settlement = await performUnlessHeld(depsWith(holds).deps, bench.leaseOne(), 1e15);
    settle(bench, settlement);
    expect(settlement.attempt).toBeNull();
    expect(bench.delivery(id)).toMatchObject({
      attemptCount: 0,
      effect: null,
      state: {
        status: 'held',
        cause: 'contract_broken',
        behind: 'dlv_0_1',
        adapter: 'test-erp 1.0.0',
        issues: hold.issues,
        message: 'not tried since dlv_0_1 found: $.documentId: expected string, got missing',
      },
    });
  });

  it('holds a job that runs in the ERP as well, and loses nothing of it: a release asks after it again', async () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.accepted('job-7'));
    bench.advance(1_000);
    const holds = createMemoryHolds();
    await holds.record('erp', hold);
    settle(bench, await performUnlessHeld(depsWith(holds).deps, bench.leaseOne(), 1e15));
    expect(bench.delivery(id)).toMatchObject({
      attemptCount: 1,
      state: { status: 'held', behind: 'dlv_0_1' },
      effect: { kind: 'possibly_done', jobRef: 'job-7' },
    });
    const release = { target: 'erp', operation: null, cause: null, actor: 'olga', note: 'x', limit: 9 };
    bench.core().releaseMany(release, bench.now());
    expect(bench.leaseOne().ledger).toMatchObject({ kind: 'possibly_done', jobRef: 'job-7' });
  });

  it('lets a notice through without asking, for it goes to no ERP', async () => {
    const bench = createBench();
    bench.claimOne('a', { plans: [{ callbackUrl: 'https://caller.example/done' }] });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const leased = bench.leaseOne();
    expect(leased.delivery).toMatchObject({ target: 'callbacks', operation: 'job.notify' });
    const unasked = { ...createMemoryHolds(), find: () => Promise.reject(new Error('it was asked')) };
    const { result } = await performUnlessHeld(depsWith(unasked).deps, leased, 1e15);
    expect(result).toMatchObject({ outcome: { kind: 'rejected', code: 'egress_refused' } });
  });

  it('does not hold another operation of the target, or the same one of another target', async () => {
    const holds = createMemoryHolds();
    await holds.record('erp', hold);
    expect(await holds.find('erp', 'stock.set')).toBeNull();
    expect(await holds.find('erp-2', 'sale.confirm')).toBeNull();
  });

  it('keeps the first finding', async () => {
    const holds = createMemoryHolds();
    await holds.record('erp', hold);
    await holds.record('erp', { ...hold, deliveryId: 'dlv_0_2' });
    expect((await holds.find('erp', 'sale.confirm'))?.deliveryId).toBe('dlv_0_1');
  });

  it('lets a delivery through that a person released, and nothing else', async () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.contractBroken());
    bench
      .core()
      .resolve(
        { deliveryId: id, as: 'released', documentId: null, actor: 'olga', note: 'try one' },
        bench.now(),
      );
    const holds = createMemoryHolds();
    await holds.record('erp', hold);
    const leased = bench.leaseOne();
    expect(leased.delivery.probe).toBe(true);
    const settlement = await performUnlessHeld(depsWith(holds).deps, leased, 1e15);
    // The test relay has no such route: what matters is that it was tried.
    expect(settlement.attempt).not.toBeNull();
  });

  it('keeps the mark of a probe while the ERP works on it as a job', () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.contractBroken());
    const release = { deliveryId: id, as: 'released', documentId: null, actor: 'olga', note: 'x' } as const;
    bench.core().resolve(release, bench.now());
    bench.settle(bench.leaseOne(), outcomes.accepted());
    bench.advance(1_000);
    expect(bench.leaseOne().delivery).toMatchObject({ probe: true, state: { status: 'running' } });
  });

  it('takes the mark of a probe away when it is held again', () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.contractBroken());
    const release = { deliveryId: id, as: 'released', documentId: null, actor: 'olga', note: 'x' } as const;
    bench.core().resolve(release, bench.now());
    bench.settle(bench.leaseOne(), outcomes.contractBroken());
    expect(bench.delivery(id)).toMatchObject({ probe: false, state: { status: 'held' } });
  });
});

describe('a release of an operation', () => {
  function sequencersOf(bench: Bench): Pick<Sequencers, 'all'> {
    const releaseMany = async (request: Parameters<ReturnType<Bench['core']>['releaseMany']>[0]) =>
      bench.core().releaseMany(request, bench.now());
    return { all: () => [{ releaseMany }] as never };
  }

  it('lifts the hold and lets go on what is held for that operation and cause, oldest first', async () => {
    const bench = createBench();
    const held = ['a', 'b'].map((eventId) => bench.claimOne(eventId, { orderingKey: `order/${eventId}` }));
    const other = bench.claimOne('c', { orderingKey: 'order/c', plans: [{ operation: 'invoice.post' }] });
    for (const leased of bench.lease()) bench.settle(leased, outcomes.contractBroken());
    const refused = bench.claimOne('d', { orderingKey: 'order/d' });
    bench.send(bench.lease().map((leased) => settlementOf(leased, outcomes.unauthorized())));
    const holds = createMemoryHolds();
    await holds.record('erp', hold);
    const answer = await releaseOperation(
      { holds, sequencers: sequencersOf(bench) },
      { target: 'erp', operation: 'sale.confirm', cause: 'contract_broken', actor: 'olga', note: 'mended' },
    );
    expect(answer).toEqual({ released: held, refused: [], remaining: 0 });
    expect(await holds.list('erp')).toEqual([]);
    expect(bench.status(other)).toBe('held');
    expect(bench.status(refused)).toBe('held');
    expect(bench.delivery(held[0] ?? '').probe).toBe(false);
  });

  it('says how many are left beyond its limit', () => {
    const bench = createBench();
    for (const eventId of ['a', 'b', 'c']) bench.claimOne(eventId, { orderingKey: `order/${eventId}` });
    for (const leased of bench.lease()) bench.settle(leased, outcomes.contractBroken());
    const request = { target: 'erp', operation: null, cause: null, actor: 'olga', note: 'x', limit: 2 };
    expect(bench.core().releaseMany(request, bench.now())).toMatchObject({ refused: [], remaining: 1 });
  });

  it('knows the operations that are held untried, which a broken release may have left', () => {
    const bench = createBench();
    bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.contractBroken());
    expect(bench.core().operationsHeldUntried(bench.now())).toEqual([]);
    bench.claimOne('b', { orderingKey: 'order/b' });
    bench.settle(bench.leaseOne(), { ...outcomes.contractBroken(), behind: 'dlv_0_1' } as never);
    expect(bench.core().operationsHeldUntried(bench.now())).toEqual([
      { target: 'erp', operation: 'sale.confirm' },
    ]);
  });
});
