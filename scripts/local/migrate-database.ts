// Applies the migrations to the D1 database of a state directory before anything else runs on it: a runtime that holds
// that database alone, so that no request, alarm or schedule of the relay meets an older schema.

import { applyMigrations, type MigrationDatabase } from './apply-migrations.ts';
import { type DatabasePlace, withDatabase } from './open-database.ts';

export type MigrationRun = DatabasePlace & {
  /** The folder of the migrations. */
  directory: string;
  /** Names of the only ones to apply; null: all. */
  only?: readonly string[] | null;
};

/** Returns the names of the migrations applied. */
export async function migrateDatabase(run: MigrationRun): Promise<string[]> {
  return withDatabase(run, (database) =>
    applyMigrations(database as unknown as MigrationDatabase, run.directory, run.only),
  );
}
