// Bulk replay goes by place, oldest event first, in bounded steps that always come to an end.
import { describe, expect, it } from 'vitest';
import type { ReplayManyAnswer } from '../../../src/core/sequencer/bulk-replay-messages.ts';
import { outcomes } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

/** The next that is ready, rejected; its id. */
function reject(bench: Bench): string {
  const leased = bench.leaseOne();
  bench.settle(leased, outcomes.rejected());
  return leased.delivery.id;
}

describe('bulk replay', () => {
  const all = { filter: {}, limit: 2, actor: 'olga', reason: 'the ERP is back' };
  const replayMany = (bench: Bench, changes: Partial<typeof all> = {}): ReplayManyAnswer =>
    bench.core().replayMany({ ...all, ...changes }, bench.now());

  function deadLetters(bench: Bench, count: number): readonly string[] {
    for (let n = 0; n < count; n += 1) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
    return Array.from({ length: count }, () => reject(bench));
  }

  it('goes by place, oldest event first, and comes to its end in bounded steps', () => {
    const bench = createBench();
    const dead = deadLetters(bench, 5);
    const steps: ReplayManyAnswer[] = [];
    for (let step = replayMany(bench); ; step = replayMany(bench)) {
      steps.push(step);
      if (step.remaining === 0 || steps.length > 10) break;
    }
    expect(steps.map((step) => step.replayed.length)).toEqual([2, 2, 1]);
    expect(steps.flatMap((step) => step.replayed.map((item) => item.replayOf))).toEqual(dead);
    expect(steps.flatMap((step) => step.refused)).toEqual([]);
    expect(bench.lease()).toHaveLength(5);
  });

  it('takes what its plan says, and the plan takes nothing', () => {
    const bench = createBench();
    const dead = deadLetters(bench, 3);
    const plan = () => bench.core().planReplays({ filter: {}, sample: 2 }, bench.now());
    expect(plan()).toMatchObject({
      count: 3,
      groups: [{ reason: 'rejected', count: 3 }],
      oldest: dead.slice(0, 2).map((id) => ({ delivery: { id } })),
    });
    expect(plan().count).toBe(3);
    replayMany(bench);
    expect(plan()).toMatchObject({ count: 1, oldest: [{ delivery: { id: dead[2] } }] });
    replayMany(bench);
    expect(plan()).toEqual({ count: 0, groups: [], oldest: [] });
  });

  it('replays the newest of a place once', () => {
    const bench = createBench();
    bench.claim('a');
    bench.replayed(reject(bench));
    const newest = reject(bench);
    const answer = replayMany(bench);
    expect(answer.replayed.map((item) => item.replayOf)).toEqual([newest]);
  });

  it('leaves alone a place whose replay is open', () => {
    const bench = createBench();
    bench.claim('a');
    bench.replayed(reject(bench));
    expect(replayMany(bench)).toEqual({ replayed: [], refused: [], remaining: 0 });
  });

  it('gets past what it cannot replay', () => {
    const bench = createBench();
    const problem = { code: 'mapping_failed', message: 'no version' } as const;
    for (const n of [1, 2, 3]) {
      bench.claim(`broken-${n}`, { orderingKey: `b/${n}`, plans: [{ operationKey: null, problem }] });
    }
    deadLetters(bench, 2);
    const answer = replayMany(bench);
    expect(answer.replayed).toHaveLength(2);
    expect(answer.refused.map((item) => item.reason)).toEqual(['not_planned', 'not_planned', 'not_planned']);
    expect(answer.remaining).toBe(0);
  });

  it('takes only what the filter names', () => {
    const bench = createBench();
    deadLetters(bench, 3);
    const answer = replayMany(bench, { filter: { orderingKey: 'order/1' }, limit: 10 });
    expect(answer.replayed).toHaveLength(1);
  });
});
