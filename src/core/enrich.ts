// Enriching: fetching the full record of an event whose body does not hold it, from the sender's own API. A step of a
// source definition, run by a consumer after the sender was answered. Pure types; the connection it gets does the I/O.

import type { JsonValue } from './json.ts';
import type { Result } from './result.ts';
import type { EventIdentity, IdentifiedEvent } from './source.ts';

/** Why there is no record. Every one is tried again with back-off: senders' replicas lag, keys are renewed. */
export type EnrichFailure = {
  readonly reason:
    | 'not_found'
    | 'unauthorized'
    | 'rate_limited'
    | 'refused'
    | 'unavailable'
    | 'timeout'
    | 'not_json'
    | 'too_large'
    | 'egress_refused'
    | 'enrich_failed'
    | 'not_enrichable';
  /** For people; never a secret. */
  readonly message: string;
  /** What the sender asked for; only ever makes the wait longer. */
  readonly retryAfterMs?: number;
};

/** Reads the sender's API: token, time-out, size cap and egress rule are its business. */
export interface SenderApi {
  /** `path` is appended to the configured base URL and begins with `/`. A 2xx JSON body, or why there is none. */
  get<Payload = JsonValue>(
    path: string,
    query?: Readonly<Record<string, string>>,
  ): Promise<Result<Payload, EnrichFailure>>;
}

/** Where a sender's API is. */
export type SenderApiDefinition = {
  /** Name of the Worker variable that holds the base URL. */
  readonly baseUrlVariable: string;
  /** Name of the Worker secret that holds the token; null: the API takes none. */
  readonly tokenVariable: string | null;
  /** `private`: the API may be at a private address. */
  readonly network: 'public' | 'private';
  /** Longest time one call may take, ms. */
  readonly timeoutMs: number;
  /** Header(s) that carry the token. */
  authorize(token: string): Readonly<Record<string, string>>;
};

/** What a fetched record may say better than the body that announced it. */
export type IdentityChanges = Partial<Omit<EventIdentity, 'payload'>>;

/** The same id and version is the same record: it is fetched once in a minute. */
export type RecordState = { readonly id: string; readonly version: string };

export type EnrichStep = {
  readonly api: SenderApiDefinition;
  /** Event types that need it; null: all of the source. */
  readonly types: readonly string[] | null;
  /** Which state of which record the event announces. Null or absent: unknown, so every event fetches. Pure. */
  record?(event: IdentifiedEvent): RecordState | null;
  /** Fetches the record: it takes the place of the body. */
  enrich(event: IdentifiedEvent, api: SenderApi): Promise<Result<JsonValue, EnrichFailure>>;
  /** For a sender whose body holds no event id, type or order of its own: read from the record. Pure. */
  identify?(event: IdentifiedEvent, payload: JsonValue): IdentityChanges;
};
