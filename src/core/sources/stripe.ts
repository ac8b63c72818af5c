// Stripe: signature, event id, type, entity and order. Pure.
// Which order of the shop a payment belongs to is not Stripe's to know: a source says so with its `entity` function.

import type { JsonValue } from '../json.ts';
import { ok, type Result } from '../result.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { stripeRow } from '../signature/schemes.ts';
import type { Entity, EventIdentity, ParseProblem, SourcePreset, VerifiedRequest } from '../source.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { firstInstant, invalid, missing, readIdAt, readObject, readPath } from './read-field.ts';
import type { StripeTopics } from './stripe-payloads.ts';

const objectPath = ['data', 'object'] as const;

/** What is done to a payment runs in the payment's line, so that a refund does not overtake it. */
const partsOfPayment: ReadonlySet<string> = new Set(['charge', 'refund', 'dispute']);

/** The object the event is about, `customer/cus_…`; for a part of a payment `payment_intent/pi_…`. */
function readEntity(payload: JsonValue): Entity | null {
  const object = readPath(payload, objectPath) ?? null;
  const kind = readIdAt(object, ['object']);
  const id = readIdAt(object, ['id']);
  if (!kind.ok || !id.ok) return null;
  const payment = readIdAt(object, ['payment_intent']);
  const isPart = partsOfPayment.has(kind.value) && payment.ok;
  return isPart ? { kind: 'payment_intent', id: payment.value } : { kind: kind.value, id: id.value };
}

/** `created`: seconds in v1 events, ISO 8601 in v2 events. Ties are normal: a burst of events shares one second. */
function readCreated(created: JsonValue | undefined): Result<number, ParseProblem> {
  if (created === undefined) return missing('body $.created');
  const seconds = typeof created === 'number' && Number.isInteger(created) && created >= 0 && created < 1e12;
  const epochMs = seconds ? created * 1000 : firstInstant(created);
  return epochMs === null ? invalid('body $.created', 'must be a time in seconds or ISO 8601') : ok(epochMs);
}

function identify(request: VerifiedRequest): Result<EventIdentity, ParseProblem> {
  const payload = parseJsonBody(request.body);
  if (!payload.ok) return payload;
  const body = readObject(payload.value);
  if (!body.ok) return body;
  const eventId = readIdAt(payload.value, ['id']);
  if (!eventId.ok) return eventId;
  const type = readIdAt(payload.value, ['type']);
  if (!type.ok) return type;
  const created = readCreated(body.value.created);
  if (!created.ok) return created;
  return ok({
    eventId: eventId.value,
    type: type.value,
    entity: readEntity(payload.value),
    sequence: created.value,
    occurredAt: created.value,
    payload: payload.value,
  });
}

export const stripe: SourcePreset<StripeTopics> = {
  name: 'stripe',
  scheme: hmacScheme(stripeRow),
  topics: null,
  parsePayload: (request) => parseJsonBody(request.body),
  identify: async (request) => identify(request),
};
