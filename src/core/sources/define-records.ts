// Makes a ready enrich step out of how a sender's API is asked for the records its webhooks announce, with the payload type of
// each event type. What the steps share stands here: ids are checked before they enter a path, and an answer must hold the
// record that was asked for. Pure; I/O is the given API's.

import type { EnrichOptions } from '../define-thin-source.ts';
import type { EnrichFailure, EnrichStep, SenderApi } from '../enrich.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { err, ok, type Result } from '../result.ts';
import type { SenderApiOptions } from '../sender-api-options.ts';
import type { IdentifiedEvent, SourcePreset } from '../source.ts';

/** Where the sender's API is: names of a Worker variable and a Worker secret, as `defineThinSource` takes them. */
export type RecordsApi = {
  readonly baseUrl: string;
  readonly token: string;
} & Pick<SenderApiOptions, 'network' | 'timeoutMs'>;

/**
 * What `defineThinSource({ id, secret, ...records })` takes. `Topics` are the payloads after the fetch: a mapping sees the
 * record of its event type, not any record of the sender's. Hence the step's own types are `never`: it replaces none.
 */
export type SenderRecords<Topics extends object> = {
  readonly preset: SourcePreset<Topics>;
  readonly enrich: EnrichOptions<Topics, never, never>;
};

export type Fetched = Result<JsonValue, EnrichFailure>;

export type RecordsDescription<Topics extends object> = {
  readonly preset: SourcePreset;
  readonly api: SenderApiOptions;
  /** The event types whose record is fetched. The others come with the body they were sent with. */
  readonly types: readonly (keyof Topics & string)[];
  readonly record?: NonNullable<EnrichStep['record']>;
  readonly identify?: NonNullable<EnrichStep['identify']>;
  fetch(event: IdentifiedEvent, api: SenderApi): Promise<Fetched>;
};

export function defineRecords<Topics extends object>(
  description: RecordsDescription<Topics>,
): SenderRecords<Topics> {
  const { preset, api, types, record, identify, fetch } = description;
  const step = {
    api,
    types,
    enrich: fetch,
    ...(record === undefined ? {} : { record }),
    ...(identify === undefined ? {} : { identify }),
  };
  // What the API gives is whatever it is: its type is the sender's documentation's word, as with the bodies of webhooks.
  return { preset, enrich: step } as unknown as SenderRecords<Topics>;
}

/** For an announcement that names nothing this API could have. Tells no value: it may be anything. */
export function notEnrichable(message: string): Result<never, EnrichFailure> {
  return err({ reason: 'not_enrichable', message });
}

/** A text or number that has exactly the sender's form of an id; null otherwise. Only such a one may enter a path. */
export function checkedId(value: JsonValue | undefined, form: RegExp): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && form.test(text) ? text : null;
}

/** The record itself, if it is an object that bears the id that was asked for. */
export function bearing(value: JsonValue | undefined, idField: string, id: string): Fetched {
  const found = isJsonObject(value) ? value[idField] : undefined;
  if (isJsonObject(value) && String(found).toLowerCase() === id.toLowerCase()) return ok(value);
  return err({
    reason: 'enrich_failed',
    message: `the answer holds no record with the ${idField} asked for`,
  });
}

/** What stands under `name` in an answer; of a list its first item; an empty list means that there is none. */
export function unwrap(fetched: Fetched, name: string): Result<JsonValue | undefined, EnrichFailure> {
  if (!fetched.ok) return fetched;
  const value = isJsonObject(fetched.value) ? fetched.value[name] : undefined;
  if (!Array.isArray(value)) return ok(value);
  return value.length === 0
    ? err({ reason: 'not_found', message: `the answer's ${name} is an empty list` })
    : ok(value[0]);
}
