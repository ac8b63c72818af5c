// What people are told, and when: an opening once, its end once, a reminder of what nobody took up, and one digest instead
// of a flood. Decides only; sending and its retries are the platform's. Pure: the clock is passed in.

import { limits } from '../limits.ts';
import { type Alert, alertKey, type Notice } from './alert.ts';
import type { AlertBook } from './alert-book.ts';

export type Decided = {
  readonly notices: readonly Notice[];
  /** Alerts whose `told` changed, for the rows. */
  readonly changed: readonly Alert[];
  /** When there may be something to tell next, epoch ms; null: only when something happens. */
  readonly nextAt: number | null;
};

/** @param ended resolved alerts whose end may have to be told */
export function decideNotices(book: AlertBook, ended: readonly Alert[], now: number): Decided {
  book.sentAt = book.sentAt.filter((at) => at > now - hourMs);
  const due = [...ended.flatMap((alert) => endOf(alert)), ...openDue(book, now)];
  const left = limits.maxAlertNoticesPerHour - book.sentAt.length;
  const told = due.length <= left ? due : due.slice(0, Math.max(0, left - 1));
  const rest = due.slice(told.length);
  const notices: Notice[] = [...told];
  if (rest.length > 0 && left > 0) {
    notices.push({ kind: 'digest', alerts: rest.map(({ alert }) => alert), at: now });
  }
  const marked = left > 0 ? due : told;
  const changed = marked.map((notice) => markTold(book, notice, now));
  for (const _ of notices) book.sentAt.push(now);
  return { notices, changed, nextAt: nextNoticeAt(book, now, due.length > marked.length) };
}

const hourMs = 3_600_000;

type Single = Extract<Notice, { readonly alert: Alert }>;

/** An end is told where its opening was. */
function endOf(alert: Alert): Single[] {
  return alert.told.openedAt !== null && !alert.told.end ? [{ kind: 'resolved', alert }] : [];
}

function openDue(book: AlertBook, now: number): Single[] {
  return [...book.open.values()].flatMap((alert): Single[] => {
    const at = tellAt(book, alert);
    if (at === null || at > now) return [];
    return [{ kind: alert.told.openedAt === null ? 'opened' : 'reminder', alert }];
  });
}

/** When to tell of an open alert next, epoch ms. One that comes and goes is told at most once in a while. */
function tellAt(book: AlertBook, alert: Alert): number | null {
  const { told } = alert;
  if (book.muted.has(alertKey(alert))) return null;
  if (told.openedAt === null) {
    const before = book.toldOpeningAt.get(alertKey(alert));
    return before === undefined ? alert.openedAt : Math.max(alert.openedAt, before + limits.alertRepeatMs);
  }
  if (alert.acknowledged !== null) return null;
  return (told.lastAt ?? told.openedAt) + limits.alertReminderMs;
}

function markTold(book: AlertBook, { kind, alert }: Single, now: number): Alert {
  const openedAt = alert.told.openedAt ?? now;
  const told: Alert = {
    ...alert,
    told: { openedAt, lastAt: now, end: alert.told.end || kind === 'resolved' },
  };
  if (kind === 'opened') book.toldOpeningAt.set(alertKey(alert), now);
  if (told.status === 'open') book.open.set(alertKey(alert), told);
  return told;
}

function nextNoticeAt(book: AlertBook, now: number, isWaiting: boolean): number | null {
  const times = [...book.open.values()].flatMap((alert) => tellAt(book, alert) ?? []);
  const oldest = book.sentAt[0];
  if (isWaiting && oldest !== undefined) times.push(oldest + hourMs);
  if (times.length === 0) return null;
  const next = Math.min(...times);
  // Beyond the budget of this hour: not before it is there again.
  return isWaiting && oldest !== undefined ? Math.max(next, oldest + hourMs) : Math.max(next, now);
}
