// How many requests one caller may send in a window of time. Counts in the memory of one isolate: with several the whole is larger,
// never smaller. Pure over its own memory: time is passed in.

export type RateBudgetLimits = {
  /** Requests of one caller in a window. */
  readonly requests: number;
  readonly windowMs: number;
  /** Callers that are remembered; the one that began its window first is forgotten first. */
  readonly maxCallers: number;
};

export type RateStanding = {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
};

export interface RateBudget {
  /** Counts the request. */
  take(caller: string, now: number): RateStanding;
}

type Window = { readonly startedAt: number; count: number };

export function createRateBudget({ requests, windowMs, maxCallers }: RateBudgetLimits): RateBudget {
  const windows = new Map<string, Window>();
  return {
    take(caller, now) {
      const known = windows.get(caller);
      const isOver = known === undefined || now - known.startedAt >= windowMs || now < known.startedAt;
      const window = isOver ? { startedAt: now, count: 0 } : known;
      if (isOver) {
        windows.delete(caller);
        windows.set(caller, window);
        const [oldest] = windows.keys();
        if (windows.size > maxCallers && oldest !== undefined) windows.delete(oldest);
      }
      // What is turned away is not counted: who waits for the reset is let in.
      const isAllowed = window.count < requests;
      if (isAllowed) window.count += 1;
      const leftMs = window.startedAt + windowMs - now;
      return {
        isAllowed,
        remaining: requests - window.count,
        resetSeconds: Math.max(1, Math.ceil(leftMs / 1_000)),
      };
    },
  };
}
