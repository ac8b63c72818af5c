// Standard Webhooks (and Svix): one preset for every sender that follows the specification. Pure.
// The payload types are the user's: the specification fixes the envelope `{ type, timestamp, data }` alone.

import { ok, type Result } from '../result.ts';
import { chooseScheme } from '../signature/combine-schemes.ts';
import type { EventIdentity, ParseProblem, SourcePreset, VerifiedRequest } from '../source.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { firstInstant, readIdAt, readIdHeader, readObject } from './read-field.ts';
import { standardScheme } from './standard-scheme.ts';

export type StandardWebhook<Type extends string, Data> = {
  readonly type: Type;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Data;
};

/** From event type → data to event type → payload. */
export type StandardTopics<Data extends object> = {
  readonly [Type in keyof Data & string]: StandardWebhook<Type, Data[Type]>;
};

function identify(request: VerifiedRequest): Result<EventIdentity, ParseProblem> {
  // The id of the header family that was verified: the id is signed, and another family's would not be.
  const [idHeader = 'webhook-id'] = chooseScheme(standardScheme, request.headers).row.requiredHeaders;
  const eventId = readIdHeader(request.headers, idHeader);
  if (!eventId.ok) return eventId;
  const payload = parseJsonBody(request.body);
  if (!payload.ok) return payload;
  const body = readObject(payload.value);
  if (!body.ok) return body;
  const type = readIdAt(payload.value, ['type']);
  if (!type.ok) return type;
  // The body's timestamp is the event's; the header's is the attempt's and changes with every retry.
  const occurredAt = firstInstant(body.value.timestamp);
  return ok({
    eventId: eventId.value,
    type: type.value,
    entity: null,
    sequence: occurredAt,
    occurredAt,
    payload: payload.value,
  });
}

/**
 * `Data` maps each event type to its `data`. The entity stands somewhere in `data`, so a source that needs order
 * says where with its `entity` function; without one every event has a line of its own.
 */
export function standardWebhooks<Data extends object = object>(): SourcePreset<StandardTopics<Data>> {
  return {
    name: 'standard-webhooks',
    scheme: standardScheme,
    topics: null,
    parsePayload: (request) => parseJsonBody(request.body),
    identify: async (request) => identify(request),
  };
}
