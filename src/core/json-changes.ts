// What differs between two JSON values, as places (RFC 6901) with what stood there and what stands there now. Pure and bounded: it is
// kept with a delivery and in the audit.

import { maskPersonal } from './identity/personal-data.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import { limits } from './limits.ts';

/** `before` absent: nothing stood there; `after` absent: nothing stands there now. */
export type JsonChange = { readonly path: string; readonly before?: JsonValue; readonly after?: JsonValue };

/** `otherCount`: changes beyond what is kept of one edit. */
export type JsonChanges = { readonly changes: readonly JsonChange[]; readonly otherCount: number };

export function changesBetween(before: JsonValue, after: JsonValue): JsonChanges {
  const kept: JsonChange[] = [];
  let otherCount = 0;
  let charactersLeft: number = limits.maxKeptChangeChars;
  for (const change of walk('', before, after)) {
    const characters = JSON.stringify(change).length;
    if (kept.length < limits.maxKeptChanges && characters <= charactersLeft) {
      kept.push(change);
      charactersLeft -= characters;
    } else otherCount += 1;
  }
  return { changes: kept, otherCount };
}

function* walk(
  path: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): Generator<JsonChange> {
  if (before === undefined && after === undefined) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1)
      yield* walk(`${path}/${index}`, before[index], after[index]);
    return;
  }
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* walk(`${path}/${toToken(name)}`, memberOf(before, name), memberOf(after, name));
    return;
  }
  if (before === after) return;
  yield {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** A member of its own, so that an input with a member `constructor` is compared with none. */
function memberOf(object: { readonly [name: string]: JsonValue | undefined }, name: string) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function toToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Values that are personal, by the names on their path and inside of them, masked. */
export function maskChanges(changes: readonly JsonChange[]): readonly JsonChange[] {
  return changes.map(({ path, before, after }) => ({
    path,
    ...(before === undefined ? {} : { before: maskAt(path, before) }),
    ...(after === undefined ? {} : { after: maskAt(path, after) }),
  }));
}

/** The value is masked where it stands: its names above it decide, too. */
function maskAt(path: string, value: JsonValue): JsonValue {
  const names = path.split('/').slice(1).map(fromToken);
  const wrapped = names.reduceRight<JsonValue>((inner, name) => wrap(name, inner), value);
  return names.reduce<JsonValue>((outer, name) => unwrap(outer, name), maskPersonal(wrapped).value);
}

function fromToken(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A number is a place in a list; a member of such a name is masked all the same. */
function wrap(name: string, inner: JsonValue): JsonValue {
  return /^\d+$/.test(name) ? [inner] : Object.fromEntries([[name, inner]]);
}

function unwrap(outer: JsonValue, name: string): JsonValue {
  if (Array.isArray(outer)) return outer[0] ?? null;
  return isJsonObject(outer) ? (memberOf(outer, name) ?? null) : null;
}
