// Makes sure that Tryton is on this machine: Debian's packages, of which the server is never registered as a service.
// It installs what is missing where it may (root, apt) and says what is missing where it may not.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian's own Python: another one that comes first in PATH knows nothing of the packages. */
export const python = '/usr/bin/python3';
export const trytond = '/usr/bin/trytond';
export const trytondAdmin = '/usr/bin/trytond-admin';

const modules = ['sale', 'purchase', 'stock', 'account-invoice', 'account-payment', 'account-invoice-stock'];

const packages = ['tryton-server', 'tryton-proteus', ...modules.map((name) => `tryton-modules-${name}`)];

/** Modules by the names Tryton activates them by. */
export const trytonModules = modules.map((name) => name.replaceAll('-', '_'));

/** 4 MB from a mirror, 36 MB on the disk: some 20 s where the mirror answers, ms. */
const installTimeoutMs = 300_000;

export class TrytonMissingError extends Error {}

/** @param onProgress says what is being done; installing takes a while */
export function ensureTryton(onProgress: (what: string) => void): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new TrytonMissingError(
      `Tryton is not installed, and this machine has no apt to install it with. Missing: ${missing.join(' ')}.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new TrytonMissingError(
      `Tryton is not installed, and installing it takes root. Run: sudo ${command}`,
    );
  }
  onProgress(`Installing Tryton: ${missing.join(' ')}`);
  apt(['update']);
  apt(['install', '--yes', '--no-install-recommends', ...missing]);
  const left = missingPackages();
  if (left.length > 0) throw new TrytonMissingError(`apt-get ended without installing ${left.join(' ')}.`);
}

function missingPackages(): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const query = ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages];
  const { stdout } = spawnSync('dpkg-query', query, { encoding: 'utf8' });
  const installed = new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

function apt(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const result = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: installTimeoutMs });
  if (result.status !== 0) {
    const said = (result.stderr || result.stdout || String(result.error ?? '')).trim().split('\n').slice(-5);
    throw new TrytonMissingError(`apt-get ${args[0]} failed:\n${said.join('\n')}`);
  }
}
