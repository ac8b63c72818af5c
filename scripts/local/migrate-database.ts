// Applies the migrations to the D1 database of a state directory before anything else runs on it: a runtime that holds
// that database alone, so that no request, alarm or schedule of the relay meets an older schema.

import { Miniflare, NoOpLog } from 'miniflare';
import { applyMigrations, type MigrationDatabase } from './apply-migrations.ts';
import { compatibilityDate, databaseId } from './runtime-workers.ts';

export type MigrationRun = {
  /** Where the runtime keeps its state. */
  persistencePath: string;
  /** The folder of the migrations. */
  directory: string;
  /** Names of the only ones to apply; null: all. */
  only?: readonly string[] | null;
  runtimeEnvironment: Record<string, string>;
};

/** Returns the names of the migrations applied. */
export async function migrateDatabase(run: MigrationRun): Promise<string[]> {
  const name = 'migrations';
  const modules = { 'worker.js': { type: 'esm', contents: 'export default {};' } } as const;
  const runtime = new Miniflare({
    cf: false,
    log: new NoOpLog(),
    enableDevRegistry: false,
    resourcePersistencePath: run.persistencePath,
    unsafeRuntimeEnv: run.runtimeEnvironment,
    workers: [
      {
        config: {
          name,
          compatibilityDate,
          manifest: { mainModule: 'worker.js', modules },
          env: { DB: { type: 'd1', id: databaseId } },
        },
      },
    ],
  });
  try {
    const database = await runtime.getD1Database('DB', name);
    return await applyMigrations(database as unknown as MigrationDatabase, run.directory, run.only);
  } finally {
    await runtime.dispose();
  }
}
