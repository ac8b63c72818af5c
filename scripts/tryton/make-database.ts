// A fresh Tryton database, seeded: one SQLite file, made with Debian's trytond-admin and filled by seed.py. Some 20 s; whoever
// wants a clean start again copies the file back.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { python, trytondAdmin, trytonModules } from './install-tryton.ts';

export const databaseName = 'erp';

/** Wrong logins of one user after which Tryton locks it, and for how long, seconds: short, so that a test can wait. */
export const lockout = { maxAttempts: 5, seconds: 20 } as const;

export type TrytonFiles = {
  /** Everything lies in it. */
  readonly directory: string;
  readonly passwords: { readonly admin: string; readonly relay: string };
};

const makeTimeoutMs = 300_000;

export const configPath = ({ directory }: Pick<TrytonFiles, 'directory'>): string =>
  join(directory, 'trytond.conf');
export const databasePath = ({ directory }: Pick<TrytonFiles, 'directory'>): string =>
  join(directory, 'db', `${databaseName}.sqlite`);

export async function makeDatabase(files: TrytonFiles): Promise<void> {
  mkdirSync(join(files.directory, 'db'), { recursive: true });
  writeFileSync(databasePath(files), '');
  const passwordPath = join(files.directory, 'admin-password');
  writeFileSync(passwordPath, files.passwords.admin, { mode: 0o600 });
  writeConfig(files, 0);
  const admin = ['-c', configPath(files), '-d', databaseName];
  const env = { TRYTONPASSFILE: passwordPath };
  await run(trytondAdmin, [...admin, '--all', '--email', 'admin@example.test'], env);
  await run(trytondAdmin, [...admin, '-u', ...trytonModules, '--activate-dependencies'], env);
  const seed = join(import.meta.dirname, 'seed.py');
  await run(python, ['-W', 'ignore', seed, configPath(files)], { RELAY_PASSWORD: files.passwords.relay });
}

export function writeConfig(files: Pick<TrytonFiles, 'directory'>, port: number): void {
  const lines = [
    '[database]',
    'uri = sqlite://',
    `path = ${join(files.directory, 'db')}`,
    'list = False',
    '[web]',
    `listen = 127.0.0.1:${port}`,
    '[session]',
    'authentications = password',
    `max_attempt = ${lockout.maxAttempts}`,
    `timeout = ${lockout.seconds}`,
  ];
  writeFileSync(configPath(files), `${lines.join('\n')}\n`);
}

function run(command: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: makeTimeoutMs,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(new Error(`${command} ended with ${code}: ${said.trim().split('\n').slice(-3).join('\n')}`));
    });
  });
}
