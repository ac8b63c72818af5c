// The D1 database of a state directory, opened as the SQLite file it is while no runtime has it: as much of D1 as the journal's writer
// uses. Through a runtime each statement of a batch is a call of its own, which took five times as long as the writing.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

type Bound = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** The file is closed with the end of the work. */
export async function withDatabaseFile(
  stateDir: string,
  work: (database: D1Database) => Promise<void>,
): Promise<void> {
  const file = new DatabaseSync(findFile(stateDir));
  const prepared = new Map<string, StatementSync>();
  const run = ({ sql, values }: Bound) => {
    const statement = prepared.get(sql) ?? file.prepare(sql);
    prepared.set(sql, statement);
    return { results: statement.all(...values) };
  };
  const database = {
    prepare: (sql: string) => ({ bind: (...values: SQLInputValue[]): Bound => ({ sql, values }) }),
    batch: async (statements: readonly Bound[]) => {
      file.exec('BEGIN');
      const results = statements.map(run);
      file.exec('COMMIT');
      return results;
    },
  };
  try {
    // What a crash of the machine would lose is made again.
    file.exec('PRAGMA synchronous = OFF');
    await work(database as unknown as D1Database);
  } finally {
    file.close();
  }
}

/** The runtime names it by a hash; beside it lies one that says what there is. */
function findFile(stateDir: string): string {
  const dir = join(stateDir, 'v3/d1/miniflare-D1DatabaseObject');
  const files = readdirSync(dir).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new Error(`${dir} holds ${files.length} databases, not 1`);
  return join(dir, file);
}
