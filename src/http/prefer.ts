// The Prefer header (RFC 7240) of requests that may take long: how long the caller waits before its job is answered as it stands.

import { limits } from '../core/limits.ts';

export type Preference = {
  readonly isAsync: boolean;
  readonly waitMs: number;
  /** The header that says what was kept to. */
  readonly applied: Readonly<Record<string, string>>;
};

/** `defaultMs`: how long, where it says nothing. Never longer than `maxOperationWaitMs`. */
export function readPrefer(
  header: string | undefined,
  { defaultMs }: { readonly defaultMs: number },
): Preference {
  const preferences = (header ?? '')
    .toLowerCase()
    .split(/[,;]/)
    .map((part) => part.trim());
  if (preferences.includes('respond-async'))
    return { isAsync: true, waitMs: 0, applied: { 'preference-applied': 'respond-async' } };
  const wait = preferences.map((part) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(part)?.[1]).find(Boolean);
  if (wait === undefined) return { isAsync: false, waitMs: defaultMs, applied: {} };
  const waitMs = Math.min(Number(wait) * 1_000, limits.maxOperationWaitMs);
  return { isAsync: false, waitMs, applied: { 'preference-applied': `wait=${waitMs / 1_000}` } };
}
