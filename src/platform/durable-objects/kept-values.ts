// What a TargetObject keeps over an eviction: a few named values, one row each. Synchronous; the caller says when it must be
// on disk. Names and their meaning stand here, so that the whole of the storage can be read in one place.

export type KeptName =
  /** Circuit, pause, limits: JSON of TargetGateState. */
  | 'gate'
  /** The token, encrypted by the vault. */
  | 'token'
  /** The keys of a rotation, encrypted by the vault. */
  | 'keys'
  /** When a key was first used, and what its rotation last failed of: JSON, nothing secret. */
  | 'rotation'
  /** Refused logins, given warnings and the salt of fingerprints: JSON, nothing secret. */
  | 'login'
  /** Partitions that are still to hear that deliveries go on: JSON. */
  | 'knocks'
  /** What the book of alerts was told last: JSON. */
  | 'alerts';

export type KeptValues = {
  readonly get: (name: KeptName) => string | null;
  readonly put: (name: KeptName, value: string | null) => void;
  /** Resolves when what was put is on disk. */
  readonly sync: () => Promise<void>;
};

export function createKeptValues(storage: DurableObjectStorage): KeptValues {
  const { sql } = storage;
  sql.exec('CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID');
  return {
    get: (name) => {
      const [row] = sql.exec<{ value: string }>('SELECT value FROM kept WHERE name = ?', name).toArray();
      return row?.value ?? null;
    },
    put: (name, value) => {
      if (value === null) sql.exec('DELETE FROM kept WHERE name = ?', name);
      else sql.exec('INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)', name, value);
    },
    sync: () => storage.sync(),
  };
}
