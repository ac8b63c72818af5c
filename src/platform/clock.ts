// The runtime's clock, timers and randomness as ports.

import type { Clock, Randomness } from '../pipeline/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    }),
};

export const systemRandomness: Randomness = {
  next: () => Math.random(),
  uuid: () => crypto.randomUUID(),
};
