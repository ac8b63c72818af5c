// Who may call the API from a page of another origin (CORS): the configured origins, and without any nobody. Callers send a key
// themselves; cookies are never asked for. Before the guard: a preflight carries no key.

import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { limits } from '../core/limits.ts';
import type { HttpEnv } from './services.ts';

/** Null: closed, so that an OPTIONS request is one without a key like any other. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler<HttpEnv> | null {
  if (origins.length === 0) return null;
  return cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      ...['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'Prefer'],
    ],
    exposeHeaders: [
      ...['Content-Location', 'ETag', 'Idempotency-Replayed', 'Location', 'Preference-Applied'],
      ...['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
    ],
    maxAge: limits.preflightSeconds,
  });
}
