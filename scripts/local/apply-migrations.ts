// Brings a local D1 database to the newest schema, each file of migrations/ once, whole or not at all.
// It keeps the book Wrangler keeps (table d1_migrations), so that either may go on where the other stopped;
// it may not change or remove an entry.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of D1 that migrations need. */
export interface MigrationDatabase {
  prepare(query: string): { bind(...values: unknown[]): unknown; all(): Promise<{ results: unknown[] }> };
  batch(statements: never[]): Promise<unknown>;
}

const bookkeeping = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies what is missing in the order of the file names, or of `only` those; returns the names applied. */
export async function applyMigrations(
  database: MigrationDatabase,
  directory: string,
  only: readonly string[] | null = null,
): Promise<string[]> {
  const files = readdirSync(directory).filter((name) => only?.includes(name) ?? name.endsWith('.sql'));
  await database.prepare(bookkeeping).all();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all();
  const known = new Set((results as { name: string }[]).map(({ name }) => name));
  const applied: string[] = [];
  for (const name of files.filter((file) => !known.has(file)).sort()) {
    const statements = [
      database.prepare(readFileSync(join(directory, name), 'utf8')),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ];
    try {
      // One batch is one transaction: a file that fails leaves neither a table nor an entry.
      await database.batch(statements as never[]);
    } catch (error) {
      throw new Error(`Migration ${name} failed, and nothing of it was kept: ${String(error)}`, {
        cause: error,
      });
    }
    applied.push(name);
  }
  return applied;
}
