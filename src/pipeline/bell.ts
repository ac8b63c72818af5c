// Part of stages 4 to 6: how the one who settles hears that an attempt has ended. Rings are counted as one, and nobody waits for
// a ring that came before. Time comes through the clock only.

import type { Clock } from './ports.ts';

/** False: nothing rang within `ms`. */
export async function rungWithin(clock: Clock, bell: Bell, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const rung = await Promise.race([
    bell.rung().then(() => true),
    clock.wait(ms, timer.signal).then(() => false),
  ]);
  timer.abort();
  return rung;
}

/** Rings that come while nobody waits are kept as one. `rung` may be left waiting: the next ring ends every wait. */
export type Bell = { readonly ring: () => void; readonly rung: () => Promise<void> };

export function createBell(): Bell {
  let pending = false;
  const waiting: (() => void)[] = [];
  return {
    ring: () => {
      pending = waiting.length === 0;
      for (const wake of waiting.splice(0)) wake();
    },
    rung: () => {
      if (pending) {
        pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
}
