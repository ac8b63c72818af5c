// Reads the fields of an identity out of a payload and its headers, and says precisely which one is missing or wrong.
// Pure. A path never reaches what an object inherits.

import { isJsonObject, type JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { parseInstant } from '../parse-instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { HeaderMap, ParseProblem } from '../source.ts';

/** `['data', 'lines', 0, 'sku']`: keys of objects and indexes of arrays. */
export type JsonPath = readonly (string | number)[];

const segment = /^([^.[\]]+)((?:\[\d{1,6}\])*)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what an id may not contain
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** `data.lines[0].sku`, optionally after `$.`; null where it is no path. */
export function parsePath(text: string): JsonPath | null {
  const path: (string | number)[] = [];
  for (const piece of text.replace(/^\$\.?/, '').split('.')) {
    const match = segment.exec(piece);
    if (match === null) return null;
    path.push(match[1] ?? '');
    for (const index of (match[2] ?? '').matchAll(/\d+/g)) path.push(Number(index[0]));
  }
  return path;
}

export function pathText(path: JsonPath): string {
  return path.reduce<string>(
    (text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`),
    'body $',
  );
}

/** Undefined where there is nothing at the path; null stays null. */
export function readPath(value: JsonValue, path: JsonPath): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const key of path) {
    if (typeof key === 'number' && Array.isArray(found)) found = found[key] as JsonValue | undefined;
    else if (isJsonObject(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

export function missing(field: string, rule = 'must be present'): Result<never, ParseProblem> {
  return err({ reason: 'missing_field', field, rule });
}

export function invalid(field: string, rule: string): Result<never, ParseProblem> {
  return err({ reason: 'invalid_field', field, rule });
}

/** An id as text: a non-empty bounded string without control characters, or an integer. */
export function readId(value: JsonValue | undefined, field: string): Result<string, ParseProblem> {
  if (value === undefined || value === null || value === '') return missing(field);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return ok(String(value));
  if (typeof value !== 'string') return invalid(field, 'must be a string or an integer');
  if (value.length > limits.maxIdCharacters)
    return invalid(field, `must have at most ${limits.maxIdCharacters} characters`);
  // Half a surrogate pair would be stored as U+FFFD, so that two ids became one.
  if (!value.isWellFormed()) return invalid(field, 'must be well-formed Unicode');
  return controlCharacter.test(value) ? invalid(field, 'must not contain control characters') : ok(value);
}

export function readIdAt(payload: JsonValue, path: JsonPath): Result<string, ParseProblem> {
  return readId(readPath(payload, path), pathText(path));
}

export function readIdHeader(headers: HeaderMap, name: string): Result<string, ParseProblem> {
  return readId(headers[name], `header ${name}`);
}

/** Epoch ms of the first of `values` that is an ISO 8601 instant with a zone; null where none is. */
export function firstInstant(...values: readonly (JsonValue | undefined)[]): number | null {
  for (const value of values) {
    const instant = typeof value === 'string' ? parseInstant(value) : null;
    if (instant !== null) return instant;
  }
  return null;
}

/** The payload's keys, or a problem where it is no JSON object. */
export function readObject(
  payload: JsonValue,
): Result<Readonly<Record<string, JsonValue | undefined>>, ParseProblem> {
  return isJsonObject(payload) ? ok(payload) : invalid('body $', 'must be a JSON object');
}
