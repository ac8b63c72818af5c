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

/** For keys and nonces. */
export const randomBytes = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

export const systemRandomness: Randomness = {
  next: () => Math.random(),
  uuid: () => crypto.randomUUID(),
};
