// Runs before every handler: gives the request its id and every answer its id and security headers.
// May not look at the request: an id that a sender chose could be made to collide with another's in the log.

import type { MiddlewareHandler } from 'hono';
import type { Randomness } from '../pipeline/ports.ts';
import type { HttpEnv } from './services.ts';

/** Answers are data: nothing in them is to be run, framed, guessed at or kept by a cache. */
const headers: readonly (readonly [string, string])[] = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cache-control', 'no-store'],
  ['strict-transport-security', 'max-age=31536000'],
];

export function identify(randomness: Randomness): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const requestId = randomness.uuid();
    c.set('requestId', requestId);
    c.header('x-request-id', requestId);
    for (const [name, value] of headers) c.header(name, value);
    await next();
  };
}
