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

/** A body of another type would be taken for none, and an edited input be lost without a word. */
export const jsonOnly: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const type = c.req.header('content-type') ?? '';
  const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0';
  if (hasBody && !/^application\/json(?:;|$)/i.test(type.trim())) return problem(c, 'unsupported_media_type');
  return next();
};
