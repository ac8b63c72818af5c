// How much one source may post before it is told to come later. Two budgets: genuine requests of a source, wide enough
// for any honest burst, and unverified ones of one address, so that a stranger's noise costs nothing and never counts
// against the sender he pretends to be. Pure over its own memory: time is passed in. It may not look at a request.

export type FloodLimits = {
  /** Genuine requests of one source let in at once. */
  readonly floodBurst: number;
  /** And per second after that. */
  readonly floodPerSecond: number;
  /** Unverified requests of one (source, address) in a minute before it is turned away. */
  readonly unverifiedPerMinute: number;
  readonly maxWatchedAddresses: number;
};

export interface FloodBudget {
  /** Seconds to wait; null: it may come in. Counts it. */
  admit(source: string, now: number): number | null;
  /** Seconds for which the address is turned away unread; null: it is not. */
  turnedAway(source: string, address: string, now: number): number | null;
  noteUnverified(source: string, address: string, now: number): void;
}

type Bucket = { level: number; at: number };
type Minute = { startedAt: number; count: number };

const minuteMs = 60_000;

export function createFloodBudget(limits: FloodLimits): FloodBudget {
  const buckets = new Map<string, Bucket>();
  const strangers = new Map<string, Minute>();
  const keyOf = (source: string, address: string): string => `${source} ${address}`;

  return {
    admit(source, now) {
      const { floodBurst, floodPerSecond } = limits;
      const bucket = buckets.get(source) ?? { level: 0, at: now };
      // A clock that steps back drains nothing and fills nothing.
      const passedMs = Math.max(0, now - bucket.at);
      const level = Math.max(0, bucket.level - (passedMs / 1000) * floodPerSecond);
      const isFull = level + 1 > floodBurst;
      buckets.set(source, { level: isFull ? level : level + 1, at: Math.max(now, bucket.at) });
      return isFull ? Math.max(1, Math.ceil((level + 1 - floodBurst) / floodPerSecond)) : null;
    },
    turnedAway(source, address, now) {
      const minute = strangers.get(keyOf(source, address));
      if (minute === undefined || minute.count < limits.unverifiedPerMinute) return null;
      const leftMs = minute.startedAt + minuteMs - now;
      return leftMs <= 0 ? null : Math.min(60, Math.ceil(leftMs / 1000));
    },
    noteUnverified(source, address, now) {
      const key = keyOf(source, address);
      const known = strangers.get(key);
      const isOver = known === undefined || now - known.startedAt >= minuteMs;
      strangers.delete(key);
      strangers.set(key, isOver ? { startedAt: now, count: 1 } : { ...known, count: known.count + 1 });
      if (strangers.size > limits.maxWatchedAddresses) {
        const [oldest] = strangers.keys();
        if (oldest !== undefined) strangers.delete(oldest);
      }
    },
  };
}
