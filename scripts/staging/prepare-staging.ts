// What the staging suite needs before it starts: its own Tryton, installed and with a fresh seeded database, or a user's
// instance that the user has confirmed may be written to. Gives the environment of the suite.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTryton } from '../tryton/install-tryton.ts';
import { databasePath, makeDatabase } from '../tryton/make-database.ts';
import { makePassword } from '../tryton/make-password.ts';

export type Preparation = { readonly env: Record<string, string>; clean(): void };

export type StagingRefusal = { readonly message: string };

/** Null: the suite brings its own server. */
export function checkNamedTarget(env: Readonly<Record<string, string | undefined>>): StagingRefusal | null {
  const { STAGING_TARGET: named = '', STAGING_URL = '', STAGING_CONFIRM: confirmed = '' } = env;
  if (named === '') return null;
  if (named !== 'tryton' && !/\.[mc]?[jt]s$/.test(named)) {
    return { message: `STAGING_TARGET must be "tryton" or the path of a module, not "${named}".` };
  }
  const url = URL.canParse(STAGING_URL) ? new URL(STAGING_URL) : null;
  if (url === null) {
    return {
      message: 'STAGING_URL must be the address of the instance, e.g. https://erp-staging.example.com/db.',
    };
  }
  if (confirmed !== url.host) {
    const rule = `It writes orders, invoices, payments and stock counts. Set STAGING_CONFIRM=${url.host}`;
    return { message: `The suite has not been allowed to write to ${url.host}. ${rule} to allow it.` };
  }
  const needed = named === 'tryton' ? ['STAGING_USER', 'STAGING_PASSWORD'] : [];
  const missing = needed.filter((name) => (env[name] ?? '') === '');
  return missing.length === 0 ? null : { message: `${missing.join(' and ')} must be given.` };
}

export async function prepareStaging(say: (what: string) => void): Promise<Preparation> {
  if ((process.env.STAGING_TARGET ?? '') !== '') return { env: {}, clean: () => {} };
  ensureTryton(say);
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-staging-database-'));
  const clean = () => rmSync(directory, { recursive: true, force: true });
  process.on('exit', clean);
  const files = { directory, passwords: { admin: makePassword(), relay: makePassword() } };
  say('Making a fresh Tryton database; this takes half a minute.');
  await makeDatabase(files);
  return {
    env: { STAGING_DATABASE: databasePath(files), STAGING_PASSWORDS: JSON.stringify(files.passwords) },
    clean,
  };
}
