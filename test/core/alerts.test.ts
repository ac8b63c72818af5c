// The book of alerts: one alert per cause, told once, over when nobody reports it, and no flood.
import { describe, expect, it } from 'vitest';
import { type Alert, type AlertReport, alertRules, type Condition } from '../../src/core/alerts/alert.ts';
import {
  type AlertBook,
  acknowledge,
  createAlertBook,
  endUnseen,
  nextEndAt,
  takeReport,
} from '../../src/core/alerts/alert-book.ts';
import { decideNotices } from '../../src/core/alerts/decide-notices.ts';
import { renderNotice } from '../../src/core/alerts/render-notice.ts';
import { limits } from '../../src/core/limits.ts';

const now = Date.UTC(2026, 2, 1, 12);

function emptyBook(): AlertBook {
  return createAlertBook({ open: [], recent: [], sentAt: [], reports: [], nextNumber: 1 });
}

function condition(changes: Partial<Condition> = {}): Condition {
  return {
    rule: 'drift',
    cause: 'erp/sale.confirm',
    count: 1,
    since: now - 5_000,
    summary: '$.orderId: expected string, got missing',
    details: { adapter: 'sandbox 1.0.0' },
    ...changes,
  };
}

/** Reports and tells; the kinds and ids of what people get. */
function report(book: AlertBook, said: AlertReport, at = now): string[] {
  const changed = takeReport(book, said, at);
  return tell(book, changed.filter(isResolved), at);
}

function tell(book: AlertBook, ended: readonly Alert[], at: number): string[] {
  const { notices } = decideNotices(book, ended, at);
  return notices.map((notice) =>
    notice.kind === 'digest' ? `digest ${notice.alerts.length}` : `${notice.kind} ${notice.alert.id}`,
  );
}

function isResolved(alert: Alert): boolean {
  return alert.status === 'resolved';
}

describe('a condition', () => {
  it('is one alert and one notice, however many partitions see it and however often', () => {
    const book = emptyBook();
    expect(report(book, { reporter: 'g1/p0', conditions: [condition()] })).toEqual(['opened alr_1']);
    expect(report(book, { reporter: 'g1/p1', conditions: [condition({ count: 3 })] })).toEqual([]);
    expect(report(book, { reporter: 'g1/p0', conditions: [condition({ count: 2 })] }, now + 1_000)).toEqual(
      [],
    );
    expect([...book.open.values()]).toMatchObject([{ id: 'alr_1', count: 5, lastSeenAt: now + 1_000 }]);
  });

  it('is over when the last of its reporters no longer names it, and its end is told once', () => {
    const book = emptyBook();
    report(book, { reporter: 'g1/p0', conditions: [condition()] });
    report(book, { reporter: 'g1/p1', conditions: [condition()] });
    expect(report(book, { reporter: 'g1/p0', conditions: [] })).toEqual([]);
    expect(report(book, { reporter: 'g1/p1', conditions: [] })).toEqual(['resolved alr_1']);
    expect(report(book, { reporter: 'g1/p1', conditions: [] })).toEqual([]);
    expect(book.open.size).toBe(0);
  });

  it('of another cause is another alert', () => {
    const book = emptyBook();
    const other = condition({ cause: 'erp/invoice.post' });
    expect(report(book, { reporter: 'g1/p0', conditions: [condition(), other] })).toEqual([
      'opened alr_1',
      'opened alr_2',
    ]);
    expect(report(book, { reporter: 'g1/p0', conditions: [other] })).toEqual(['resolved alr_1']);
  });

  it('that is muted is in the book and told to nobody, until it is muted no more', () => {
    const book = emptyBook();
    const key = 'drift\nerp/sale.confirm';
    book.muted.add(key);
    expect(report(book, { reporter: 'g1/p0', conditions: [condition()] })).toEqual([]);
    expect(tell(book, [], now + limits.alertReminderMs)).toEqual([]);
    expect(book.open.size).toBe(1);
    book.muted.delete(key);
    expect(tell(book, [], now + limits.alertReminderMs)).toEqual(['opened alr_1']);
  });

  it('that comes and goes is told once in five minutes, and an opening nobody heard of has no end', () => {
    const book = emptyBook();
    expect(report(book, { reporter: 'g1/p0', conditions: [condition()] })).toEqual(['opened alr_1']);
    expect(report(book, { reporter: 'g1/p0', conditions: [] }, now + 1_000)).toEqual(['resolved alr_1']);
    expect(report(book, { reporter: 'g1/p0', conditions: [condition()] }, now + 2_000)).toEqual([]);
    expect(report(book, { reporter: 'g1/p0', conditions: [] }, now + 3_000)).toEqual([]);
    expect(report(book, { reporter: 'g1/p0', conditions: [condition()] }, now + 4_000)).toEqual([]);
    expect(tell(book, [], now + limits.alertRepeatMs)).toEqual(['opened alr_3']);
  });

  it('is the same alert after a restart from its rows', () => {
    const book = emptyBook();
    report(book, { reporter: 'g1/p0', conditions: [condition()] });
    const again = createAlertBook({
      open: [...book.open.values()],
      recent: [],
      sentAt: book.sentAt,
      reports: [{ reporter: 'g1/p0', conditions: [condition()] }],
      nextNumber: book.nextNumber,
    });
    expect(report(again, { reporter: 'g1/p0', conditions: [condition()] }, now + 9_000)).toEqual([]);
    expect(report(again, { reporter: 'g1/p0', conditions: [] }, now + 10_000)).toEqual(['resolved alr_1']);
  });
});

