// The book of alerts in memory: the same rules as the object's, without rows, alarms or receivers.

import { type Alert, alertKey } from '../../src/core/alerts/alert.ts';
import {
  type AlertBook,
  acknowledge,
  createAlertBook,
  takeReport,
} from '../../src/core/alerts/alert-book.ts';
import type { Alerts } from '../../src/pipeline/ports.ts';

export function createMemoryAlerts(now: () => number): Alerts & { readonly book: AlertBook } {
  const book = createAlertBook({ open: [], recent: [], sentAt: [], reports: [], nextNumber: 1 });
  const all = new Map<string, Alert>();
  const numberOf = (id: string): number => Number.parseInt(id.slice(4), 36);
  return {
    book,
    report: async (report) => {
      for (const alert of takeReport(book, report, now())) all.set(alert.id, alert);
    },
    list: async ({ status, before, limit }) =>
      [...all.values()]
        .filter((alert) => status === null || alert.status === status)
        .filter((alert) => before === null || numberOf(alert.id) < numberOf(before))
        .sort((a, b) => numberOf(b.id) - numberOf(a.id))
        .slice(0, limit),
    mute: async (of) => {
      if (of.muted) book.muted.add(alertKey(of));
      else book.muted.delete(alertKey(of));
    },
    acknowledge: async (id, act) => {
      const alert = acknowledge(book, id, { ...act, at: now() });
      if (alert !== null) all.set(id, alert);
      return alert;
    },
  };
}
