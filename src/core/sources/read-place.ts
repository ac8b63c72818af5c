// Where a preset finds a field: a header, a path into the payload, a fixed text, or a small function where data cannot
// say it. Pure; a place is checked when the preset is defined and reading never throws.

import { canonicalJson } from '../input-hash.ts';
import type { JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { ok, type Result } from '../result.ts';
import type { HeaderMap, ParseProblem } from '../source.ts';
import { firstInstant, invalid, parsePath, pathText, readId, readPath } from './read-field.ts';

/** What may be read: all of it is the same whenever the sender sends the same event again, but `requestId`. */
export type Read = {
  readonly headers: HeaderMap;
  /** Of a batch: the one item. */
  readonly payload: JsonValue;
  /** Of this arrival. Only for senders that give no way to tell two events apart. */
  readonly requestId: string;
};

export type ReadFunction = (from: Read) => JsonValue | undefined;
export type Place =
  | { readonly header: string }
  | { readonly path: string }
  | { readonly fixed: string }
  | ReadFunction;

/** One place, or several whose texts are joined. */
export type Places = Place | readonly Place[];

export type Reader = { readonly field: string; readonly read: ReadFunction };

export function toReader(place: Place): Reader {
  if (typeof place === 'function') return { field: 'body $', read: place };
  if ('fixed' in place) return { field: 'fixed', read: () => place.fixed };
  if ('header' in place) {
    const name = place.header.toLowerCase();
    return { field: `header ${name}`, read: ({ headers }) => headers[name] };
  }
  const path = parsePath(place.path);
  if (path === null) throw new Error(`"${place.path}" must be a path like data.order.id`);
  return { field: pathText(path), read: ({ payload }) => readPath(payload, path) };
}

export function toReaders(places: Places): readonly Reader[] {
  return (isList(places) ? places : [places]).map(toReader);
}

function isList(places: Places): places is readonly Place[] {
  return Array.isArray(places);
}

/** The first place that holds something: a sender writes one thing here or there. */
export function firstOf(...places: readonly Place[]): ReadFunction {
  const readers = places.map(toReader);
  return (from) => {
    for (const { read } of readers) {
      const value = read(from);
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  };
}

/** A text or number as text; null where there is none or it is neither. */
export function textAt(from: Read, path: string): string | null {
  const value = toReader({ path }).read(from);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** All texts, joined by `separator`; a problem names the first place that holds none. */
export function readJoined(
  readers: readonly Reader[],
  from: Read,
  separator: string,
): Result<string, ParseProblem> {
  const texts: string[] = [];
  for (const { field, read } of readers) {
    const value = read(from);
    const text = readId(typeof value === 'boolean' ? String(value) : value, field);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  const joined = texts.join(separator);
  return joined.length > limits.maxIdCharacters
    ? invalid(readers[0]?.field ?? 'body $', `must have at most ${limits.maxIdCharacters} characters`)
    : ok(joined);
}

const encoder = new TextEncoder();

/** SHA-256 over values, whatever the order of their keys: the same content has the same id. */
export async function digestOf(values: readonly (JsonValue | undefined)[]): Promise<string> {
  const bytes = encoder.encode(canonicalJson(values.map((value) => value ?? null)));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `s` and `ms`: what a number, or a text of digits, counts. A text with a date is read as ISO 8601. */
export type TimePlace = Place | { readonly at: Place; readonly unit: 's' | 'ms' };

/** Beyond the year 9999 nothing is an instant. */
const maxInstant = 253_402_300_800_000;
const decimal = /^\d{1,13}(?:\.\d{1,9})?$/;

/** Epoch ms; null where there is no time, or none that can be read: then order of arrival counts. */
export function readTime(value: JsonValue | undefined, unit: 's' | 'ms'): number | null {
  const number = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return firstInstant(value);
  const epochMs = Math.round(unit === 's' ? number * 1000 : number);
  return epochMs >= 0 && epochMs < maxInstant ? epochMs : null;
}

export function toTimeReader(place: TimePlace | undefined): (from: Read) => number | null {
  if (place === undefined) return () => null;
  const timed = typeof place === 'object' && 'at' in place;
  const { read } = toReader(timed ? place.at : place);
  return (from) => readTime(read(from), timed ? place.unit : 'ms');
}
