// When a token is renewed, when a login may be tried again after a refusal, and when an end that is known in advance is
// warned of. Pure; instants are epoch ms.

import { limits } from './limits.ts';

/** For a token or key without an end: the latest instant a date can hold. */
export const neverExpiresAt = 8_640_000_000_000_000;

const dayMs = 24 * 3_600_000;

/** Days before the end at which somebody is told: two weeks to plan, one day to act. */
const warningDays = [14, 7, 3, 1] as const;

/** How long before its end a token is no longer handed out: longer than a call, but not the whole of a short life. */
export function tokenMarginMs(lifeMs: number): number {
  return Math.min(limits.tokenMarginMs, Math.floor(lifeMs / 5));
}

/** Ahead of its end, and before `tokenMarginMs` makes a delivery wait for it. Null: it does not end. */
export function renewAt(token: { readonly obtainedAt: number; readonly expiresAt: number }): number | null {
  if (token.expiresAt >= neverExpiresAt) return null;
  const lifeMs = Math.max(0, token.expiresAt - token.obtainedAt);
  return token.expiresAt - Math.max(Math.min(2 * limits.tokenMarginMs, Math.floor(lifeMs / 2)), 1);
}

/** A refresh token that nobody uses ends; half its life is early enough to miss one try or two. */
export function renewIdleAt(token: {
  readonly obtainedAt: number;
  readonly refreshExpiresAt: number | null;
}): number | null {
  if (token.refreshExpiresAt === null || token.refreshExpiresAt >= neverExpiresAt) return null;
  return token.obtainedAt + Math.floor((token.refreshExpiresAt - token.obtainedAt) / 2);
}

/** The warning that is due (in days) and when the next one is; `warnedDays`: the last one given. */
export function dueWarning(
  expiresAt: number | null,
  warnedDays: number | null,
  now: number,
): { readonly dueDays: number | null; readonly nextAt: number | null } {
  if (expiresAt === null || expiresAt >= neverExpiresAt) return { dueDays: null, nextAt: null };
  const reached = warningDays.filter((days) => expiresAt - days * dayMs <= now);
  const last = reached.at(-1) ?? null;
  const next = warningDays.find((days) => expiresAt - days * dayMs > now);
  return {
    dueDays: last !== null && (warnedDays === null || last < warnedDays) ? last : null,
    nextAt: next === undefined ? null : expiresAt - next * dayMs,
  };
}

/** Refusals of one credential. Another credential is a new start. */
export type Refusals = {
  /** `login`: the credential was refused; `token`: a token that the login had just given. */
  readonly of: 'login' | 'token';
  readonly count: number;
  readonly at: number;
  readonly message: string;
  /** Tells credentials apart without holding one. */
  readonly fingerprint: string;
};

/** When a login is tried again without a person; null: never. */
export function loginRetryAt({ count, at }: Pick<Refusals, 'count' | 'at'>): number | null {
  const waitMs = limits.loginRetryMs[count - 1];
  return waitMs === undefined ? null : at + waitMs;
}

export function mayLogIn(refusals: Refusals | null, fingerprint: string, now: number): boolean {
  if (refusals === null || refusals.fingerprint !== fingerprint) return true;
  const retryAt = loginRetryAt(refusals);
  return retryAt !== null && retryAt <= now;
}

/** When a key is replaced: after `everyMs`, or at half its life where that is sooner. */
export function rotateAt(
  key: { readonly obtainedAt: number; readonly expiresAt: number | null },
  everyMs: number,
): number {
  const { obtainedAt, expiresAt } = key;
  // One whose end nobody knows may end tomorrow.
  if (expiresAt === null) return obtainedAt;
  const halfMs = Math.max(0, Math.floor((expiresAt - obtainedAt) / 2));
  return obtainedAt + Math.min(everyMs, halfMs);
}

/** After a failed step of a rotation the next try, ms: doubled each time; a refusal is for a person and may wait a day. */
export function rotationRetryMs(failureCount: number, isRefused: boolean): number {
  if (isRefused) return dayMs;
  return Math.min(limits.rotationRetryCapMs, limits.rotationRetryMs * 2 ** Math.min(failureCount - 1, 20));
}

/** How long a replaced key stays good after the new one was taken, ms: longer than anybody keeps it. */
export function keySettleMs(everyMs: number): number {
  return Math.min(2 * limits.keyKeptMs, Math.floor(everyMs / 4));
}

/** How long a key that may be replaced is used without asking again, ms. */
export function keyKeptMs(everyMs: number): number {
  return Math.min(limits.keyKeptMs, Math.floor(everyMs / 8));
}
