// Places in JSON, as a description of an ERP names them: `body.error.code`, `document.lines[0].sku`, and in quotes what holds a
// dot: `body["@odata.etag"]`. Pure. Reads own members only, so that `constructor` is nothing.

import type { JsonValue } from '../../core/json.ts';

export type Place = {
  /** As it was written. */
  readonly text: string;
  /** `input`, `document`, `body` … */
  readonly root: string;
  readonly segments: readonly (string | number)[];
};

const segmentPattern = /^(?:\.?([^.[\]{}|?"]+)|\[(\d{1,6})\]|\["([^"]+)"\])/;

/** Null: it is no place. */
export function parsePlace(text: string): Place | null {
  const segments: (string | number)[] = [];
  let rest = text;
  while (rest !== '') {
    const match = segmentPattern.exec(rest);
    if (match === null) return null;
    const [whole, name, index, quoted] = match;
    if (segments.length > 0 && name !== undefined && !whole.startsWith('.')) return null;
    segments.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
    rest = rest.slice(whole.length);
  }
  const [root, ...tail] = segments;
  return typeof root === 'string' && !text.startsWith('.') ? { text, root, segments: tail } : null;
}

export function readSegments(
  value: JsonValue | undefined,
  segments: readonly (string | number)[],
): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const segment of segments) {
    if (typeof found !== 'object' || found === null) return undefined;
    const isIndex = typeof segment === 'number';
    if (Array.isArray(found) !== isIndex || !Object.hasOwn(found, segment)) return undefined;
    found = (found as Readonly<Record<string | number, JsonValue | undefined>>)[segment];
  }
  return found;
}

/** What a template, a condition or a search may read, by root. */
export type Scope = Readonly<Record<string, JsonValue | undefined>>;

export function readPlace(place: Place, scope: Scope): JsonValue | undefined {
  const start = Object.hasOwn(scope, place.root) ? scope[place.root] : undefined;
  return readSegments(start, place.segments);
}

/** `$.error.code` of `body.error.code`: a path into the answer itself. */
export function toJsonPath(segments: readonly (string | number)[]): string {
  return `$${segments.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;
}
