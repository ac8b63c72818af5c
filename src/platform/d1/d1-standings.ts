// Where a scheduled reading of a source stands (reconciliation, watch), one row a source in D1. Knows nothing of what it says.

import { callD1 } from './d1-errors.ts';

/** Throws a PortError. */
export type Standings<Standing> = {
  read(source: string): Promise<Standing | null>;
  write(source: string, standing: Standing): Promise<void>;
};

export function createD1Standings<Standing>(
  db: D1Database,
  table: 'reconciliations' | 'watches',
): Standings<Standing> {
  return {
    read: (source) =>
      callD1(async () => {
        const row = await db
          .prepare(`SELECT standing FROM ${table} WHERE source = ?1`)
          .bind(source)
          .first<{ readonly standing: string }>();
        return row === null ? null : (JSON.parse(row.standing) as Standing);
      }),
    write: (source, standing) =>
      callD1(async () => {
        await db
          .prepare(
            `INSERT INTO ${table} (source, standing) VALUES (?1, ?2)
             ON CONFLICT (source) DO UPDATE SET standing = excluded.standing`,
          )
          .bind(source, JSON.stringify(standing))
          .run();
      }),
  };
}
