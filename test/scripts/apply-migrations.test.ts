// Migrations run once each, in order, and whole or not at all; against SQLite itself, as D1 is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyMigrations, type MigrationDatabase } from '../../scripts/local/apply-migrations.ts';

let directory = '';
let sqlite: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-migrations-'));
  sqlite = new DatabaseSync(':memory:');
});

afterEach(() => {
  sqlite.close();
  rmSync(directory, { recursive: true, force: true });
});

/** D1's surface over SQLite: a batch is one transaction, and a statement may hold several. */
function d1(): MigrationDatabase {
  type Statement = { query: string; values: string[] };
  const run = ({ query, values }: Statement) =>
    values.length > 0 ? sqlite.prepare(query).run(...values) : sqlite.exec(query);
  return {
    prepare: (query) => ({
      query,
      values: [],
      bind: (...values: unknown[]) => ({ query, values: values.map(String) }),
      all: async () => ({ results: sqlite.prepare(query).all() }),
    }),
    batch: async (statements) => {
      sqlite.exec('BEGIN');
      try {
        (statements as Statement[]).forEach(run);
        sqlite.exec('COMMIT');
      } catch (error) {
        sqlite.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

function write(name: string, sql: string): void {
  writeFileSync(join(directory, name), sql);
}

const tables = () =>
  sqlite
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => name);

describe('migrations', () => {
  it('run in the order of their names, once each', async () => {
    write('0002_second.sql', 'ALTER TABLE a ADD COLUMN y TEXT;');
    write('0001_first.sql', 'CREATE TABLE a (x TEXT); -- and another\nCREATE TABLE b (x TEXT);');
    write('notes.txt', 'not a migration');
    expect(await applyMigrations(d1(), directory)).toEqual(['0001_first.sql', '0002_second.sql']);
    expect(await applyMigrations(d1(), directory)).toEqual([]);
    expect(tables()).toEqual(['a', 'b', 'd1_migrations']);
  });

  it('go on where Wrangler stopped', async () => {
    write('0001_first.sql', 'CREATE TABLE a (x TEXT);');
    await applyMigrations(d1(), directory);
    write('0002_second.sql', 'CREATE TABLE c (x TEXT);');
    sqlite.exec("INSERT INTO d1_migrations (name) VALUES ('0002_second.sql')");
    expect(await applyMigrations(d1(), directory)).toEqual([]);
    expect(tables()).toEqual(['a', 'd1_migrations']);
  });

  it('stop where an earlier build knew no more, and go on from there', async () => {
    write('0001_first.sql', 'CREATE TABLE a (x TEXT);');
    write('0002_second.sql', 'CREATE TABLE b (x TEXT);');
    expect(await applyMigrations(d1(), directory, ['0001_first.sql'])).toEqual(['0001_first.sql']);
    expect(tables()).toEqual(['a', 'd1_migrations']);
    expect(await applyMigrations(d1(), directory)).toEqual(['0002_second.sql']);
  });

  it('leave nothing of a file that fails, and name it', async () => {
    write('0001_first.sql', 'CREATE TABLE a (x TEXT);');
    write('0002_broken.sql', 'CREATE TABLE b (x TEXT); INSERT INTO nowhere VALUES (1);');
    await expect(applyMigrations(d1(), directory)).rejects.toThrow('0002_broken.sql');
    expect(tables()).toEqual(['a', 'd1_migrations']);
  });
});
