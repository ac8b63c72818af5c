// When to open a circuit: pure strategies over a sample of a target's calls. What follows from opening is the business
// of circuit-breaker.ts. Serialisable: the sample outlives the memory it is kept in.

export type OpenRule =
  /** At least `ratio` (0 to 1) of the calls of the last `windowMs` failed, and there were at least `minimumCount`. */
  | {
      readonly kind: 'failure_ratio';
      readonly windowMs: number;
      readonly minimumCount: number;
      readonly ratio: number;
    }
  /** So many failures in a row, however long they took. */
  | { readonly kind: 'failures_in_a_row'; readonly count: number };

/** Calls of one slice of time. */
type Slice = { readonly startedAt: number; readonly count: number; readonly failedCount: number };

export type HealthSample = {
  /** Oldest first. */
  readonly slices: readonly Slice[];
  readonly failuresInARow: number;
};

export const emptySample: HealthSample = { slices: [], failuresInARow: 0 };

/** A window is this many slices: it slides in steps of a tenth. */
const slicesPerWindow = 10;

/** The sample with one more call. `at` may be a little older than the last: the network reorders. */
export function addAttempt(
  sample: HealthSample,
  attempt: { readonly at: number; readonly failed: boolean },
  rules: readonly OpenRule[],
): HealthSample {
  const windowMs = Math.max(1, ...rules.map((rule) => (rule.kind === 'failure_ratio' ? rule.windowMs : 0)));
  const sliceMs = Math.max(1, Math.ceil(windowMs / slicesPerWindow));
  const startedAt = Math.floor(attempt.at / sliceMs) * sliceMs;
  const known = sample.slices.find((slice) => slice.startedAt === startedAt);
  const grown: Slice = {
    startedAt,
    count: (known?.count ?? 0) + 1,
    failedCount: (known?.failedCount ?? 0) + (attempt.failed ? 1 : 0),
  };
  const slices = [...sample.slices.filter((slice) => slice !== known), grown]
    .filter((slice) => slice.startedAt > attempt.at - windowMs)
    .sort((a, b) => a.startedAt - b.startedAt);
  return { slices, failuresInARow: attempt.failed ? sample.failuresInARow + 1 : 0 };
}

/** Why the circuit has to open, for people; null: it need not. */
export function reasonToOpen(sample: HealthSample, rules: readonly OpenRule[], now: number): string | null {
  for (const rule of rules) {
    const reason = reasonOf(sample, rule, now);
    if (reason !== null) return reason;
  }
  return null;
}

function reasonOf(sample: HealthSample, rule: OpenRule, now: number): string | null {
  if (rule.kind === 'failures_in_a_row') {
    const { failuresInARow: count } = sample;
    return count >= rule.count ? `${count} calls in a row failed` : null;
  }
  const recent = sample.slices.filter((slice) => slice.startedAt > now - rule.windowMs);
  const count = recent.reduce((sum, slice) => sum + slice.count, 0);
  const failedCount = recent.reduce((sum, slice) => sum + slice.failedCount, 0);
  if (count < rule.minimumCount || failedCount < count * rule.ratio) return null;
  return `${failedCount} of ${count} calls within ${rule.windowMs / 1000} s failed`;
}
