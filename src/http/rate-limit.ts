// Behind the guard: how many requests a credential may send, told with every answer (draft-ietf-httpapi-ratelimit-headers), and 429
// beyond. So that one caller in a loop does not take what others need; it is no protection against strangers, whom the guard stops.

import type { MiddlewareHandler } from 'hono';
import { limits } from '../core/limits.ts';
import { createRateBudget } from '../core/rate-budget.ts';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';

export function rateLimit({ clock, config, telemetry }: HttpServices): MiddlewareHandler<HttpEnv> {
  const { apiRequestsPerMinute: requests } = config;
  const windowMs = limits.apiWindowMs;
  const budget = createRateBudget({ requests, windowMs, maxCallers: limits.maxCredentials });
  const policy = `"credential";q=${requests};w=${windowMs / 1_000}`;
  return async (c, next) => {
    const { actor } = c.get('caller');
    const { isAllowed, remaining, resetSeconds } = budget.take(actor, clock.now());
    c.header('ratelimit-policy', policy);
    c.header('ratelimit', `"credential";r=${remaining};t=${resetSeconds}`);
    if (isAllowed) return next();
    telemetry.log('warn', 'caller.slowed', { requestId: c.get('requestId'), actor, path: c.req.path });
    const headers = { 'retry-after': String(resetSeconds) };
    return problem(c, 'too_many_requests', { detail: `At most ${requests} a minute.`, headers });
  };
}
