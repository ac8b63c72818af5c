// Time and chance of a simulation: one clock that only events move, and one seeded source of all that is random. What is
// asynchronous in the code under test runs to its next wait between two events, so a seed always tells the same story.

import { seededRandom } from '../../scripts/lib/order-run.ts';

type Scheduled = { readonly at: number; readonly order: number; readonly run: () => void };

export type World = ReturnType<typeof createWorld>;

export function createWorld(options: { readonly seed: number; readonly startAt: number }) {
  const random = seededRandom(options.seed);
  /** Sorted by (at, order), the next one last. */
  const queue: Scheduled[] = [];
  const trace: string[] = [];
  let now = options.startAt;
  let order = 0;

  const isLater = (a: Scheduled, b: Scheduled): boolean =>
    a.at > b.at || (a.at === b.at && a.order > b.order);
  const after = (ms: number, run: () => void): void => {
    order += 1;
    const scheduled = { at: now + Math.max(0, Math.round(ms)), order, run };
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(queue[middle] as Scheduled, scheduled)) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, scheduled);
  };

  return {
    now: () => now,
    random,
    /** True with this probability. */
    chance: (probability: number): boolean => probability > 0 && random() < probability,
    /** A whole number, both ends included. */
    between: (low: number, high: number): number => low + Math.floor(random() * (high - low + 1)),
    pick: <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T,
    after,
    wait: (ms: number): Promise<void> => new Promise((resolve) => after(ms, resolve)),
    note: (line: string): void => {
      trace.push(`${String(now - options.startAt).padStart(7)} ${line}`);
    },
    trace: (): readonly string[] => trace,
    /** Runs events until nothing is scheduled before `until` (epoch ms), and leaves the clock there. */
    run: async (until: number): Promise<void> => {
      for (let next = queue.at(-1); next !== undefined && next.at <= until; next = queue.at(-1)) {
        queue.pop();
        now = next.at;
        next.run();
        await everythingWaits();
      }
      now = Math.max(now, until);
    },
  };
}

/** All promises that can go on have gone on: macrotasks come after them. */
function everythingWaits(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Never comes back: what is awaited in a process that died. */
export function hang<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
