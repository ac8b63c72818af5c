// Two objects and the key between them: what is lost on the way is made up for, and what has gone on does not come back.

import { describe, expect, it } from 'vitest';
import type { LeaseAnswer, Settlement } from '../../src/core/sequencer/messages.ts';
import {
  createKeyHandOver,
  cutHanded,
  type HandedPage,
  type KeyHandOver,
} from '../../src/platform/durable-objects/key-hand-over.ts';
import { claimOf, outcomes, settlementOf } from '../support/builders.ts';
import { type Bench, benchConfig, benchLeaseMs, createBench } from '../support/sequencer-bench.ts';

const key = 'order/1001';
const counts = [1, 1, 1];

type Method = (...given: unknown[]) => unknown;

type Port = {
  readonly settle: (request: { readonly settlements: readonly Settlement[] }) => Promise<LeaseAnswer>;
  readonly handOver: (orderingKey: string, page: number) => Promise<HandedPage>;
  readonly handedOver: (orderingKey: string) => Promise<void>;
  readonly takeKey: (orderingKey: string) => Promise<void>;
};

/** One object of each of three generations, reached by name. `lost`: methods that are never answered. */
function setUp(lost: ReadonlySet<string> = new Set()) {
  const objects: { readonly bench: Bench; readonly handOver: KeyHandOver; readonly port: Port }[] = [];
  const namespace = {
    idFromName: (name: string) => name,
    get: (name: string) => {
      const port = objects[Number(name[1]) - 1]?.port as unknown as Record<string, Method>;
      return new Proxy(port, {
        get:
          (of, method: string) =>
          async (...given: unknown[]) => {
            const answer = await of[method]?.(...given);
            if (lost.has(method)) throw new Error(`${method} was not answered`);
            return answer;
          },
      });
    },
  };
  for (const generation of [1, 2, 3]) {
    const newest = { generation: counts.length, partitions: 1 };
    const bench = createBench({ ...benchConfig, partitions: 1, generation, newest });
    const clock = { now: bench.now, wait: async () => {} };
    const handOver = createKeyHandOver({
      ...{ core: bench.core(), namespace: namespace as never, counts, generation, clock },
    });
    const settle: Port['settle'] = async ({ settlements }) => {
      const own = await handOver.forwardMoved(settlements);
      const options = { now: bench.now(), random: () => 0 };
      return bench.core().settle({ settlements: own, max: 0, leaseMs: 0 }, options);
    };
    const port: Port = {
      settle,
      handOver: async (orderingKey: string, page: number) => {
        await handOver.fetchKey(orderingKey);
        return cutHanded(bench.core().giveAway(orderingKey, bench.now()), page);
      },
      handedOver: async (orderingKey: string) => bench.core().dropHandedOver(orderingKey, bench.now()),
      takeKey: (orderingKey: string) => handOver.fetchKey(orderingKey),
    };
    objects.push({ bench, handOver, port });
  }
  const [first, second, third] = objects;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three objects');
  const claimFirst = (): string => {
    first.bench
      .core()
      .claimMany([{ ...claimOf('a', { orderingKey: key }), partitions: 1 }], first.bench.now());
    const [view] = first.bench.core().listOpen({ filter: {}, cursor: null, limit: 1 }, first.bench.now());
    return view?.delivery.id ?? '';
  };
  return { first, second, third, claimFirst };
}

describe('a key between two objects', () => {
  it('is fetched by a settle that reaches the new one before anything else does', async () => {
    const { first, second, claimFirst } = setUp();
    const deliveryId = claimFirst();
    const [leased] = first.bench.core().lease({ max: 1, leaseMs: benchLeaseMs }, first.bench.now()).leased;
    if (leased === undefined) throw new Error('nothing was leased');
    // Asked for, and the answer was lost on the way.
    first.bench.core().giveAway(key, first.bench.now());
    const settlement = { ...settlementOf(leased, outcomes.succeeded()), orderingKey: key };
    await first.port.settle({ settlements: [settlement] });
    expect(second.bench.core().find(deliveryId, second.bench.now())?.status).toBe('succeeded');
  });

  it('is taken when it is offered again, and only then given up', async () => {
    const lost = new Set(['handOver']);
    const { first, second, claimFirst } = setUp(lost);
    const deliveryId = claimFirst();
    await expect(second.handOver.fetchKey(key)).rejects.toThrow('handOver was not answered');
    first.bench.advance(10_000);
    await expect(first.handOver.offerUntaken()).rejects.toThrow('handOver was not answered');
    lost.clear();
    first.bench.advance(10_000);
    await first.handOver.offerUntaken();
    expect(second.bench.core().find(deliveryId, second.bench.now())?.status).toBe('pending');
    expect(first.bench.rows.openRecords()).toEqual([]);
  });

  it('does not come back to an object that has handed it on', async () => {
    const lost = new Set(['handedOver']);
    const { second, third, claimFirst } = setUp(lost);
    claimFirst();
    // Each took it, and the one before still has its rows.
    await expect(third.handOver.fetchKey(key)).rejects.toThrow('handedOver was not answered');
    lost.clear();
    await second.handOver.fetchKey(key);
    await third.handOver.fetchKey(key);
    const ready = [second, third].map(({ bench }) => bench.core().stats(bench.now()).ready);
    expect(ready).toEqual([0, 1]);
  });
});
