// The registry in its Durable Object's SQLite: a few hundred small rows, read whole when the version changed. Decides nothing.
//   entries(kind, id): credential, ended (bootstrap keys), grants (of sources), secret, subscription, data_key, hash_key, version
//   uses(credential, what): when a scope or a grant was used first and last

import type { Grant } from '../../core/identity/access-view.ts';
import type { Credential } from '../../core/identity/credential.ts';
import type { SecretRecord, WrappedKey } from '../../core/identity/registry-snapshot.ts';
import { limits } from '../../core/limits.ts';
import type { Subscription } from '../../core/subscriptions/subscription.ts';
import type { CredentialUse, RegistryRows, UsageRow } from '../../pipeline/registry-ports.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uses (
    credential TEXT NOT NULL, what TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (credential, what)) WITHOUT ROWID;`;

type Kind =
  | 'credential'
  | 'ended'
  | 'grants'
  | 'secret'
  | 'subscription'
  | 'data_key'
  | 'hash_key'
  | 'version';

export function createSqlRegistryRows(storage: DurableObjectStorage): RegistryRows {
  const { sql } = storage;
  sql.exec(schema);
  const all = <T>(kind: Kind): readonly T[] =>
    sql
      .exec<{ value: string }>('SELECT value FROM entries WHERE kind = ? ORDER BY id', kind)
      .toArray()
      .map(({ value }) => JSON.parse(value) as T);
  const put = (kind: Kind, id: string, value: unknown): void => {
    sql.exec('INSERT OR REPLACE INTO entries VALUES (?, ?, ?)', kind, id, JSON.stringify(value));
  };
  const remove = (kind: Kind, id: string): void => {
    sql.exec('DELETE FROM entries WHERE kind = ? AND id = ?', kind, id);
  };
  const version = (): number => all<number>('version')[0] ?? 0;
  return {
    transaction: (work) => storage.transactionSync(work),
    version,
    bump: () => {
      const next = version() + 1;
      put('version', '', next);
      return next;
    },
    credentials: () => all<Credential>('credential'),
    putCredential: (credential) => put('credential', credential.id, credential),
    removeCredential: (id) => {
      remove('credential', id);
      sql.exec('DELETE FROM uses WHERE credential = ?', id);
    },
    endedBootstraps: () => all<string>('ended'),
    addEndedBootstrap: (hash) => put('ended', hash, hash),
    sourceGrants: () =>
      Object.fromEntries(
        all<{ source: string; grants: readonly Grant[] }>('grants').map(({ source, grants }) => [
          source,
          grants,
        ]),
      ),
    putSourceGrants: (source, grants) =>
      grants === null ? remove('grants', source) : put('grants', source, { source, grants }),
    subscriptions: () => all<Subscription>('subscription'),
    putSubscription: (subscription) => put('subscription', subscription.id, subscription),
    removeSubscription: (id) => remove('subscription', id),
    secrets: () => all<SecretRecord>('secret'),
    putSecret: (secret) => put('secret', secret.name, secret),
    removeSecret: (name) => remove('secret', name),
    dataKeys: () => [...all<WrappedKey>('data_key')].sort((a, b) => b.createdAt - a.createdAt),
    putDataKeys: (keys) => {
      sql.exec("DELETE FROM entries WHERE kind = 'data_key'");
      for (const key of keys) put('data_key', key.id, key);
    },
    hashKey: () => all<WrappedKey>('hash_key')[0] ?? null,
    putHashKey: (key) => put('hash_key', '', key),
    usage: (credentialId) =>
      sql
        .exec<UsageRow & Record<string, SqlStorageValue>>(
          'SELECT what, first_at AS firstAt, last_at AS lastAt FROM uses WHERE credential = ? ORDER BY what',
          credentialId,
        )
        .toArray(),
    lastUses: () =>
      Object.fromEntries(
        sql
          .exec<{ credential: string; at: number }>(
            'SELECT credential, max(last_at) AS at FROM uses GROUP BY credential',
          )
          .toArray()
          .map(({ credential, at }) => [credential, at]),
      ),
    noteUse: (use, at) => noteUse(sql, use, at),
  };
}

/** Several isolates tell of the same use: one row written in `credentialUseMs` is enough. */
function noteUse(sql: SqlStorage, { credentialId, what }: CredentialUse, at: number): void {
  sql.exec(
    `INSERT INTO uses VALUES (?1, ?2, ?3, ?3) ON CONFLICT (credential, what) DO UPDATE SET last_at = ?3
     WHERE last_at < ?3 - ?4`,
    credentialId,
    what,
    at,
    limits.credentialUseMs / 2,
  );
}
