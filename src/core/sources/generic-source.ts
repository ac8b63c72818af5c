// A sender of one's own or without a preset: how it proves itself is any scheme, and its identity is told by options.
// The definition is checked when it is made (a wrong one throws and stops the start); reading is pure and never throws.

import { canonicalJson } from '../input-hash.ts';
import type { JsonValue } from '../json.ts';
import { parseInstant } from '../parse-instant.ts';
import { ok, type Result } from '../result.ts';
import { sha256Hex } from '../sha256.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import type { Entity, EventIdentity, ParseProblem, SourcePreset, VerifiedRequest } from '../source.ts';
import { identifyItems } from './identify-items.ts';
import { parseJsonBody } from './parse-json-body.ts';
import {
  invalid,
  type JsonPath,
  missing,
  parsePath,
  pathText,
  readId,
  readIdHeader,
  readPath,
} from './read-field.ts';

/** Where a field stands: a header, or a path into the JSON body such as `data.lines[0].sku`. */
export type FieldPlace = { readonly header: string } | { readonly path: string };

/** Any text where no topics are typed. */
type TopicName<Topics extends object> = [keyof Topics] extends [never] ? string : keyof Topics & string;

export type GenericSourceOptions<Topics extends object = object> = {
  /** For messages. Default `generic`. */
  readonly name?: string;
  /** How a request is proven genuine: hmacScheme, publicKeyScheme, jwtScheme, bearerScheme, urlTokenScheme, allOf … */
  readonly authentication: SignatureScheme;
  /**
   * Where the events of a request stand, for a sender that posts several at once: a path to an array, or `$` where the
   * body is one. The paths below then begin at an item. Absent: a request is one event.
   */
  readonly items?: string;
  /**
   * Must be the same whenever the sender sends the same event again. `content_digest`: for a sender without ids, a digest
   * of what it says. Two events that say the same are then one, so what it says must hold a time or a number.
   */
  readonly id: FieldPlace | 'content_digest';
  /** `fixed`: a sender of one type of event. */
  readonly type: FieldPlace | { readonly fixed: TopicName<Topics> };
  /** Absent: events have no entity, and no order among them. `optional`: an event may come without one. */
  readonly entity?: FieldPlace & { readonly kind: string; readonly optional?: boolean };
  /** A counter or an instant. Absent, or absent in an event: order of arrival. */
  readonly sequence?: FieldPlace;
  /** Whether `sequence` counts the events of an entity one by one: then a missing number is shown as a gap. */
  readonly countsEvents?: boolean;
  /** ISO 8601 with a zone, or epoch ms. */
  readonly occurredAt?: FieldPlace;
  /** All types the sender has, where the list is closed: a route for another one does not start. */
  readonly topics?: readonly TopicName<Topics>[];
};

type Place =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'path'; readonly path: JsonPath };

function refuse(name: string, field: string, rule: string): never {
  throw new Error(`${name}: ${field} ${rule}`);
}

function toPlace(name: string, field: string, place: FieldPlace): Place {
  if ('header' in place) return { kind: 'header', name: place.header.toLowerCase() };
  const path = parsePath(place.path);
  return path === null
    ? refuse(name, field, `"${place.path}" must be a path like data.order.id`)
    : { kind: 'path', path };
}

type Read = { readonly headers: VerifiedRequest['headers']; readonly payload: JsonValue };

function fieldName(place: Place): string {
  return place.kind === 'header' ? `header ${place.name}` : pathText(place.path);
}

function readValue(place: Place, from: Read): JsonValue | undefined {
  return place.kind === 'header' ? from.headers[place.name] : readPath(from.payload, place.path);
}

function readText(place: Place, from: Read): Result<string, ParseProblem> {
  return place.kind === 'header'
    ? readIdHeader(from.headers, place.name)
    : readId(readPath(from.payload, place.path), pathText(place.path));
}

/** A declared order that cannot be read is a problem: to take the order of arrival instead would hide it. */
function readNumber(place: Place | null, from: Read): Result<number | null, ParseProblem> {
  const value = place === null ? undefined : readValue(place, from);
  if (place === null || value === undefined || value === null) return ok(null);
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return ok(number);
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  return instant === null
    ? invalid(fieldName(place), 'must be an integer or an ISO 8601 instant')
    : ok(instant);
}

