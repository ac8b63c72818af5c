// Direct requests of one partition in its Durable Object's SQLite: one small row each, found by its hash. While a claim is
// due the row holds it; afterwards only what tells the same request from another. Decides nothing.

import type { DirectRequest, RecordAnswer } from '../../core/direct-request.ts';
import { limits } from '../../core/limits.ts';

export type SqlDirectRequests = ReturnType<typeof createSqlDirectRequests>;

/** No index over `due_at`: it would be paid for with every request; what is due is remembered. */
const schema = `CREATE TABLE IF NOT EXISTS requests (
  hash TEXT NOT NULL PRIMARY KEY, due_at INTEGER, expires_at INTEGER NOT NULL, request TEXT NOT NULL) WITHOUT ROWID`;

export function createSqlDirectRequests(sql: SqlStorage) {
  sql.exec(schema);
  /** Hash → when its claim is to be repeated, epoch ms. */
  const due = new Map<string, number>();
  for (const row of sql.exec('SELECT hash, due_at FROM requests WHERE due_at IS NOT NULL'))
    due.set(String(row.hash), Number(row.due_at));

  const find = (hash: string): DirectRequest | null => {
    const [row] = sql.exec('SELECT request FROM requests WHERE hash = ?', hash).toArray();
    return row === undefined ? null : (JSON.parse(String(row.request)) as DirectRequest);
  };
  return {
    find,
    record: (request: DirectRequest, now: number): RecordAnswer => {
      const known = find(request.hash);
      if (known !== null && known.createdAt + limits.directRequestMs > now)
        return { kind: 'known', request: known };
      const dueAt = now + limits.directClaimMs;
      const expiresAt = now + limits.directRequestMs;
      const values = [request.hash, dueAt, expiresAt, JSON.stringify(request)] as const;
      sql.exec('INSERT OR REPLACE INTO requests VALUES (?, ?, ?, ?)', ...values);
      due.set(request.hash, dueAt);
      return { kind: 'recorded' };
    },
    acknowledge: (hash: string, deliveryId: string): void => {
      const known = find(hash);
      if (known === null || known.deliveryId !== null) return;
      const claimed: DirectRequest = { ...known, claim: null, deliveryId };
      sql.exec(
        'UPDATE requests SET due_at = NULL, request = ? WHERE hash = ?',
        JSON.stringify(claimed),
        hash,
      );
      due.delete(hash);
    },
    /** Claims to be repeated, and when the next is. */
    dueNow: (now: number): readonly DirectRequest[] =>
      [...due].flatMap(([hash, at]) => {
        const request = at <= now ? find(hash) : null;
        return request === null ? [] : [request];
      }),
    postpone: (hash: string, now: number): void => {
      if (due.has(hash)) due.set(hash, now + limits.directClaimMs);
    },
    nextDueAt: (): number | null => (due.size === 0 ? null : Math.min(...due.values())),
    prune: (now: number): void => {
      sql.exec('DELETE FROM requests WHERE expires_at < ? AND due_at IS NULL', now);
    },
  };
}
