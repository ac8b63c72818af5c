// A source: one sender, how its requests are proven genuine and how an event's identity is read from them.
// Pure data and functions; the schemes are in core/signature, the presets in core/sources.

import type { EnrichStep } from './enrich.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Result } from './result.ts';
import type { AddressRule } from './signature/remote-keys.ts';
import type { SignatureScheme } from './signature/scheme.ts';
import type { TraceContext } from './tracing/trace-context.ts';

/** Names in lower case, as received, at most one value a name: a doubled signature header is refused before. */
export type HeaderMap = Readonly<Record<string, string>>;

/** What the platform says of the connection. Null or false: it does not say, which proves nothing. */
export type Peer = {
  /** The caller's IP address as the edge saw it. */
  readonly address: string | null;
  /** The client certificate of mutual TLS. */
  readonly certificate: { readonly verified: boolean; readonly fingerprintSha256: string } | null;
};

/** Stage 1's result: bytes as they came, nothing parsed. */
export type ReceivedRequest = {
  readonly source: string;
  readonly method: 'POST' | 'GET';
  /** Path and query as received, for handshakes. Never a part of a signed string: that is the configured URL. */
  readonly url: string;
  readonly headers: HeaderMap;
  /** Header names that came more than once. */
  readonly repeatedHeaders: readonly string[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly requestId: string;
  /** Absent where the platform does not tell. */
  readonly peer?: Peer;
};

/** A sender's secrets. `previous` is good until the end of a rotation's overlap; null: none. */
export type SourceSecrets = { readonly current: string; readonly previous: string | null };

/** Stage 2's result. The brand keeps an unverified request from being claimed. */
export type VerifiedRequest = ReceivedRequest & {
  readonly verifiedWith: 'current' | 'previous';
  /** What its events are kept with. Absent: nothing is traced. */
  readonly trace?: TraceContext;
};

export type Entity = {
  /** `order`, `product`, `customer`, `receipt` … : the first part of the ordering key. */
  readonly kind: string;
  readonly id: string;
};

/** The entity of an event under a rule its source had before. `untilGeneration`: the last GENERATION the rule was used in. */
export type EarlierEntity = { readonly untilGeneration: number; readonly entity: Entity | null };

/** What a preset reads from a verified request. It may read only fields that cannot change for one event id. */
export type EventIdentity = {
  /** Unique within the source. */
  readonly eventId: string;
  readonly type: string;
  readonly entity: Entity | null;
  /** What the source's earlier rules say, the first first. Absent: it has none. */
  readonly earlierEntities?: readonly EarlierEntity[];
  /** The sender's order among the events of one entity: a counter, or an instant in epoch ms. Null where it has none. */
  readonly sequence: number | null;
  /** When it happened at the sender, epoch ms. */
  readonly occurredAt: number | null;
  /** Whose it is among the accounts one source may serve: shop, company, portal. Null or absent: there is one. */
  readonly tenant?: string | null;
  /** The sender's version of the entity, where it has one that is no instant. Absent: the sequence is it. */
  readonly version?: string | null;
  readonly payload: JsonValue;
};

/** What the items of one request are: an item that cannot be read is a problem of its own and stops no other. */
export type BatchItems = readonly Result<EventIdentity, UnreadableItem>[];

/** With what stands there instead of an event, where that can be said. */
export type UnreadableItem = ParseProblem & { readonly item?: JsonValue };

export type ParseProblem = {
  readonly reason:
    | 'not_utf8'
    | 'not_json'
    | 'too_deep'
    | 'missing_field'
    | 'invalid_field'
    /** More items than one request may hold. */
    | 'too_many_items'
    /** The source's own `entity` function threw or gave something that is no entity. */
    | 'entity_failed';
  /** Where: `header x-shopify-topic` or `body $.id`. */
  readonly field: string;
  readonly rule: string;
};

/** A request that is no event but must be answered so that the sender goes on. */
export type HandshakeAnswer = {
  readonly name: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
};

/** What a handshake may need of the source. */
export type HandshakeContext = {
  readonly secrets: SourceSecrets;
  readonly credentials: Readonly<Record<string, string>>;
  /** The source's public URL as configured; null where none is. */
  readonly publicUrl: string | null;
};

/** An answer that may be given only after an address of the sender was visited: how SNS confirms a subscription. */
export type Acknowledgement = {
  readonly answer: HandshakeAnswer;
  readonly visit?: { readonly url: string; readonly allows: AddressRule };
};

/** What a sender wants to hear when its events were accepted, in place of 202 and their ids. */
export type AcceptedReply = { readonly status: number; readonly contentType: string; readonly body: string };

/** How a sender delivers; from its documents. */
export type DeliveryHabits = {
  /** The longest it waits for an answer, ms; null: it does not say. */
  readonly answerWithinMs: number | null;
  /** How long it goes on sending one event, by itself or by hand, ms; 0: it never sends one again. */
  readonly resendsForMs: number;
};

/**
 * Of a preset that spells out no payloads: any type may be routed, and its payload is JSON. `withTopics` says more.
 */
export type OpenTopics = { readonly [type: string]: JsonObject };

/**
 * Everything Holdfast knows about a kind of sender. `Topics` maps the event types it knows to their payloads,
 * so that a mapping autocompletes and a misspelt field does not compile.
 */
export type SourcePreset<Topics extends object = object> = {
  readonly name: string;
  readonly scheme: SignatureScheme;
  /** Whether its sequence counts the events of an entity one by one, so that a missing number is an event that never came. */
  readonly countsEvents?: boolean;
  /** Types that can be sent, where the sender's list is closed; null where any type may come. */
  readonly topics: readonly string[] | null;
  /**
   * The body as its mapping sees it: of an event of a batch its item, of one that was enriched the record that was
   * fetched. Pure, so that the kept body of an event gives the same payload years later.
   */
  parsePayload(request: Pick<ReceivedRequest, 'headers' | 'body'>): Result<JsonValue, ParseProblem>;
  /** Asynchronous because an id may be a digest, and WebCrypto's are. Never rejects. */
  identify(request: VerifiedRequest): Promise<Result<EventIdentity, ParseProblem>>;
  /**
   * Where one request may hold several events: all of them, each with its own payload. The kept body of such an event is
   * the JSON of its payload, so `parsePayload` and `identify` read a single item.
   */
  identifyMany?(request: VerifiedRequest): Promise<Result<BatchItems, ParseProblem>>;
  /** Answers a handshake, or null where the request is none. Runs before verification: it may do nothing else. */
  handshake?(
    request: ReceivedRequest,
    context: HandshakeContext,
  ): HandshakeAnswer | null | Promise<HandshakeAnswer | null>;
  /** The same for handshakes that are signed: it runs after verification. */
  acknowledge?(request: VerifiedRequest): Acknowledgement | null;
  readonly reply?: AcceptedReply;
  /** Whether a refused signature is answered without a body, as the sender demands. */
  readonly bareRefusal?: boolean;
  /** Whether the sender signs GETs too: they are verified before they are refused. */
  readonly signsGet?: boolean;
  /** Credentials of the sender's key API that a source must name. */
  readonly credentials?: readonly string[];
  /** Whether the body does not hold the entity: what an ERP needs must be fetched. */
  readonly thin?: boolean;
  /** Why this preset is not to be relied on yet: a source must allow it explicitly. */
  readonly experimental?: string;
  readonly delivery?: DeliveryHabits;
  /** Paths of personal data in its payloads beside what the names of fields say: `data.alias`, `items[].gift_text`. */
  readonly personalFields?: readonly string[];
  /** Phantom: carries the payload types. */
  readonly payloads?: Topics;
};

/** What a source's own `entity` function reads. Only what cannot change for one event id. */
export type IdentifiedEvent<Payload = JsonValue> = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** What the preset found. */
  readonly entity: Entity | null;
  readonly headers: HeaderMap;
  readonly payload: Payload;
};

/**
 * A rule that said which entity an event is about before the present one did, kept so that what was accepted under it is
 * known. `untilGeneration`: the last GENERATION it was used in. Where it was the preset's own: `({ entity }) => entity`.
 */
export type EarlierEntityRule = {
  readonly untilGeneration: number;
  entity(event: IdentifiedEvent): Entity | null;
};

/** A source as the running relay knows it: its definition with its secrets. */
export type SourceRuntime = {
  readonly id: string;
  readonly preset: SourcePreset;
  readonly secrets: SourceSecrets;
  /** By name, as the preset asks for them. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** As the sender knows it. */
  readonly publicUrl?: string | null;
  /** Seconds in place of the scheme's tolerances. */
  readonly toleranceSeconds?: number | null;
  /** Takes the place of the preset's entity; null: the event belongs to none. Pure. */
  entity?(event: IdentifiedEvent): Entity | null;
  /** The rules before it, the first first. */
  readonly earlierEntities?: readonly EarlierEntityRule[];
  /** Fetches what the body does not hold. */
  readonly enrich?: EnrichStep;
};
