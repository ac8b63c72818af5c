// The book of alerts: what reports make of it. Same rule and cause is one alert, however many reporters see it and however
// often; it is over when its rule says so. Telling people is decide-notices.ts.
// Pure: the clock is passed in; the book is memory over rows that its owner keeps.

import {
  type Acknowledgement,
  type Alert,
  type AlertReport,
  alertKey,
  type Condition,
  ruleOf,
} from './alert.ts';

export type AlertBook = {
  /** Open alerts by rule and cause. */
  readonly open: Map<string, Alert>;
  /** What each reporter said last. */
  readonly reports: Map<string, readonly Condition[]>;
  /** When the opening of an alert of that rule and cause was told last, epoch ms. */
  readonly toldOpeningAt: Map<string, number>;
  /** When notices were sent, epoch ms, oldest first: the budget of an hour. */
  sentAt: number[];
  nextNumber: number;
  /** Rules and causes nobody is told of: their issue is ignored. */
  readonly muted: Set<string>;
};

export function createAlertBook(kept: {
  readonly open: readonly Alert[];
  /** The newest resolved ones: what comes and goes is told once in a while, also over a restart. */
  readonly recent: readonly Alert[];
  /** When notices were sent, epoch ms. */
  readonly sentAt: readonly number[];
  readonly reports: readonly AlertReport[];
  readonly nextNumber: number;
  readonly muted?: readonly string[];
}): AlertBook {
  return {
    open: new Map(kept.open.map((alert) => [alertKey(alert), alert])),
    reports: new Map(kept.reports.map(({ reporter, conditions }) => [reporter, conditions])),
    toldOpeningAt: new Map(
      [...kept.recent, ...kept.open].flatMap((alert) =>
        alert.told.openedAt === null ? [] : [[alertKey(alert), alert.told.openedAt] as const],
      ),
    ),
    sentAt: [...kept.sentAt],
    nextNumber: kept.nextNumber,
    muted: new Set(kept.muted ?? []),
  };
}

/** Takes a report in; the alerts that changed, for the rows. */
export function takeReport(book: AlertBook, report: AlertReport, now: number): readonly Alert[] {
  const before = book.reports.get(report.reporter) ?? [];
  if (report.conditions.length === 0) book.reports.delete(report.reporter);
  else book.reports.set(report.reporter, report.conditions);
  const changed = new Map<string, Alert>();
  for (const condition of report.conditions) {
    const seen = see(book, condition, now);
    changed.set(seen.id, seen);
  }
  const named = new Set(report.conditions.map(alertKey));
  for (const gone of before) {
    if (named.has(alertKey(gone))) continue;
    const alert = book.open.get(alertKey(gone));
    if (alert === undefined) continue;
    const others = countOf(book, alertKey(gone));
    const ends = others === 0 && ruleOf(gone.rule).ends === 'when_gone';
    const after = ends ? close(book, alert, now) : keep(book, { ...alert, count: Math.max(others, 1) });
    changed.set(after.id, after);
  }
  return [...changed.values()];
}

function see(book: AlertBook, condition: Condition, now: number): Alert {
  const { rule, cause, since, summary, details } = condition;
  const known = book.open.get(alertKey(condition));
  const count = countOf(book, alertKey(condition));
  if (known !== undefined) {
    return keep(book, { ...known, count, since: Math.min(known.since, since), lastSeenAt: now });
  }
  const id = `alr_${(book.nextNumber++).toString(36)}`;
  return keep(book, {
    id,
    rule,
    cause,
    severity: ruleOf(rule).severity,
    summary,
    details,
    status: 'open',
    since,
    openedAt: now,
    lastSeenAt: now,
    resolvedAt: null,
    count,
    acknowledged: null,
    told: { openedAt: null, lastAt: null, end: false },
  });
}

function keep(book: AlertBook, alert: Alert): Alert {
  book.open.set(alertKey(alert), alert);
  return alert;
}

function close(book: AlertBook, alert: Alert, now: number): Alert {
  book.open.delete(alertKey(alert));
  return { ...alert, status: 'resolved', resolvedAt: now };
}

function countOf(book: AlertBook, key: string): number {
  let count = 0;
  for (const conditions of book.reports.values()) {
    for (const condition of conditions) if (alertKey(condition) === key) count += condition.count;
  }
  return count;
}

/** What nobody saw for as long as its rule says is over. */
export function endUnseen(book: AlertBook, now: number): readonly Alert[] {
  const ended: Alert[] = [];
  for (const alert of [...book.open.values()]) {
    const { ends } = ruleOf(alert.rule);
    if (typeof ends === 'number' && alert.lastSeenAt + ends <= now) ended.push(close(book, alert, now));
  }
  return ended;
}

/** When endUnseen() has something to do next, epoch ms. */
export function nextEndAt(book: AlertBook): number | null {
  let next: number | null = null;
  for (const alert of book.open.values()) {
    const { ends } = ruleOf(alert.rule);
    if (typeof ends === 'number') next = Math.min(next ?? Number.POSITIVE_INFINITY, alert.lastSeenAt + ends);
  }
  return next;
}

/** Null: no such alert is open. Where only a person can say that it is over, this says so. */
export function acknowledge(book: AlertBook, id: string, act: Acknowledgement): Alert | null {
  const alert = [...book.open.values()].find((open) => open.id === id);
  if (alert === undefined) return null;
  const acknowledged: Alert = { ...alert, acknowledged: act };
  return ruleOf(alert.rule).ends === 'by_person'
    ? close(book, acknowledged, act.at)
    : keep(book, acknowledged);
}
