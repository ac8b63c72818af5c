// What a notice is, and where it may go: to the origins that are configured, and nowhere else. Pure.

import type { RoutePolicy } from './route.ts';

/** Not an ERP: no integration may have a target of the name. */
export const noticeTarget = 'callbacks';

export const noticeOperation = 'job.notify';

/** Twelve attempts from 5 s to 1 h with full jitter: some four hours on average, a receiver's night shift to mend. */
export const noticePolicy: RoutePolicy = {
  after: [],
  waitMs: 0,
  onStale: 'run',
  onDeadLetter: 'continue',
  retry: { attempts: 12, baseMs: 5_000, capMs: 3_600_000 },
};

/** Origins as configured: `https://hooks.example.com, http://127.0.0.1:9000`. Null: one of them is none. */
export function parseOrigins(text: string): readonly string[] | null {
  const parts = text.split(',').map((part) => part.trim());
  const origins = parts.filter((part) => part !== '').map((part) => URL.parse(part));
  const isOrigin = (url: URL | null): url is URL =>
    url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return origins.every(isOrigin) ? origins.map(({ origin }) => origin) : null;
}

/** Exactly a configured origin, without a user name or password. An address or plain http only where that is listed. */
export function isAllowedCallback(url: string, origins: readonly string[]): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false;
  return origins.includes(parsed.origin);
}
