// A partly done batch: one result, and a dead letter of its own for each record that failed.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/outcome.ts';
import { documentOf, outcomes, type PlanChanges } from '../../support/builders.ts';
import { type Bench, createBench, runAll } from '../../support/sequencer-bench.ts';

const key = (recordId: string) => `order/1001/erp/stock.set_many/c-1/${recordId}`;

function partial(failed: readonly string[], done: readonly string[] = ['A', 'B']): Outcome {
  return {
    kind: 'partial',
    effect: 'done',
    document: { ...documentOf('c-1'), state: 'partial' },
    recordOperation: 'stock.set',
    succeeded: done.map((recordId) => ({
      recordId,
      key: key(recordId),
      documentId: `ADJ-${recordId}`,
      documentNumber: `ADJ-${recordId}`,
    })),
    failed: failed.map((recordId) => ({
      recordId,
      key: key(recordId),
      input: { sku: recordId, quantity: -1 },
      effect: 'none',
      code: 'negative_quantity',
      message: 'may not be negative',
      fieldErrors: [],
    })),
  };
}

const plan: PlanChanges = {
  operation: 'stock.set_many',
  operationKey: 'order/1001/erp/stock.set_many/c-1',
  policy: { batch: 'partial' },
};

function batchDone(bench: Bench, policy: PlanChanges['policy'] = {}) {
  const batchId = bench.claimOne('batch', { plans: [{ ...plan, policy: { batch: 'partial', ...policy } }] });
  bench.settle(bench.leaseOne(), partial(['X', 'Y']));
  const dead = bench.signalsOf('delivery.dead_lettered').map(({ delivery }) => delivery.id);
  return { batchId, dead };
}

describe('a partly done batch', () => {
  it('is succeeded as partial, and each failed record is a dead letter that names it', () => {
    const bench = createBench();
    const { batchId, dead } = batchDone(bench);
    expect(bench.delivery(batchId).state).toMatchObject({ status: 'succeeded', how: 'partial' });
    expect(dead.map((id) => bench.delivery(id))).toMatchObject(
      ['X', 'Y'].map((recordId) => ({
        operation: 'stock.set',
        operationKey: key(recordId),
        own: { of: batchId, recordId },
        state: {
          reason: 'rejected',
          code: 'negative_quantity',
          message: `record ${recordId}: may not be negative`,
        },
      })),
    );
  });

  it('knows each record that was done by its own key', () => {
    const bench = createBench();
    batchDone(bench);
    bench.claim('again', { plans: [{ operation: 'stock.set', operationKey: key('A') }] });
    bench.claim('other', { plans: [{ operation: 'stock.set', operationKey: key('Z') }] });
    const ledgers = new Map<string, unknown>();
    bench
      .core()
      .resolve(
        { deliveryId: bench.signalsOf('delivery.dead_lettered')[0]?.delivery.id ?? '', ...dropped },
        bench.now(),
      );
    bench
      .core()
      .resolve(
        { deliveryId: bench.signalsOf('delivery.dead_lettered')[1]?.delivery.id ?? '', ...dropped },
        bench.now(),
      );
    for (let next = bench.lease(1)[0]; next !== undefined; next = bench.lease(1)[0]) {
      ledgers.set(next.event.eventId, next.ledger);
      bench.settle(next, outcomes.succeeded());
    }
    expect(ledgers.get('again')).toMatchObject({ kind: 'succeeded', document: { documentId: 'ADJ-A' } });
    expect(ledgers.get('other')).toBeNull();
  });

  it('holds its line until its records are closed, unless the route lets it pass', () => {
    for (const onDeadLetter of ['block', 'continue'] as const) {
      const bench = createBench();
      batchDone(bench, { onDeadLetter });
      bench.claim('next');
      expect(runAll(bench)).toEqual(onDeadLetter === 'block' ? [] : ['next']);
    }
  });

  it('lets each record be replayed with an edited input, and its line go on after the last', () => {
    const bench = createBench();
    const { batchId, dead } = batchDone(bench);
    bench.claim('next');
    for (const id of dead) {
      const replayId = bench.replayed(id, { edited: { input: { sku: 'X', quantity: 1 } } });
      const leased = bench.leaseOne();
      expect(leased.delivery).toMatchObject({ id: replayId, operation: 'stock.set', own: { of: batchId } });
      bench.settle(leased, outcomes.succeeded(replayId));
      expect(bench.status(id)).toBe('resolved');
    }
    expect(runAll(bench)).toEqual(['next']);
  });

  it('leaves each failed record once, however often it is settled', () => {
    const bench = createBench();
    bench.claimOne('batch', { plans: [plan] });
    const first = bench.leaseOne();
    bench.expire();
    const second = bench.leaseOne();
    bench.settle(second, partial(['X', 'Y']));
    bench.settle(first, partial(['X', 'Y']));
    expect(bench.signalsOf('delivery.dead_lettered')).toHaveLength(2);
  });

  it('counts where it comes after its lease, and survives a restart', () => {
    const bench = createBench();
    const batchId = bench.claimOne('batch', { plans: [plan] });
    const late = bench.leaseOne();
    bench.expire();
    bench.settle(late, partial(['X']));
    bench.restart();
    expect(bench.delivery(batchId).state).toMatchObject({ status: 'succeeded', how: 'late_settle' });
    const [dead] = bench.signalsOf('delivery.dead_lettered');
    expect(bench.status(dead?.delivery.id ?? '')).toBe('dead_lettered');
  });

  it('that was closed and archived before it was told of opens nothing again, and its records are known', () => {
    const bench = createBench();
    const batchId = bench.claimOne('batch', { plans: [plan] });
    const late = bench.leaseOne();
    bench.expire();
    bench.core().resolve({ deliveryId: batchId, ...dropped }, bench.now());
    bench.journal();
    bench.settle(late, partial(['X']));
    expect(bench.signalsOf('delivery.dead_lettered')).toEqual([]);
    expect(bench.rows.settledRecords()).toMatchObject([
      { deliveries: [{ effect: { kind: 'succeeded', records: [{ recordId: 'A' }, { recordId: 'B' }] } }] },
    ]);
  });

  it('stays open in its row until every record is closed', () => {
    const bench = createBench();
    const { dead } = batchDone(bench);
    bench.journal();
    expect(bench.rows.openRecords()).toHaveLength(1);
    for (const deliveryId of dead) bench.core().resolve({ deliveryId, ...dropped }, bench.now());
    bench.journal();
    expect(bench.rows.openRecords()).toHaveLength(0);
    expect(bench.rows.settledRecords()).toHaveLength(1);
  });
});

const dropped = { as: 'dropped', documentId: null, actor: 'olga', note: 'no such shelf' } as const;
