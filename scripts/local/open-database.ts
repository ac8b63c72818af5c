// Opens the D1 database of a state directory without a relay: a runtime that holds that database alone. One at a time.

import { Miniflare, NoOpLog } from 'miniflare';
import { compatibilityDate, databaseId } from './runtime-workers.ts';

export type DatabasePlace = {
  /** Where the runtime keeps its state. */
  persistencePath: string;
  runtimeEnvironment: Record<string, string>;
};

/** The runtime ends with the work. */
export async function withDatabase<T>(
  place: DatabasePlace,
  work: (database: D1Database) => Promise<T>,
): Promise<T> {
  const name = 'database';
  const modules = { 'worker.js': { type: 'esm', contents: 'export default {};' } } as const;
  const runtime = new Miniflare({
    cf: false,
    log: new NoOpLog(),
    enableDevRegistry: false,
    resourcePersistencePath: place.persistencePath,
    unsafeRuntimeEnv: place.runtimeEnvironment,
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
    return await work((await runtime.getD1Database('DB', name)) as unknown as D1Database);
  } finally {
    await runtime.dispose();
  }
}
