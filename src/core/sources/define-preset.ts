// Makes a preset out of a description: where event id, type, entity and order stand, and what the sender does besides.
// A wrong description throws when it is imported and stops the start; reading is pure and never throws.
// The rules it follows: only what stays the same for one event; what is missing for order is no reason to lose an event.

import { isJsonObject, type JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type {
  BatchItems,
  Entity,
  EventIdentity,
  OpenTopics,
  ParseProblem,
  SourcePreset,
  VerifiedRequest,
} from '../source.ts';
import { type BodyKind, parseBody } from './parse-body.ts';
import { invalid, readId } from './read-field.ts';
import {
  digestOf,
  type Place,
  type Places,
  type Read,
  type Reader,
  readJoined,
  type TimePlace,
  toReader,
  toReaders,
  toTimeReader,
} from './read-place.ts';

/** The events of one request; null where the payload has not the form of one. */
export type SplitItems = (payload: JsonValue) => readonly JsonValue[] | null;

export type PresetDescription<Topics extends object> = {
  readonly name: string;
  readonly scheme: SourcePreset['scheme'];
  /** Default: any type may come. */
  readonly topics?: readonly (keyof Topics & string)[];
  /** Default json. */
  readonly body?: BodyKind;
  /** Where one request may hold several events. */
  readonly items?: SplitItems;
  /** The sender's event id; several places are joined by `:`. `digest`: a digest of these, for a sender without ids. */
  readonly id: Places | { readonly digest: readonly Place[] };
  /** Several places are joined by a dot. */
  readonly type: Places;
  readonly entity?: EntityPlace | ((from: Read, type: string) => Entity | null);
  /** When it happened: the sequence too, unless that is told apart. */
  readonly occurredAt?: TimePlace;
  /** A counter or an instant. */
  readonly sequence?: TimePlace;
  readonly tenant?: Place;
  readonly version?: Place;
} & Pick<
  SourcePreset,
  | 'handshake'
  | 'acknowledge'
  | 'reply'
  | 'bareRefusal'
  | 'signsGet'
  | 'credentials'
  | 'thin'
  | 'experimental'
  | 'delivery'
>;

export type EntityPlace = {
  readonly kind: string | Place;
  /** Several places are joined by `:`. */
  readonly id: Places;
};

type Readers = {
  readonly id: readonly Reader[] | { readonly digest: readonly Reader[] };
  readonly type: readonly Reader[];
  readonly entity: (from: Read, type: string) => Entity | null;
  readonly occurredAt: (from: Read) => number | null;
  readonly sequence: (from: Read) => number | null;
  readonly tenant: Reader | null;
  readonly version: Reader | null;
};

/** `LineItem`, `line-items` → `line_item`, `line_items`: kinds of entities have one spelling, whoever sends them. */
export function toKind(text: string): string {
  return text
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase();
}

function toEntityReader(entity: PresetDescription<object>['entity']): Readers['entity'] {
  if (entity === undefined) return () => null;
  if (typeof entity === 'function') return entity;
  const kindReader = toReader(typeof entity.kind === 'string' ? { fixed: entity.kind } : entity.kind);
  const idReaders = toReaders(entity.id);
  return (from) => {
    const kind = readJoined([kindReader], from, ':');
    const id = readJoined(idReaders, from, ':');
    return kind.ok && id.ok ? toEntity(kind.value, id.value) : null;
  };
}

/** Null where the parts make no entity: the event then has a line of its own. */
export function toEntity(kind: string | null, id: string | number | null): Entity | null {
  const ownKind = toKind(kind ?? '');
  const ownId = readId(id, 'entity id');
  return ownKind !== '' && ownId.ok ? { kind: ownKind, id: ownId.value } : null;
}

function toDescribed<Topics extends object>(description: PresetDescription<Topics>): Readers {
  const { id, type, entity, occurredAt, sequence, tenant, version } = description;
  return {
    id: typeof id === 'object' && 'digest' in id ? { digest: id.digest.map(toReader) } : toReaders(id),
    type: toReaders(type),
    entity: toEntityReader(entity),
    occurredAt: toTimeReader(occurredAt),
    sequence: toTimeReader(sequence ?? occurredAt),
    tenant: tenant === undefined ? null : toReader(tenant),
    version: version === undefined ? null : toReader(version),
  };
}

async function readEventId(id: Readers['id'], from: Read): Promise<Result<string, ParseProblem>> {
  if (!('digest' in id)) return readJoined(id, from, ':');
  return ok(`sha256_${await digestOf(id.digest.map(({ read }) => read(from)))}`);
}

function textOrNull(reader: Reader | null, from: Read): string | null {
  const text = reader === null ? null : readId(reader.read(from), reader.field);
  return text?.ok === true ? text.value : null;
}

async function identifyOne(readers: Readers, from: Read): Promise<Result<EventIdentity, ParseProblem>> {
  if (!isJsonObject(from.payload)) return invalid('body $', 'must be a JSON object');
  const type = readJoined(readers.type, from, '.');
  if (!type.ok) return type;
  const eventId = await readEventId(readers.id, from);
  if (!eventId.ok) return eventId;
  return ok({
    eventId: eventId.value,
    type: type.value,
    entity: readers.entity(from, type.value),
    sequence: readers.sequence(from),
    occurredAt: readers.occurredAt(from),
    ...(readers.tenant === null ? {} : { tenant: textOrNull(readers.tenant, from) }),
    ...(readers.version === null ? {} : { version: textOrNull(readers.version, from) }),
    payload: from.payload,
  });
}

/** What was read from an item says which one it was. */
function placed(problem: ParseProblem, index: number): ParseProblem {
  return { ...problem, field: problem.field.replace(/^body \$/, `item ${index} $`) };
}

async function identifyItems(
  items: readonly JsonValue[] | null,
  identify: (item: JsonValue) => Promise<Result<EventIdentity, ParseProblem>>,
): Promise<Result<BatchItems, ParseProblem>> {
  if (items === null) return invalid('body $', 'must have the form of this sender’s requests');
  if (items.length > limits.maxBatchItems) {
    const rule = `must hold at most ${limits.maxBatchItems} events`;
    return err({ reason: 'too_many_items', field: 'body $', rule });
  }
  return ok(
    await Promise.all(
      items.map(async (item, index) => {
        const identity = await identify(item);
        return identity.ok ? identity : err({ ...placed(identity.error, index), item });
      }),
    ),
  );
}

export function definePreset<Topics extends object = OpenTopics>(
  description: PresetDescription<Topics>,
): SourcePreset<Topics> {
  const { name, scheme, topics = null, body = 'json', items, ...rest } = description;
  const { id: _id, type: _type, entity: _entity, occurredAt: _at, ...more } = rest;
  const { sequence: _sequence, tenant: _tenant, version: _version, ...habits } = more;
  const readers = toDescribed(description);
  const parse = (request: Pick<VerifiedRequest, 'headers' | 'body'>) => parseBody(body, request);
  const identify = (request: VerifiedRequest, payload: JsonValue) =>
    identifyOne(readers, { headers: request.headers, payload, requestId: request.requestId });
  const preset: SourcePreset<Topics> = {
    name,
    scheme,
    topics,
    parsePayload: parse,
    identify: async (request) => {
      const payload = parse(request);
      return payload.ok ? identify(request, payload.value) : payload;
    },
    ...habits,
  };
  if (items === undefined) return preset;
  return {
    ...preset,
    identifyMany: async (request) => {
      const payload = parse(request);
      return payload.ok ? identifyItems(items(payload.value), (item) => identify(request, item)) : payload;
    },
  };
}
