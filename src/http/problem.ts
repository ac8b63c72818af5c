// Errors on the wire: RFC 9457 problems with a stable type and code (problems.ts is the whole list); `type` is a path of the
// relay itself that explains the code. A problem may name fields and rules, never a secret, a body or an internal.

import type { Context } from 'hono';
import type { FieldError } from '../core/outcome.ts';
import { type ProblemCode, problems } from './problems.ts';

export type ProblemDetails = {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** The scope that is missing. */
  readonly scope?: string;
  /** What is there now, as an entity tag. */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function problem(c: Context, code: ProblemCode, details: ProblemDetails = {}): Response {
  const { status, title } = problems[code];
  const { detail, errors, scope, version, headers = {} } = details;
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    code,
    detail,
    errors,
    scope,
    version,
    requestId: c.get('requestId'),
  };
  return c.body(JSON.stringify(body), status, { ...headers, 'content-type': 'application/problem+json' });
}
