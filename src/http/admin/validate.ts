// Query parameters and bodies of the admin endpoints: checked by zod before a handler runs, refused as a problem that
// names each field and its rule. A parameter nobody knows is refused too: a misspelt filter must not match everything.

import { zValidator } from '@hono/zod-validator';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { limits } from '../../core/limits.ts';
import { toFieldErrors } from '../../operations/to-field-errors.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';

export function validQuery<S extends z.ZodType>(schema: S) {
  return zValidator('query', schema, (result, c) => {
    if (result.success) return undefined;
    return problem(c, 'invalid_parameter', { errors: toFieldErrors(result.error as unknown as z.ZodError) });
  });
}

/** A missing body is an empty object, so that an act without options needs none. */
export function validBody<S extends z.ZodType>(schema: S) {
  return zValidator('json', schema, (result, c) => {
    if (result.success) return undefined;
    return problem(c, 'invalid_body', { errors: toFieldErrors(result.error as unknown as z.ZodError) });
  });
}

export const boundedBody: MiddlewareHandler<HttpEnv> = bodyLimit({
  maxSize: limits.maxAdminBodyBytes,
  onError: (c) => problem(c, 'body_too_large', { detail: `At most ${limits.maxAdminBodyBytes} bytes.` }),
});

/**
 * A body of another type would be taken for none, and an edited input be lost without a word; an empty one is an empty
 * object, whatever it says to be. After `boundedBody`, for it reads the body.
 */
export const jsonOnly: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const { method, url, raw } = c.req;
  if (method === 'GET' || method === 'HEAD') return next();
  if ((await raw.clone().arrayBuffer()).byteLength === 0) {
    c.req.raw = new Request(url, { method, headers: { ...jsonType }, body: '{}' });
    return next();
  }
  const isJson = /^application\/json *(?:;|$)/i.test(c.req.header('content-type')?.trim() ?? '');
  return isJson ? next() : problem(c, 'unsupported_media_type');
};

const jsonType = { 'content-type': 'application/json' };