describe('an alert nobody took up', () => {
  it('is told again after a day, and not once it is acknowledged', () => {
    const book = emptyBook();
    report(book, { reporter: 'g1/p0', conditions: [condition()] });
    const { nextAt } = decideNotices(book, [], now + 1);
    expect(nextAt).toBe(now + limits.alertReminderMs);
    expect(tell(book, [], nextAt ?? 0)).toEqual(['reminder alr_1']);
    acknowledge(book, 'alr_1', { by: 'olga', at: now, note: 'the supplier knows' });
    expect(tell(book, [], now + 9 * limits.alertReminderMs)).toEqual([]);
    expect([...book.open.values()][0]?.acknowledged?.by).toBe('olga');
  });
});

describe('an alert that only a person can end', () => {
  it('stays when its reporter has nothing more to say, and ends with the acknowledgement', () => {
    const book = emptyBook();
    const doubled = condition({ rule: 'effect_doubled', cause: 'order/1/erp/sale.confirm' });
    expect(report(book, { reporter: 'g1/p0', conditions: [doubled] })).toEqual(['opened alr_1']);
    expect(report(book, { reporter: 'g1/p0', conditions: [] })).toEqual([]);
    const ended = acknowledge(book, 'alr_1', { by: 'olga', at: now + 5, note: 'one was cancelled' });
    expect(ended).toMatchObject({ status: 'resolved', resolvedAt: now + 5 });
    expect(acknowledge(book, 'alr_1', { by: 'olga', at: now, note: 'again' })).toBeNull();
  });
});

describe('an alert over an event', () => {
  it('ends when it was not seen for as long as its rule says', () => {
    const book = emptyBook();
    report(book, {
      reporter: 'dead_doorbells',
      conditions: [condition({ rule: 'doorbell_dead', cause: 'queue' })],
    });
    const endsAt = now + alertRules.doorbell_dead.ends;
    expect(nextEndAt(book)).toBe(endsAt);
    expect(endUnseen(book, endsAt - 1)).toEqual([]);
    expect(endUnseen(book, endsAt)).toMatchObject([{ id: 'alr_1', status: 'resolved' }]);
  });
});

describe('a flood', () => {
  const many = Array.from({ length: limits.maxAlertNoticesPerHour + 20 }, (_, n) =>
    condition({ cause: `erp/${n}` }),
  );

  it('is told one by one up to the budget of an hour, and the rest as one digest', () => {
    const book = emptyBook();
    const told = report(book, { reporter: 'g1/p0', conditions: many });
    expect(told).toHaveLength(limits.maxAlertNoticesPerHour);
    expect(told.at(-1)).toBe('digest 21');
    expect([...book.open.values()].every(({ told: { openedAt } }) => openedAt === now)).toBe(true);
  });

  it('that goes on waits for the next hour, and nothing of it is forgotten', () => {
    const book = emptyBook();
    report(book, { reporter: 'g1/p0', conditions: many });
    const later = condition({ cause: 'erp/later' });
    expect(report(book, { reporter: 'g1/p0', conditions: [...many, later] }, now + 60_000)).toEqual([]);
    const { nextAt } = decideNotices(book, [], now + 60_001);
    expect(nextAt).toBe(now + 3_600_000);
    expect(tell(book, [], now + 3_600_001)).toHaveLength(1);
  });
});

describe('a notice', () => {
  it('names rule, cause, path and runbook in its text and in its payload', () => {
    const book = emptyBook();
    const [alert] = takeReport(book, { reporter: 'g1/p0', conditions: [condition()] }, now);
    if (alert === undefined) throw new Error('no alert was opened');
    const rendered = renderNotice({ kind: 'opened', alert }, now);
    expect(rendered.subject).toBe(
      '[Holdfast] OPEN (critical): The answers of a target changed their shape (erp/sale.confirm)',
    );
    expect(rendered.text).toContain('$.orderId: expected string, got missing');
    expect(rendered.text).toContain('adapter: sandbox 1.0.0');
    expect(rendered.text).toContain('docs/alerts.md#drift');
    expect(rendered.payload).toMatchObject({
      type: 'alert.opened',
      timestamp: '2026-03-01T12:00:00.000Z',
      data: { id: 'alr_1', rule: 'drift', cause: 'erp/sale.confirm', status: 'open' },
    });
  });
});
