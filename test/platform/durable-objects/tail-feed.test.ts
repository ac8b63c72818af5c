// What a partition tells the live tail: nothing while nobody listens, then in batches and never in an event's way. On a fake clock.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { TailBatch } from '../../../src/core/tail/tail-changes.ts';
import { createTailFeed } from '../../../src/platform/durable-objects/tail-feed.ts';

function createBench(options: { readonly kept?: number } = {}) {
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const values = new Map<string, unknown>(options.kept === undefined ? [] : [['tail_until', options.kept]]);
  const told: TailBatch[] = [];
  const order: string[] = [];
  const log: string[] = [];
  const bench = {
    ...{ told, order, log, values, now: 1_000 },
    isListening: false,
    changes: { items: [], missedCount: 0 } as TailBatch,
    answer: async (): Promise<boolean> => true,
    change: (count: number, missedCount = 0) => {
      bench.changes = { items: Array.from({ length: count }) as never, missedCount };
      feed.changed();
    },
    /** Lets what waits for so long go on, and what follows of it happen. */
    elapse: async (ms: number) => {
      for (const wait of waits.splice(0)) if (wait.ms === ms) wait.end();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  };
  const feed = createTailFeed({
    core: {
      listen: (isListening) => {
        bench.isListening = isListening;
      },
      takeTail: () => {
        const taken = bench.changes;
        bench.changes = { items: [], missedCount: 0 };
        return taken;
      },
    },
    kv: {
      get: (name: string) => values.get(name),
      put: (name: string, value: unknown) => void values.set(name, value),
      delete: (name: string) => values.delete(name),
    } as never,
    sync: async () => void order.push('synced'),
    tell: (batch) => {
      order.push('told');
      told.push(batch);
      return bench.answer();
    },
    clock: {
      now: () => bench.now,
      wait: (ms, signal) =>
        new Promise((resolve) => {
          waits.push({ ms, end: resolve });
          signal?.addEventListener('abort', () => resolve());
        }),
    },
    telemetry: { log: (_level, event) => void log.push(event) },
    partition: 0,
  });
  return { ...bench, bench, feed };
}

const gather = limits.tailGatherMs;

describe('the feed of the live tail', () => {
  it('does nothing while nobody listens: no call, no row, no timer', async () => {
    const { bench, values } = createBench();
    bench.change(3);
    await bench.elapse(gather);
    expect([bench.isListening, bench.told, bench.order, values.size]).toEqual([false, [], [], 0]);
  });

  it('tells what gathered in one call, after it is on disk, and is quiet again', async () => {
    const { bench, feed } = createBench();
    feed.listen(9_000);
    bench.change(1);
    bench.change(3);
    await bench.elapse(gather);
    expect(bench.told.map(({ items }) => items.length)).toEqual([3]);
    expect(bench.order).toEqual(['synced', 'told']);
    await bench.elapse(gather);
    expect(bench.told).toHaveLength(1);
  });

  it('goes on after an eviction, until its time is over', async () => {
    const { bench, values } = createBench({ kept: 9_000 });
    expect(bench.isListening).toBe(true);
    bench.change(1);
    await bench.elapse(gather);
    await bench.elapse(gather);
    expect(bench.told).toHaveLength(1);
    bench.now = 9_000;
    bench.change(1);
    expect([bench.isListening, values.size]).toEqual([false, 0]);
  });

  it('stops where it hears that nobody listens, but not where somebody came meanwhile', async () => {
    const { bench, feed, values } = createBench();
    feed.listen(9_000);
    bench.answer = async () => {
      feed.listen(10_000);
      return false;
    };
    bench.change(1);
    await bench.elapse(gather);
    expect(bench.isListening).toBe(true);
    bench.answer = async () => false;
    bench.change(1);
    await bench.elapse(gather);
    expect([bench.isListening, values.size]).toEqual([false, 0]);
  });

  it('counts what a slow or broken tail did not take, and says so with the next', async () => {
    const { bench, feed } = createBench();
    feed.listen(9_000);
    bench.answer = () => new Promise(() => {});
    bench.change(2, 1);
    await bench.elapse(gather);
    // One call at a time: what comes meanwhile waits where it gathers.
    bench.change(4);
    expect(bench.told).toHaveLength(1);
    bench.answer = () => Promise.reject(new Error('the object is away'));
    await bench.elapse(limits.tailSendMs);
    await bench.elapse(gather);
    bench.answer = async () => true;
    bench.change(1);
    await bench.elapse(gather);
    expect(bench.told.map(({ items, missedCount }) => [items.length, missedCount])).toEqual([
      [2, 1],
      [4, 3],
      [1, 7],
    ]);
    expect(bench.log).toEqual(['tail.not_told', 'tail.not_told']);
  });
});
