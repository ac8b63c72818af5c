// Lets the holder of the admin key through. Both keys are hashed before they are compared, so that neither their length
// nor their beginning shows in the time it takes. One key for now; scoped credentials take its place behind the same middleware.

import type { MiddlewareHandler } from 'hono';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';

/** Who acts, as it is written beside what was done. */
export const adminActor = 'admin_key';

const bearer = /^Bearer +([\x21-\x7e]+) *$/i;

export function authorize(services: Pick<HttpServices, 'config' | 'telemetry'>): MiddlewareHandler<HttpEnv> {
  const { adminKey } = services.config;
  return async (c, next) => {
    if (adminKey === null) {
      return problem(c, 'admin_key_missing', {
        detail: 'Set the secret ADMIN_KEY to use the admin endpoints.',
      });
    }
    const given = bearer.exec(c.req.header('authorization') ?? '')?.[1];
    if (given !== undefined && equal(await digest(given), await digest(adminKey))) return next();
    const reason = given === undefined ? 'no_bearer_key' : 'wrong_key';
    services.telemetry.log('warn', 'admin.refused', {
      requestId: c.get('requestId'),
      path: c.req.path,
      reason,
    });
    const challenge = given === undefined ? '' : ', error="invalid_token"';
    return problem(c, 'unauthorized', {
      headers: { 'www-authenticate': `Bearer realm="holdfast"${challenge}` },
    });
  };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** Both are SHA-256 digests; every byte is looked at. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
