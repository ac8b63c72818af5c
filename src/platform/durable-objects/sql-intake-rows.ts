// The intake rows of one partition in a Durable Object's SQLite: a part with its items while there is work left, and one
// small row of final statuses afterwards. Tables of their own: no row of an event is touched by them.

import type { IntakePart, IntakeRows, SettledIntake } from '../../core/sequencer/intake-record.ts';

const schema = [
  `CREATE TABLE IF NOT EXISTS intakes (
     id TEXT NOT NULL, part INTEGER NOT NULL, record TEXT NOT NULL,
     PRIMARY KEY (id, part)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS settled_intakes (
     id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID`,
];

export function createSqlIntakeRows(sql: SqlStorage): IntakeRows {
  for (const statement of schema) sql.exec(statement);
  return {
    readOpenIntakes: () => readParts(sql),
    readSettledIntake: (id) => {
      for (const row of sql.exec('SELECT record FROM settled_intakes WHERE id = ?', id))
        return JSON.parse(String(row.record)) as SettledIntake;
      return null;
    },
    writeIntakePart: (part) => {
      sql.exec(
        'INSERT OR REPLACE INTO intakes VALUES (?, ?, ?)',
        part.head.id,
        part.part,
        JSON.stringify(part),
      );
    },
    settleIntake: (settled, expiresAt) => {
      sql.exec(
        'INSERT OR REPLACE INTO settled_intakes VALUES (?, ?, ?)',
        settled.id,
        expiresAt,
        JSON.stringify(settled),
      );
      sql.exec('DELETE FROM intakes WHERE id = ?', settled.id);
    },
    pruneIntakes: (now, cursor, limit) => {
      const rows = sql
        .exec(
          'SELECT id, expires_at FROM settled_intakes WHERE id > ? ORDER BY id LIMIT ?',
          cursor ?? '',
          limit,
        )
        .toArray();
      for (const row of rows) {
        if (Number(row.expires_at) < now)
          sql.exec('DELETE FROM settled_intakes WHERE id = ?', String(row.id));
      }
      const last = rows.at(-1);
      return last !== undefined && rows.length === limit ? String(last.id) : null;
    },
  };
}

function* readParts(sql: SqlStorage): Generator<IntakePart> {
  for (const row of sql.exec('SELECT record FROM intakes'))
    yield JSON.parse(String(row.record)) as IntakePart;
}
