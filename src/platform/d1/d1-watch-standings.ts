// How far each watched ERP was read, one row a source in D1. Knows nothing of what a standing says.

import type { WatchStanding, WatchStandings } from '../../pipeline/watch-targets.ts';
import { callD1 } from './d1-errors.ts';

export function createD1WatchStandings(db: D1Database): WatchStandings {
  return {
    read: (source) =>
      callD1(async () => {
        const row = await db
          .prepare('SELECT standing FROM watches WHERE source = ?1')
          .bind(source)
          .first<{ readonly standing: string }>();
        return row === null ? null : (JSON.parse(row.standing) as WatchStanding);
      }),
    write: (source, standing) =>
      callD1(async () => {
        await db
          .prepare(
            `INSERT INTO watches (source, standing) VALUES (?1, ?2)
             ON CONFLICT (source) DO UPDATE SET standing = excluded.standing`,
          )
          .bind(source, JSON.stringify(standing))
          .run();
      }),
  };
}