type EntityPlace = { readonly kind: string; readonly optional: boolean; readonly place: Place };

function readEntity(rule: EntityPlace | null, from: Read): Result<Entity | null, ParseProblem> {
  if (rule === null) return ok(null);
  const value = readValue(rule.place, from);
  if (value === undefined || value === null) return rule.optional ? ok(null) : missing(fieldName(rule.place));
  const id = readText(rule.place, from);
  return id.ok ? ok({ kind: rule.kind, id: id.value }) : id;
}

type Places = {
  /** Null: a digest of the content. */
  readonly id: Place | null;
  readonly type: Place | string;
  readonly entity: EntityPlace | null;
  readonly sequence: Place | null;
  readonly occurredAt: Place | null;
};

function toPlaces<Topics extends object>(name: string, options: GenericSourceOptions<Topics>): Places {
  const { id, type, entity, sequence, occurredAt } = options;
  const optional = (field: string, place: FieldPlace | undefined) =>
    place === undefined ? null : toPlace(name, field, place);
  if (entity?.kind === '') refuse(name, 'entity.kind', 'must not be empty');
  return {
    id: id === 'content_digest' ? null : toPlace(name, 'id', id),
    type: 'fixed' in type ? type.fixed : toPlace(name, 'type', type),
    entity:
      entity === undefined
        ? null
        : { kind: entity.kind, optional: entity.optional === true, place: toPlace(name, 'entity', entity) },
    sequence: optional('sequence', sequence),
    occurredAt: optional('occurredAt', occurredAt),
  };
}

function identify(request: VerifiedRequest, places: Places): Result<EventIdentity, ParseProblem> {
  const payload = parseJsonBody(request.body);
  return payload.ok ? identifyPayload({ headers: request.headers, payload: payload.value }, places) : payload;
}

function identifyMany(request: VerifiedRequest, places: Places, items: JsonPath) {
  const payload = parseJsonBody(request.body);
  if (!payload.ok) return payload;
  return identifyItems(payload.value, {
    path: items,
    identify: (item) => identifyPayload({ headers: request.headers, payload: item }, places),
  });
}

function identifyPayload(from: Read, places: Places): Result<EventIdentity, ParseProblem> {
  const eventId =
    places.id === null ? ok(`sha256_${sha256Hex(canonicalJson(from.payload))}`) : readText(places.id, from);
  if (!eventId.ok) return eventId;
  const type = typeof places.type === 'string' ? ok(places.type) : readText(places.type, from);
  if (!type.ok) return type;
  const entity = readEntity(places.entity, from);
  if (!entity.ok) return entity;
  const sequence = readNumber(places.sequence, from);
  if (!sequence.ok) return sequence;
  const occurredAt = readNumber(places.occurredAt, from);
  if (!occurredAt.ok) return occurredAt;
  return ok({
    eventId: eventId.value,
    type: type.value,
    entity: entity.value,
    sequence: sequence.value,
    occurredAt: occurredAt.value,
    payload: from.payload,
  });
}

/** Null: a request is one event. */
function toItemsPath<Topics extends object>(
  name: string,
  { items, id }: GenericSourceOptions<Topics>,
): JsonPath | null {
  if (items === undefined) return null;
  if (typeof id === 'object' && 'header' in id)
    refuse(name, 'id', 'must be a path: a header is the same for all items of a request');
  return items === '$' ? [] : (parsePath(items) ?? refuse(name, 'items', `"${items}" must be a path or $`));
}

/** `Topics` maps each event type to its payload. */
export function genericSource<Topics extends object = object>(
  options: GenericSourceOptions<Topics>,
): SourcePreset<Topics> {
  const name = options.name ?? 'generic';
  const places = toPlaces(name, options);
  const items = toItemsPath(name, options);
  return {
    name,
    scheme: options.authentication,
    ...(options.countsEvents === undefined ? {} : { countsEvents: options.countsEvents }),
    topics: options.topics ?? null,
    parsePayload: (request) => parseJsonBody(request.body),
    identify: async (request) => identify(request, places),
    ...(items === null
      ? {}
      : { identifyMany: async (request: VerifiedRequest) => identifyMany(request, places, items) }),
  };
}
