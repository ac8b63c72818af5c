// Errors on the wire: RFC 9457 problems with a stable type and code. The table is the whole list; `type` is a path of the
// relay itself that explains the code. A problem may name fields and rules, never a secret, a body or an internal.

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { FieldError } from '../core/outcome.ts';

type ProblemKind = { readonly status: ContentfulStatusCode; readonly title: string };

export const problems = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_parameter: { status: 400, title: 'A query parameter does not hold what it must' },
  invalid_body: { status: 400, title: 'The body does not hold what it must' },
  unreadable_request: { status: 400, title: 'The request could not be read to its end' },
  unparsable_event: { status: 400, title: 'No event can be read from the request' },
  idempotency_key_missing: { status: 400, title: 'The request needs an Idempotency-Key' },
  unauthorized: { status: 401, title: 'The credential is missing, wrong or no longer good' },
  unverified: { status: 401, title: 'The request could not be verified' },
  scope_missing: { status: 403, title: 'The credential lacks a scope' },
  not_granted: { status: 403, title: 'The credential was not granted the operation on the target' },
  exceeds_own_access: { status: 403, title: 'Nobody can give more than they have' },
  not_found: { status: 404, title: 'There is nothing here' },
  unknown_source: { status: 404, title: 'There is no such source' },
  unknown_operation: { status: 404, title: 'There is no such operation' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  replay_open: { status: 409, title: 'A replay of this delivery is still open' },
  not_finished: { status: 409, title: 'The delivery has not ended yet' },
  route_removed: { status: 409, title: 'The route of this delivery no longer exists' },
  payload_removed: { status: 409, title: 'The body of the event is no longer kept' },
  target_unauthorized: { status: 409, title: 'The target still refuses the credential' },
  wrong_state: { status: 409, title: 'The state of the delivery does not allow this' },
  credential_not_active: { status: 409, title: 'The credential is no longer good' },
  limit_reached: { status: 409, title: 'There are as many as there may be' },
  operation_in_progress: { status: 409, title: 'The request of this key is still being worked on' },
  operation_cancelled: { status: 409, title: 'The operation was closed without being done' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  invalid_input: { status: 422, title: 'The input breaks a rule of the operation' },
  key_field_edited: { status: 422, title: 'A field of the operation key was edited' },
  idempotency_key_reused: { status: 422, title: 'The key was used for another request' },
  operation_rejected: { status: 422, title: 'The ERP refused the operation' },
  mapping_failed: { status: 422, title: 'The route cannot map the event' },
  too_many_requests: { status: 429, title: 'Too many requests: send it again later' },
  headers_too_large: { status: 431, title: 'The header fields are too large' },
  internal_error: { status: 500, title: 'The relay made a mistake' },
  sender_unavailable: { status: 502, title: 'The API of the sender did not give its list' },
  operation_failed: {
    status: 502,
    title: 'The operation was not done, and will not be tried again by itself',
  },
  admin_key_missing: { status: 503, title: 'No admin key is configured' },
  registry_key_missing: { status: 503, title: 'No registry key is configured' },
  registry_unavailable: { status: 503, title: 'The registry did not answer' },
  configuration_invalid: { status: 503, title: 'The configuration is invalid' },
  temporarily_unavailable: { status: 503, title: 'The event was not accepted: send it again' },
  sequencer_unavailable: { status: 503, title: 'A sequencer did not answer' },
  journal_unavailable: { status: 503, title: 'The journal did not answer' },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof problems;

export type ProblemDetails = {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** The scope that is missing. */
  readonly scope?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function problem(c: Context, code: ProblemCode, details: ProblemDetails = {}): Response {
  const { status, title } = problems[code];
  const { detail, errors, scope, headers = {} } = details;
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    code,
    detail,
    errors,
    scope,
    requestId: c.get('requestId'),
  };
  return c.body(JSON.stringify(body), status, { ...headers, 'content-type': 'application/problem+json' });
}

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}
