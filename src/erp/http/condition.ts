// Conditions on an answer or a document: parsed once at start, then asked. Pure.

import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { Condition } from './description.ts';
import { type Place, parsePlace, readPlace, type Scope } from './place.ts';

export type ParsedCondition = {
  readonly place: Place;
  readonly equals: readonly JsonValue[] | null;
  readonly equalsPlace: Place | null;
  readonly matches: RegExp | null;
  readonly exists: boolean | null;
};

/** A text: the rule it breaks. */
export function parseCondition(source: Condition): ParsedCondition | string {
  const place = parsePlace(source.place);
  if (place === null) return `${source.place} names no place`;
  const matches = source.matches === undefined ? null : parsePattern(source.matches);
  if (matches === undefined) return `${source.matches} is no regular expression`;
  const { equals, exists = null } = source;
  const other = source.equalsPlace === undefined ? null : parsePlace(source.equalsPlace);
  if (source.equalsPlace !== undefined && other === null) return `${source.equalsPlace} names no place`;
  if (equals === undefined && matches === null && exists === null && other === null) {
    return 'must say equals, equalsPlace, matches or exists';
  }
  const values = equals === undefined ? null : Array.isArray(equals) ? equals : [equals as JsonValue];
  return { place, equals: values, equalsPlace: other, matches, exists };
}

/** Undefined: it is none. */
export function parsePattern(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

export function allHold(conditions: readonly ParsedCondition[], scope: Scope): boolean {
  return conditions.every((condition) => holds(condition, scope));
}

function holds(condition: ParsedCondition, scope: Scope): boolean {
  const { place, equals, equalsPlace, matches, exists } = condition;
  const value = readPlace(place, scope);
  if (exists !== null && (value !== undefined && value !== null) !== exists) return false;
  if (equals !== null && !equals.includes(value ?? null)) return false;
  if (equalsPlace !== null && value !== readPlace(equalsPlace, scope)) return false;
  if (matches === null) return true;
  return matches.test(typeof value === 'string' ? value : textOf(value));
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined || value === null || isJsonObject(value) ? '' : JSON.stringify(value);
}
