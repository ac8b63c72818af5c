// Bulk jobs in a Durable Object's SQLite: one row a job, whole, and beside it what lists and rounds look for.

import type { BulkJob } from '../../core/bulk/bulk-job.ts';
import type { BulkJobPage, BulkJobRows } from '../../pipeline/bulk-ports.ts';

/** `has_ended`: 0 or 1, so that running ones stand first. `is_audited`: the audit has all there is to tell of it so far. */
const schema = `CREATE TABLE IF NOT EXISTS bulk_jobs (
  id TEXT NOT NULL PRIMARY KEY, has_ended INTEGER NOT NULL, created_at INTEGER NOT NULL, is_audited INTEGER NOT NULL,
  job TEXT NOT NULL) WITHOUT ROWID`;

export function createSqlBulkJobRows({ sql }: Pick<DurableObjectStorage, 'sql'>): BulkJobRows {
  sql.exec(schema);
  const read = (query: string, ...bindings: (string | number)[]): readonly BulkJob[] =>
    sql
      .exec<{ job: string }>(query, ...bindings)
      .toArray()
      .map(({ job }) => JSON.parse(job) as BulkJob);
  return {
    save: (job) => {
      const { id, createdAt, status, audited } = job;
      const hasEnded = status !== 'running';
      const isAudited = audited.start && (audited.end || !hasEnded);
      const values = [id, Number(hasEnded), createdAt, Number(isAudited), JSON.stringify(job)];
      sql.exec('INSERT OR REPLACE INTO bulk_jobs VALUES (?, ?, ?, ?, ?)', ...values);
    },
    find: (id) => read('SELECT job FROM bulk_jobs WHERE id = ?', id)[0] ?? null,
    list: ({ after, limit }) => {
      const order = 'ORDER BY has_ended, created_at DESC, id DESC LIMIT ?';
      if (after === null) return read(`SELECT job FROM bulk_jobs ${order}`, limit);
      // It may have ended, or have been forgotten, since its page was read.
      const where =
        'WHERE (has_ended, -created_at) > (?, ?) OR (has_ended = ? AND created_at = ? AND id < ?)';
      const ended = endedOf(sql, after);
      const { createdAt, id } = after;
      return read(
        `SELECT job FROM bulk_jobs ${where} ${order}`,
        ...[ended, -createdAt, ended, createdAt, id, limit],
      );
    },
    running: () => read('SELECT job FROM bulk_jobs WHERE has_ended = 0 ORDER BY created_at, id'),
    unaudited: () => read('SELECT job FROM bulk_jobs WHERE is_audited = 0 ORDER BY created_at, id'),
    prune: ({ before, keep }) => {
      sql.exec(
        `DELETE FROM bulk_jobs WHERE has_ended = 1 AND is_audited = 1 AND (created_at < ? OR id NOT IN (
           SELECT id FROM bulk_jobs WHERE has_ended = 1 ORDER BY created_at DESC, id DESC LIMIT ?))`,
        before,
        keep,
      );
    },
  };
}

function endedOf(sql: SqlStorage, { id }: NonNullable<BulkJobPage['after']>): number {
  const [row] = sql.exec<{ has_ended: number }>('SELECT has_ended FROM bulk_jobs WHERE id = ?', id).toArray();
  return row?.has_ended ?? 1;
}
