// The Retry-After header (RFC 9110, 10.2.3): seconds or a date → ms to wait. Pure; the instant is passed in.

/** Longest wait that is believed, ms: an hour. A longer one is more often a mistake than a wish, and asking then is cheap. */
const maxRetryAfterMs = 3_600_000;

/** Null where there is none, or nothing that can be read. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), maxRetryAfterMs) : null;
}
