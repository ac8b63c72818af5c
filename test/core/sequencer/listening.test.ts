// What a sequencer keeps for the live tail: nothing while nobody listens, and every change since it was asked for.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../support/builders.ts';
import { SimulatedCrash } from '../../support/memory-rows.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

const told = (bench: Bench) =>
  bench
    .core()
    .takeTail()
    .items.map(({ eventId, status }) => [eventId, status]);

describe('a sequencer', () => {
  it('keeps nothing while nobody listens', () => {
    const bench = createBench();
    bench.claim('a');
    expect(bench.core().takeTail()).toEqual({ items: [], missedCount: 0 });
  });

  it('tells of claims and settles, each delivery as it is, and stops when it is told', () => {
    const bench = createBench();
    bench.core().listen(true);
    bench.claim('a');
    bench.claim('b', { orderingKey: 'order/2' });
    expect(told(bench)).toEqual([
      ['a', 'pending'],
      ['b', 'pending'],
    ]);
    const [a, b] = bench.lease(2);
    if (a === undefined || b === undefined) throw new Error('two are ready');
    bench.settle(b, outcomes.succeeded());
    bench.settle(a, outcomes.rejected());
    expect(told(bench)).toEqual([
      ['b', 'succeeded'],
      ['a', 'dead_lettered'],
    ]);
    bench.core().listen(false);
    bench.claim('c', { orderingKey: 'order/3' });
    expect(told(bench)).toEqual([]);
  });

  it('says how many changes it lost with its memory', () => {
    const bench = createBench();
    bench.core().listen(true);
    bench.claim('a');
    bench.rows.crashNext({ at: 'after_write', write: 1 });
    expect(() => bench.claim('b')).toThrow(SimulatedCrash);
    bench.claim('c', { orderingKey: 'order/3' });
    const { items, missedCount } = bench.core().takeTail();
    expect([items.map(({ eventId }) => eventId), missedCount]).toEqual([['c'], 1]);
  });
});
