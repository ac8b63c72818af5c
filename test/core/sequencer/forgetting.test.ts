// What a sequencer forgets: keys that rest, from memory; settled events past their horizon, from the rows. Never what is open.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { claimOf, outcomes } from '../../support/builders.ts';
import { makePayload } from '../../support/records.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

describe('keys with nothing open', () => {
  it.each([
    ['many keys', limits.maxIdleKeys + 50, 1],
    ['few keys with many events', 30, 400],
  ])('are forgotten beyond a bound and read again when they are needed: %s', (_, keyCount, eventCount) => {
    const bench = createBench();
    const claimsOf = (key: number) =>
      Array.from({ length: eventCount }, (_, n) =>
        claimOf(`e${n}`, { orderingKey: `order/${key}`, plans: [] }),
      );
    for (let key = 0; key < keyCount; key += 1) bench.core().claimMany(claimsOf(key), bench.now());
    bench.journal();
    let reads = 0;
    const { readSettled } = bench.rows;
    bench.rows.readSettled = (orderingKey) => {
      reads += 1;
      return readSettled(orderingKey);
    };
    for (const [key, isRead] of [
      [0, true],
      [keyCount - 1, false],
    ] as const) {
      reads = 0;
      const [again] = bench.core().claimMany(claimsOf(key).slice(0, 1), bench.now());
      expect(again).toMatchObject({ status: 'duplicate' });
      expect(reads).toBe(isRead ? 1 : 0);
    }
  });
});

describe('pruning', () => {
  const year = 365 * 24 * 3_600_000;

  function archivedBench(): Bench {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    return bench;
  }

  it('forgets a settled event after the ledger horizon, and then takes it for a new one', () => {
    const bench = archivedBench();
    bench.advance(year);
    bench.core().pruneStep(bench.now());
    expect(bench.core().claimMany([claimOf('a')], bench.now())).toMatchObject([{ status: 'duplicate' }]);
    bench.advance(year);
    expect(bench.core().pruneStep(bench.now())).toBe(false);
    expect(bench.rows.settledRecords()).toEqual([]);
    expect(bench.core().claimMany([claimOf('a')], bench.now())).toMatchObject([{ status: 'accepted' }]);
  });

  it('starts in doubt what comes again after its ledger was forgotten', () => {
    const bench = archivedBench();
    const occurredAt = bench.now() - 1;
    bench.advance(2 * year);
    bench.core().pruneStep(bench.now());
    bench.claim('a', { occurredAt });
    expect(bench.leaseOne().ledger?.kind).toBe('possibly_done');
  });

  it('forgets what only replaced a state sooner', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ staleKey: 'product/7/erp/stock.set' }] });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    bench.advance(limits.replacedStateHorizonMs + 1);
    bench.core().pruneStep(bench.now());
    expect(bench.rows.settledRecords()).toEqual([]);
  });

  it('never touches what is open, and walks in bounded steps to its end', () => {
    const bench = createBench();
    const count = limits.pruneStepRows + 20;
    const claims = Array.from({ length: count }, (_, n) =>
      claimOf(`e${n}`, { orderingKey: `order/${n}`, plans: [] }),
    );
    bench.core().claimMany(claims, bench.now());
    bench.journal();
    bench.claim('open');
    bench.advance(2 * year);
    expect(bench.core().pruneStep(bench.now())).toBe(true);
    expect(bench.core().pruneStep(bench.now())).toBe(false);
    expect([bench.rows.openRecords().length, bench.rows.settledRecords().length]).toEqual([1, 0]);
  });

  it('gives an event that came back for a replay a whole new horizon', () => {
    const bench = archivedBench();
    const [record] = bench.rows.settledRecords();
    if (record === undefined) throw new Error('nothing was archived');
    const deliveryId = record.deliveries[0]?.id as string;
    bench.advance(year);
    bench.replayed(deliveryId, { archived: { record, payload: makePayload() } });
    bench.settle(bench.leaseOne(), outcomes.duplicate());
    bench.journal();
    bench.advance(year);
    bench.core().pruneStep(bench.now());
    expect(bench.rows.settledRecords()).toHaveLength(1);
  });

  it('forgets a satisfied prerequisite with its event, before a restart as after one', () => {
    const bench = createBench();
    bench.claim('pay', { type: 'paid' });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    const after = [{ kind: 'type', source: 'shopify', type: 'paid', target: 'erp' }] as const;
    bench.claim('ship', { plans: [{ policy: { after } }] });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    bench.advance(2 * year);
    bench.core().pruneStep(bench.now());
    bench.claim('ship-again', { plans: [{ policy: { after } }] });
    const before = bench.lease();
    bench.restart();
    expect([before, bench.lease()]).toEqual([[], []]);
  });
});
