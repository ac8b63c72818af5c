// A step of a bulk job at one partition: places in their order, of what had stopped when the job began, and the same step once.
import { describe, expect, it } from 'vitest';
import type { BulkStepAnswer, BulkStepRequest } from '../../../src/core/sequencer/bulk-replay-messages.ts';
import { outcomes } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

function deadLetters(bench: Bench, count: number): readonly string[] {
  for (let n = 0; n < count; n += 1) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
  return Array.from({ length: count }, () => {
    const leased = bench.leaseOne();
    bench.settle(leased, outcomes.rejected());
    return leased.delivery.id;
  });
}

function step(bench: Bench, changes: Partial<BulkStepRequest> = {}): BulkStepAnswer {
  return bench.core().bulkStep(
    {
      ...{ job: 'bulk_1', stepNumber: 0, act: 'replayed', filter: { status: ['dead_lettered'] } },
      ...{ until: bench.now(), after: null, limit: 2, actor: 'olga', reason: 'the ERP is back' },
      ...changes,
    },
    bench.now(),
  );
}

describe('a step of a bulk job', () => {
  it('goes on where the one before ended, and comes to an end although everything dies again', () => {
    const bench = createBench();
    const dead = deadLetters(bench, 5);
    const until = bench.now();
    const replayed: (string | undefined)[] = [];
    let after: BulkStepRequest['after'] = null;
    for (let stepNumber = 0; stepNumber < 10; stepNumber += 1) {
      const answer = step(bench, { stepNumber, after, until });
      replayed.push(...answer.touched.map(({ replayOf }) => replayOf));
      bench.advance(1_000);
      for (const leased of bench.lease()) bench.settle(leased, outcomes.rejected());
      if (!answer.hasMore) break;
      after = answer.last;
    }
    expect(replayed).toEqual(dead);
    // What died of the job is no work for it, even from the first place on.
    expect(step(bench, { stepNumber: 11, until })).toEqual({
      ...{ touched: [], refused: [], last: null, hasMore: false },
    });
  });

  it('is answered by what it did where it is asked for again, also after a restart', () => {
    const bench = createBench();
    deadLetters(bench, 3);
    const first = step(bench);
    expect(first).toMatchObject({ touched: [{}, {}], hasMore: true });
    bench.restart();
    expect(step(bench)).toEqual(first);
    expect(bench.lease()).toHaveLength(2);
    expect(step(bench, { stepNumber: 1, after: first.last })).toMatchObject({
      touched: [{}],
      hasMore: false,
    });
    // Another job is another matter.
    expect(step(bench, { job: 'bulk_2', after: null, stepNumber: 0 }).touched).toEqual([]);
  });

  it('leaves nothing where it crashes before the commit, and is made again whole', () => {
    const bench = createBench();
    const dead = deadLetters(bench, 2);
    bench.rows.crashNext({ at: 'after_write', write: 1 });
    expect(() => step(bench)).toThrow('crashed');
    bench.restart();
    expect(step(bench).touched.map(({ replayOf }) => replayOf)).toEqual(dead);
  });

  it('takes two places of one event, also where its limit falls between them', () => {
    const bench = createBench();
    bench.claim('both', { plans: [{ routeId: 'one' }, { routeId: 'two', target: 'other' }] });
    for (const leased of bench.lease()) bench.settle(leased, outcomes.rejected());
    const first = step(bench, { limit: 1 });
    expect(first).toMatchObject({ touched: [{}], hasMore: true });
    const second = step(bench, { limit: 1, stepNumber: 1, after: first.last });
    expect(second).toMatchObject({ touched: [{}], hasMore: false });
    expect(first.touched[0]?.replayOf).not.toBe(second.touched[0]?.replayOf);
  });

  it.each([
    ['dropped', 'resolved'],
    ['done', 'resolved'],
  ] as const)('of %s closes the dead letters, and their lines go on', (act, status) => {
    const bench = createBench();
    const [first = '', second = ''] = deadLetters(bench, 2);
    expect(step(bench, { act })).toMatchObject({ touched: [{ deliveryId: first }, { deliveryId: second }] });
    expect(bench.view(first).status).toBe(status);
    expect(bench.view(first).delivery.state).toMatchObject({ resolvedBy: 'olga', note: 'the ERP is back' });
  });

  it('releases what is held, and not what is held since', () => {
    const bench = createBench();
    bench.claim('a', { orderingKey: 'order/1' });
    const leased = bench.leaseOne();
    bench.settle(leased, outcomes.unauthorized());
    const until = bench.now();
    const release = { act: 'released', filter: { status: ['held'] }, until } as const;
    bench.advance(1_000);
    expect(step(bench, release).touched).toEqual([{ deliveryId: leased.delivery.id }]);
    const again = bench.leaseOne();
    bench.settle(again, outcomes.unauthorized());
    expect(step(bench, { ...release, stepNumber: 1 })).toMatchObject({ touched: [], refused: [] });
  });

  it('is forgotten after a day', () => {
    const bench = createBench();
    deadLetters(bench, 2);
    step(bench, { limit: 1 });
    expect(bench.rows.readBulkStep('bulk_1')).not.toBeNull();
    bench.advance(25 * 3_600_000);
    step(bench, { job: 'bulk_2', limit: 1 });
    expect([bench.rows.readBulkStep('bulk_1'), bench.rows.readBulkStep('bulk_2')]).toMatchObject([
      null,
      { job: 'bulk_2' },
    ]);
  });
});
