// A source: one sender, how its requests are proven genuine and how an event's identity is read from them.
// Pure data and functions; the schemes are in core/signature, the presets in core/sources.

import type { JsonValue } from './json.ts';
import type { Result } from './result.ts';
import type { SignatureScheme } from './signature/scheme.ts';

/** Names in lower case, as received, at most one value a name: a doubled signature header is refused before. */
export type HeaderMap = Readonly<Record<string, string>>;

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
};

/** A sender's secrets. `previous` is good until the end of a rotation's overlap; null: none. */
export type SourceSecrets = { readonly current: string; readonly previous: string | null };

/** Stage 2's result. The brand keeps an unverified request from being claimed. */
export type VerifiedRequest = ReceivedRequest & { readonly verifiedWith: 'current' | 'previous' };

export type Entity = {
  /** `order`, `product`, `customer`, `receipt` … : the first part of the ordering key. */
  readonly kind: string;
  readonly id: string;
};

/** What a preset reads from a verified request. It may read only fields that cannot change for one event id. */
export type EventIdentity = {
  /** Unique within the source. */
  readonly eventId: string;
  readonly type: string;
  readonly entity: Entity | null;
  /** The sender's order among the events of one entity: a counter, or an instant in epoch ms. Null where it has none. */
  readonly sequence: number | null;
  /** When it happened at the sender, epoch ms. */
  readonly occurredAt: number | null;
  readonly payload: JsonValue;
};

export type ParseProblem = {
  readonly reason:
    | 'not_utf8'
    | 'not_json'
    | 'too_deep'
    | 'missing_field'
    | 'invalid_field'
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

/**
 * Everything Holdfast knows about a kind of sender. `Topics` maps the event types it knows to their payloads,
 * so that a mapping autocompletes and a misspelt field does not compile.
 */
export type SourcePreset<Topics extends object = object> = {
  readonly name: string;
  readonly scheme: SignatureScheme;
  /** Types that can be sent, where the sender's list is closed; null where any type may come. */
  readonly topics: readonly string[] | null;
  /** The body as its mapping sees it. Pure, so that the kept body of an event gives the same payload years later. */
  parsePayload(request: Pick<ReceivedRequest, 'headers' | 'body'>): Result<JsonValue, ParseProblem>;
  /** Asynchronous because an id may be a digest, and WebCrypto's are. Never rejects. */
  identify(request: VerifiedRequest): Promise<Result<EventIdentity, ParseProblem>>;
  /** Answers a handshake, or null where the request is none. Runs before verification: it may do nothing else. */
  handshake?(request: ReceivedRequest): HandshakeAnswer | null;
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

/** A source as the running relay knows it: its definition with its secrets. */
export type SourceRuntime = {
  readonly id: string;
  readonly preset: SourcePreset;
  readonly secrets: SourceSecrets;
  /** Takes the place of the preset's entity; null: the event belongs to none. Pure. */
  entity?(event: IdentifiedEvent): Entity | null;
};
