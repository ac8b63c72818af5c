// Every code a problem can have: its status, what it says, and what to do about it. The one table: `GET /problems/:code` and
// docs/reference/problems.md are made of it. A code is never renamed and never means something else.

import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type ProblemKind = {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** For whoever gets it. */
  readonly advice: string;
};

export const problems = {
  malformed_json: {
    status: 400,
    title: 'The body is not JSON',
    advice: 'Send JSON, whole.',
  },
  invalid_parameter: {
    status: 400,
    title: 'A query parameter does not hold what it must',
    advice: '`errors` names each parameter and its rule; one that nobody knows is refused, too.',
  },
  invalid_body: {
    status: 400,
    title: 'The body does not hold what it must',
    advice: '`errors` names each field and its rule; one that nobody knows is refused, too.',
  },
  unreadable_request: {
    status: 400,
    title: 'The request could not be read to its end',
    advice: 'The connection ended before the body did: send the request again.',
  },
  unparsable_event: {
    status: 400,
    title: 'No event can be read from the request',
    advice:
      'The signature was right and the body was not what the source reads: `errors` names the field. The request is kept under `/admin/rejected-requests`.',
  },
  idempotency_key_missing: {
    status: 400,
    title: 'The request needs an Idempotency-Key',
    advice:
      'Send the header `Idempotency-Key` with a value of your own for each request, such as a UUID, and the same one when you repeat it.',
  },
  idempotency_key_invalid: {
    status: 400,
    title: 'The Idempotency-Key is not one',
    advice: 'Send 1 to 255 printable ASCII characters, such as a UUID.',
  },
  unauthorized: {
    status: 401,
    title: 'The credential is missing, wrong or no longer good',
    advice:
      'Send `Authorization: Bearer …` with a good credential. Which of the reasons it was stands in the log alone.',
  },
  unverified: {
    status: 401,
    title: 'The request could not be verified',
    advice:
      "The sender's signature, its secret or its clock is wrong. The precise reason is in the log line of the request.",
  },
  scope_missing: {
    status: 403,
    title: 'The credential lacks a scope',
    advice: '`scope` names what is missing: use another credential, or have one made that holds it.',
  },
  not_granted: {
    status: 403,
    title: 'The credential was not granted the operation on the target',
    advice: 'Use a credential with a grant of the operation on the target, or have one made.',
  },
  exceeds_own_access: {
    status: 403,
    title: 'Nobody can give more than they have',
    advice: 'Ask for no more than the credential you ask with has itself.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    advice: 'There is no such thing, or it is outside of what the credential sees.',
  },
  unknown_source: {
    status: 404,
    title: 'There is no such source',
    advice: 'The path of ingest is `/hooks/` and the id of a source: see `/admin/sources`.',
  },
  unknown_operation: {
    status: 404,
    title: 'There is no such operation',
    advice: 'See docs/operations.md for the names.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    advice: '`Allow` lists the methods.',
  },
  replay_open: {
    status: 409,
    title: 'A replay of this delivery is still open',
    advice: 'Wait for the open replay at this place to end, or close it.',
  },
  not_finished: {
    status: 409,
    title: 'The delivery has not ended yet',
    advice: 'Wait for its end; a held one is released, not replayed.',
  },
  route_removed: {
    status: 409,
    title: 'The route of this delivery no longer exists',
    advice: 'Bring the route back, or resolve the delivery by hand.',
  },
  payload_removed: {
    status: 409,
    title: 'The body of the event is no longer kept',
    advice: 'Retention has removed the body, and nothing can be mapped from it: resolve it by hand.',
  },
  original_missing: {
    status: 409,
    title: 'The input that was sent is not kept',
    advice:
      'No attempt got so far, or the input was too large to be kept whole: replay with `mapping` `current`, or with an edited input.',
  },
  target_unauthorized: {
    status: 409,
    title: 'The target still refuses the credential',
    advice: 'Mend the credential of the target first. Each try is a login, and ERPs lock accounts.',
  },
  wrong_state: {
    status: 409,
    title: 'The state of the delivery does not allow this',
    advice: 'Show the thing again: somebody or something was first.',
  },
  credential_not_active: {
    status: 409,
    title: 'The credential is no longer good',
    advice: 'It has expired or was revoked, or has no key: make another one.',
  },
  limit_reached: {
    status: 409,
    title: 'There are as many as there may be',
    advice: 'Remove what is no longer needed; `detail` says how many there may be.',
  },
  operation_in_progress: {
    status: 409,
    title: 'The request of this key is still being worked on',
    advice:
      'Wait as long as `Retry-After` says and send the same again, or look at the job that `Location` names.',
  },
  already_done: {
    status: 409,
    title: 'The request of this key was done, and its answer is not kept',
    advice:
      'It was done once and is not done again. Its answer held a key, which is shown once, and is not kept: rotate the credential for another key.',
  },
  operation_cancelled: {
    status: 409,
    title: 'The operation was closed without being done',
    advice: 'A person closed it. Send it with another key if it is to be done after all.',
  },
  precondition_failed: {
    status: 412,
    title: 'It is not what it was when you read it',
    advice:
      'Somebody changed it: read it again, and send its `ETag` as `If-Match`. `version` is what is there now.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    advice: '`detail` says how many bytes there may be.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body must be application/json',
    advice: 'Send `Content-Type: application/json`.',
  },
  invalid_input: {
    status: 422,
    title: 'The input breaks a rule of the operation',
    advice: '`errors` names each field and its rule. Nothing was kept.',
  },
  key_field_edited: {
    status: 422,
    title: 'A field of the operation key was edited',
    advice:
      'The operation key comes from the event, never from an edit: leave the fields in `errors` as they are.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The key was used for another request',
    advice: 'The key belongs to another request: use a new one for each.',
  },
  operation_rejected: {
    status: 422,
    title: 'The ERP refused the operation',
    advice: '`detail` says why the ERP refused it. Mend that and replay the delivery.',
  },
  mapping_failed: {
    status: 422,
    title: 'The route cannot map the event',
    advice: 'The functions of the route fail on this event: mend the route, or replay with an edited input.',
  },
  upgrade_required: {
    status: 426,
    title: 'This is a WebSocket',
    advice: 'Open it with a WebSocket client: docs/admin-api.md, Live tail.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests: send it again later',
    advice: 'Wait as long as `Retry-After` says.',
  },
  headers_too_large: {
    status: 431,
    title: 'The header fields are too large',
    advice: 'Send fewer or shorter header fields.',
  },
  internal_error: {
    status: 500,
    title: 'The relay made a mistake',
    advice: 'Send it again; if that does not help, report it with the `requestId`.',
  },
  sender_unavailable: {
    status: 502,
    title: 'The API of the sender did not give its list',
    advice: '`detail` says what the API of the sender answered. Try again later.',
  },
  operation_failed: {
    status: 502,
    title: 'The operation was not done, and will not be tried again by itself',
    advice: 'It is a dead letter: mend the cause, and replay it.',
  },
  admin_key_missing: {
    status: 503,
    title: 'No admin key is configured',
    advice: 'Set the secret `ADMIN_KEY` or `REGISTRY_KEY`: docs/deploying.md.',
  },
  registry_key_missing: {
    status: 503,
    title: 'No registry key is configured',
    advice: 'Set the secret `REGISTRY_KEY`: docs/security.md.',
  },
  registry_unavailable: {
    status: 503,
    title: 'The registry did not answer',
    advice: 'Nobody can say whether the credential is good. Send it again.',
  },
  configuration_invalid: {
    status: 503,
    title: 'The configuration is invalid',
    advice: '`/readyz` says what to mend.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'The event was not accepted: send it again',
    advice: 'Nothing was accepted. Send it again as `Retry-After` says.',
  },
  sequencer_unavailable: {
    status: 503,
    title: 'A sequencer did not answer',
    advice: 'Send it again as `Retry-After` says. Whether an act was done, showing the thing tells.',
  },
  tail_full: {
    status: 503,
    title: 'As many listen to the live tail as may',
    advice: 'Close a tail that nobody needs, or read the list.',
  },
  journal_unavailable: {
    status: 503,
    title: 'The journal did not answer',
    advice:
      'D1 does not answer. Send it again as `Retry-After` says; acts on open deliveries work without an `Idempotency-Key`.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof problems;

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}
