// What the alerts object keeps: alerts, the last report of each reporter, notices that are still to be sent, and when
// notices were sent. Rows only; decides nothing.

import type { Alert, AlertReport } from '../../core/alerts/alert.ts';
import type { RenderedNotice } from '../../core/alerts/render-notice.ts';
import { limits } from '../../core/limits.ts';
import type { ChannelName } from './alert-channels.ts';

export type PendingNotice = {
  readonly id: string;
  readonly channel: ChannelName;
  readonly notice: RenderedNotice;
  /** Tries that failed. */
  readonly failures: number;
  /** Epoch ms. */
  readonly dueAt: number;
};

export type AlertRows = ReturnType<typeof createAlertRows>;

const schema = [
  `CREATE TABLE IF NOT EXISTS alerts (
     number INTEGER PRIMARY KEY, status TEXT NOT NULL, alert TEXT NOT NULL)`,
  'CREATE TABLE IF NOT EXISTS reports (reporter TEXT PRIMARY KEY, report TEXT NOT NULL) WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS notices (
     id TEXT NOT NULL, channel TEXT NOT NULL, notice TEXT NOT NULL, PRIMARY KEY (id, channel)) WITHOUT ROWID`,
  'CREATE TABLE IF NOT EXISTS muted (key TEXT PRIMARY KEY) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS sent (id INTEGER PRIMARY KEY CHECK (id = 1), sent_at TEXT NOT NULL)',
];

export function createAlertRows(storage: DurableObjectStorage) {
  const { sql } = storage;
  for (const statement of schema) sql.exec(statement);
  const read = <T>(query: string, column: string, ...values: SqlStorageValue[]): T[] =>
    [...sql.exec(query, ...values)].map((row) => JSON.parse(String(row[column])) as T);
  return {
    transaction: <T>(work: () => T): T => storage.transactionSync(work),
    readOpen: () => read<Alert>("SELECT alert FROM alerts WHERE status = 'open' ORDER BY number", 'alert'),
    readReports: () => read<AlertReport>('SELECT report FROM reports', 'report'),
    readNotices: () => read<PendingNotice>('SELECT notice FROM notices', 'notice'),
    readSentAt: () => read<number[]>('SELECT sent_at FROM sent', 'sent_at')[0] ?? [],
    readMuted: () => [...sql.exec('SELECT key FROM muted')].map(({ key }) => String(key)),
    writeMuted: (key: string, muted: boolean): void => {
      sql.exec(muted ? 'INSERT OR REPLACE INTO muted VALUES (?)' : 'DELETE FROM muted WHERE key = ?', key);
    },
    nextNumber: () => Number(sql.exec('SELECT coalesce(max(number), 0) + 1 AS next FROM alerts').one().next),
    /** The newest first, those with a lower number than `before`. */
    list: (request: { status: Alert['status'] | null; before: number | null; limit: number }) =>
      read<Alert>(
        `SELECT alert FROM alerts WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR number < ?2)
         ORDER BY number DESC LIMIT ?3`,
        'alert',
        request.status,
        request.before,
        request.limit,
      ),
    writeAlert: (alert: Alert): void => {
      sql.exec(
        'INSERT OR REPLACE INTO alerts VALUES (?, ?, ?)',
        alertNumber(alert.id) ?? 0,
        alert.status,
        JSON.stringify(alert),
      );
    },
    writeReport: (report: AlertReport): void => {
      if (report.conditions.length === 0) sql.exec('DELETE FROM reports WHERE reporter = ?', report.reporter);
      else sql.exec('INSERT OR REPLACE INTO reports VALUES (?, ?)', report.reporter, JSON.stringify(report));
    },
    writeNotice: (pending: PendingNotice): void => {
      const { id, channel } = pending;
      sql.exec('INSERT OR REPLACE INTO notices VALUES (?, ?, ?)', id, channel, JSON.stringify(pending));
    },
    removeNotice: ({ id, channel }: PendingNotice): void => {
      sql.exec('DELETE FROM notices WHERE id = ? AND channel = ?', id, channel);
    },
    writeSentAt: (sentAt: readonly number[]): void => {
      sql.exec('INSERT OR REPLACE INTO sent VALUES (1, ?)', JSON.stringify(sentAt));
    },
    /** Forgets the oldest resolved ones beyond the bound; the newest row always stays, for the next number. */
    prune: (): void => {
      sql.exec(
        `DELETE FROM alerts WHERE status = 'resolved' AND number <= (
           SELECT number FROM alerts WHERE status = 'resolved' ORDER BY number DESC LIMIT 1 OFFSET ?)`,
        limits.maxResolvedAlerts,
      );
    },
  };
}

/** Null: it is no id of an alert. */
export function alertNumber(id: string): number | null {
  const match = /^alr_([0-9a-z]{1,10})$/.exec(id);
  return match === null ? null : Number.parseInt(match[1] ?? '', 36);
}
