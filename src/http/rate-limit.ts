// What one caller may ask in a minute, told with each answer (https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers), and 429
// beyond. So that one caller in a loop does not take what others need. Whoever proves nothing is counted by address, whatever it asks.

import type { Context } from 'hono';
import { limits } from '../core/limits.ts';
import { createRateBudget, type RateBudget } from '../core/rate-budget.ts';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';

export type RateLimit = {
  /** Counts the request of a known caller. Null: it may go on. */
  readonly ofCaller: (c: Context<HttpEnv>, actor: string) => Response | null;
  /** Counts one that proved nothing, and says whether it is answered with more than "too many". */
  readonly ofStranger: (c: Context<HttpEnv>) => Response | null;
};

const windowMs = limits.apiWindowMs;

export function createRateLimit(services: Pick<HttpServices, 'clock' | 'config' | 'telemetry'>): RateLimit {
  const requests = services.config.apiRequestsPerMinute;
  const callers = createRateBudget({ requests, windowMs, maxCallers: limits.maxCredentials });
  const strangers = createRateBudget({
    ...{ requests: limits.unverifiedPerMinute, windowMs, maxCallers: limits.maxWatchedAddresses },
  });
  return {
    ofCaller: (c, actor) =>
      count(c, services, { budget: callers, policy: 'credential', requests, who: actor, actor }),
    ofStranger: (c) => {
      // Only the edge sets it; without the edge all strangers share one budget.
      const who = c.req.header('cf-connecting-ip')?.slice(0, limits.maxIdCharacters) ?? '';
      return count(c, services, {
        ...{ budget: strangers, policy: 'address', requests: limits.unverifiedPerMinute, who, actor: null },
      });
    },
  };
}

type Counted = {
  readonly budget: RateBudget;
  readonly policy: 'credential' | 'address';
  readonly requests: number;
  readonly who: string;
  /** For the log: addresses do not stand there. */
  readonly actor: string | null;
};

function count(
  c: Context<HttpEnv>,
  { clock, telemetry }: Pick<HttpServices, 'clock' | 'telemetry'>,
  { budget, policy, requests, who, actor }: Counted,
): Response | null {
  const { isAllowed, remaining, resetSeconds } = budget.take(who, clock.now());
  c.header('ratelimit-policy', `"${policy}";q=${requests};w=${windowMs / 1_000}`);
  c.header('ratelimit', `"${policy}";r=${remaining};t=${resetSeconds}`);
  if (isAllowed) return null;
  telemetry.log('warn', 'caller.slowed', { requestId: c.get('requestId'), actor, path: c.req.path });
  const headers = { 'retry-after': String(resetSeconds) };
  return problem(c, 'too_many_requests', { detail: `At most ${requests} a minute.`, headers });
}
