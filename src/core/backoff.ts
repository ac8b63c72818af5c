// Exponential back-off with full jitter: a uniform draw from [0, min(cap, base · 2^n)), so that failures that came
// together do not come back together. Pure: the random number is passed in.

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
