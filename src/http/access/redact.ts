// What leaves of a delivery for a caller who may not see payloads, or who sees a part of the relay: fields it may not see are
// absent, personal data in the others is masked, and `redacted` names both. The one place that decides it.

import type { AccessView } from '../../core/identity/access-view.ts';
import { isWhole } from '../../core/identity/access-view.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { maskPersonal } from '../../core/identity/personal-data.ts';
import type { JsonValue } from '../../core/json.ts';

export type Viewer = Pick<Caller, 'scopes' | 'view'>;

export function seesPayloads({ scopes }: Viewer): boolean {
  return scopes.has('payloads:read');
}

/** Whether ids of other deliveries may be of sources the caller does not see. */
export function isNarrowed({ view }: { readonly view: AccessView }): boolean {
  return !isWhole(view);
}

/** The object without the fields, and their names where they held something. */
export function without<T extends object>(
  shown: T,
  names: readonly (keyof T & string)[],
): { readonly rest: Partial<T>; readonly redacted: readonly string[] } {
  const rest: Partial<T> = { ...shown };
  const redacted = names.filter((name) => rest[name] !== null && rest[name] !== undefined);
  for (const name of names) delete rest[name];
  return { rest, redacted };
}

/** JSON with its personal data masked; `redacted` as paths under `at`. Text that is no JSON may hold anything: it is left out. */
export function masked(
  value: unknown,
  at: string,
  declared: readonly string[] = [],
): { readonly value: unknown; readonly redacted: readonly string[] } {
  if (value === null || value === undefined) return { value, redacted: [] };
  if (typeof value === 'string') return { value: null, redacted: [at] };
  const found = maskPersonal(value as JsonValue, declared);
  const redacted = found.paths.map((path) => (path.startsWith('[') ? `${at}${path}` : `${at}.${path}`));
  return { value: found.value, redacted };
}

/** Each name once, in the order of the alphabet. */
export function named(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}
