// Exponential back-off with full jitter: a uniform draw from [0, min(cap, base · 2^n)), so that failures that came
// together do not come back together. Pure: the random number is passed in.

import { limits } from './limits.ts';
import type { RetryPolicy } from './route.ts';

/**
 * @param failures how many failures came before, from 1
 * @param random [0, 1)
 * @returns ms to wait; `retryAfterMs` (what the ERP asked for) only ever makes it longer
 */
export function backoffMs(
  policy: RetryPolicy,
  failures: number,
  options: { readonly random: number; readonly retryAfterMs?: number | undefined },
): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30);
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** exponent);
  return Math.max(Math.floor(options.random * ceiling), options.retryAfterMs ?? 0);
}

/**
 * The wait before the next look at a job: what the ERP asked for, doubled with each poll that found it running, up to
 * `limits.pollCapMs`. No jitter: jobs begin when they begin.
 *
 * @param pollCount polls that found it running, from 0
 */
export function pollWaitMs(pollAfterMs: number, pollCount: number): number {
  const first = Math.max(pollAfterMs, limits.pollFloorMs);
  return Math.max(first, Math.min(limits.pollCapMs, first * 2 ** Math.min(pollCount, 30)));
}
