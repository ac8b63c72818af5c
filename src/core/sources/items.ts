// How the events of one request are taken apart. Pure; null where the payload has not the form of one.

import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { SplitItems } from './define-preset.ts';

/** The body is a list of events. */
export const listItems: SplitItems = (payload) => (Array.isArray(payload) ? payload : null);

/** The body is a list of events, or one event. */
export const oneOrMany: SplitItems = (payload) => (Array.isArray(payload) ? payload : [payload]);

/** The events stand in a list under this name. */
export function itemsIn(name: string): SplitItems {
  return (payload) => listIn(payload, name);
}

export function listIn(value: JsonValue | undefined, name: string): readonly JsonValue[] | null {
  const list = isJsonObject(value) ? value[name] : null;
  return Array.isArray(list) ? list : null;
}

/** A JSON object, or one without members: where a sender leaves a part out. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
