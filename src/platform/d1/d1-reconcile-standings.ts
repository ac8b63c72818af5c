// Where reconciliation stands, one row a source in D1. Knows nothing of what a standing says.

import type { ReconcileStanding, ReconcileStandings } from '../../pipeline/reconcile-sources.ts';
import { callD1 } from './d1-errors.ts';

export function createD1ReconcileStandings(db: D1Database): ReconcileStandings {
  return {
    read: (source) =>
      callD1(async () => {
        const row = await db
          .prepare('SELECT standing FROM reconciliations WHERE source = ?1')
          .bind(source)
          .first<{ readonly standing: string }>();
        return row === null ? null : (JSON.parse(row.standing) as ReconcileStanding);
      }),
    write: (source, standing) =>
      callD1(async () => {
        await db
          .prepare(
            `INSERT INTO reconciliations (source, standing) VALUES (?1, ?2)
             ON CONFLICT (source) DO UPDATE SET standing = excluded.standing`,
          )
          .bind(source, JSON.stringify(standing))
          .run();
      }),
  };
}
