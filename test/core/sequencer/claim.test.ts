// A claim is the moment an event becomes ours: once, durably, and under the partitions the caller computed with.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { claimOf, outcomes } from '../../support/builders.ts';
import { SimulatedCrash } from '../../support/memory-rows.ts';
import { testTime } from '../../support/records.ts';
import { benchConfig, createBench } from '../../support/sequencer-bench.ts';

describe('claim', () => {
  it('accepts an event once and answers the same id every time it comes again', () => {
    const bench = createBench();
    const [first] = bench.core().claimMany([claimOf('a')], bench.now());
    const [again] = bench.core().claimMany([claimOf('a')], bench.now());
    expect(first).toMatchObject({ kind: 'claimed', status: 'accepted' });
    expect(again).toEqual({ ...first, status: 'duplicate' });
    expect(bench.lease()).toHaveLength(1);
  });

  it('takes the second of two equal events claimed together for a duplicate', () => {
    const bench = createBench();
    const answers = bench.core().claimMany([claimOf('a'), claimOf('a')], bench.now());
    expect(answers.map((answer) => answer.kind === 'claimed' && answer.status)).toEqual([
      'accepted',
      'duplicate',
    ]);
  });

  it('keeps equal event ids of two sources apart', () => {
    const bench = createBench();
    bench.claim('1', { source: 'shopify' });
    bench.claim('1', { source: 'stripe' });
    expect(bench.rows.openRecords()).toHaveLength(2);
  });

  it.each(['open', 'after a restart', 'settled and archived', 'archived, after a restart'])(
    'knows a duplicate of an event that is %s',
    (when) => {
      const bench = createBench();
      bench.claimOne('a');
      if (when.includes('archived')) {
        bench.settle(bench.leaseOne(), outcomes.succeeded());
        bench.journal();
        expect(bench.rows.openRecords()).toEqual([]);
      }
      if (when.includes('restart')) bench.restart();
      const [answer] = bench.core().claimMany([claimOf('a')], bench.now());
      expect(answer).toMatchObject({ status: 'duplicate' });
    },
  );

  it('knows a duplicate whose first answer was lost in a crash after the commit', () => {
    const bench = createBench();
    bench.rows.crashNext({ at: 'after_commit' });
    expect(() => bench.core().claimMany([claimOf('a')], bench.now())).toThrow(SimulatedCrash);
    const [answer] = bench.core().claimMany([claimOf('a')], bench.now());
    expect(answer).toMatchObject({ status: 'duplicate' });
    expect(bench.lease()).toHaveLength(1);
  });

  it('claims nothing of a group when one write of it fails', () => {
    const bench = createBench();
    const group = [claimOf('a'), claimOf('b'), claimOf('c')];
    bench.rows.crashNext({ at: 'before_write', write: 3 });
    expect(() => bench.core().claimMany(group, bench.now())).toThrow(SimulatedCrash);
    expect(bench.rows.openRecords()).toEqual([]);
    expect(bench.core().stats(bench.now())).toMatchObject({ open: 0, ready: 0 });
    const answers = bench.core().claimMany(group, bench.now());
    expect(answers.every((answer) => answer.kind === 'claimed' && answer.status === 'accepted')).toBe(true);
  });

  it('keeps an event whose routes plan nothing, and archives it once the journal has it', () => {
    const bench = createBench();
    bench.claim('a', { plans: [] });
    expect(bench.rows.openRecords()).toHaveLength(1);
    bench.journal();
    expect(bench.rows.openRecords()).toEqual([]);
    const [again] = bench.core().claimMany([claimOf('a')], bench.now());
    expect(again).toMatchObject({ status: 'duplicate' });
  });

  it('refuses a claim made under another number of partitions or another generation', () => {
    const bench = createBench();
    bench.claim('a');
    for (const request of [claimOf('b', { partitions: 2 }), claimOf('b', { generation: 2 })]) {
      const [answer] = bench.core().claimMany([request], bench.now());
      expect(answer).toMatchObject({ kind: 'refused', reason: 'generation_mismatch' });
    }
    expect(bench.rows.openRecords()).toHaveLength(1);
  });

  it('keeps to the partitions its rows were made under when it is configured with others', () => {
    const bench = createBench();
    bench.claim('a');
    bench.restart({ partitions: 64 });
    const claims = [claimOf('b', { partitions: 64 }), claimOf('c', { partitions: benchConfig.partitions })];
    const answers = bench.core().claimMany(claims, bench.now());
    expect(answers.map((answer) => answer.kind)).toEqual(['refused', 'claimed']);
  });

  it('starts in doubt what is older at its source than the ledger remembers', () => {
    const bench = createBench();
    bench.claimOne('a', { occurredAt: testTime - benchConfig.ledgerHorizonMs - 1 });
    expect(bench.leaseOne().ledger).toMatchObject({ kind: 'possibly_done' });
  });

  it('keeps an event whose planning failed as a dead letter that blocks its place', () => {
    const bench = createBench();
    const problem = { code: 'mapping_failed', message: 'no version' } as const;
    const broken = bench.claimOne('a', { plans: [{ operationKey: null, problem }] });
    const next = bench.claimOne('b');
    expect(bench.delivery(broken).state).toMatchObject({ status: 'dead_lettered', reason: 'mapping_failed' });
    expect(bench.lease()).toEqual([]);
    expect(bench.view(next).waiting).toMatchObject({ cause: 'behind_position', on: broken });
  });

  it('tells of an event whose planning failed like of any other dead letter', () => {
    const bench = createBench();
    const problem = { code: 'mapping_failed', message: 'no version' } as const;
    bench.claimOne('a', { plans: [{ operationKey: null, problem }] });
    expect(bench.signalsOf('delivery.dead_lettered')).toMatchObject([{ reason: 'mapping_failed' }]);
  });

  it('refuses new events beyond its bound, and still knows the old ones', () => {
    const bench = createBench();
    const claims = Array.from({ length: limits.maxOpenEvents }, (_, index) =>
      claimOf(`e${index}`, { orderingKey: `order/${index}` }),
    );
    bench.core().claimMany(claims, bench.now());
    const [refused, known] = bench
      .core()
      .claimMany([claimOf('one-more'), claimOf('e0', { orderingKey: 'order/0' })], bench.now());
    expect(refused).toMatchObject({ kind: 'refused', reason: 'backlog_full' });
    expect(known).toMatchObject({ kind: 'claimed', status: 'duplicate' });
  });

  it('never gives an id twice, over restarts and over more than one block of numbers', () => {
    const bench = createBench();
    const seen = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const claims = Array.from({ length: 900 }, (_, index) =>
        claimOf(`e${round}-${index}`, { orderingKey: `order/${round}/${index}` }),
      );
      for (const answer of bench.core().claimMany(claims, bench.now())) {
        if (answer.kind === 'claimed') seen.add(answer.id);
      }
      bench.restart();
    }
    expect(seen.size).toBe(3_600);
    const numbers = bench.rows.openRecords().flatMap((record) => [record.id, record.deliveries[0]?.id]);
    expect(new Set(numbers).size).toBe(7_200);
    const changes = bench.rows.openRecords().map((record) => record.changeNumber);
    expect(new Set(changes).size).toBe(3_600);
  });

  it('gives no number of a block whose reservation was rolled back', () => {
    const bench = createBench();
    bench.rows.crashNext({ at: 'after_write', write: 2 });
    expect(() => bench.core().claimMany([claimOf('a')], bench.now())).toThrow(SimulatedCrash);
    bench.restart();
    bench.claim('b');
    bench.restart();
    bench.claim('c');
    const ids = bench.rows.openRecords().map((record) => record.id);
    expect(new Set(ids).size).toBe(2);
  });
});
