// What the peers need on this machine: their npm packages (bench/peers, its own lock), a Redis and a PostgreSQL binary. What is
// not installed is unpacked below bench/.cache from the Debian archive, which changes nothing of the system; what cannot be had
// leaves its peer out, with the reason.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { repository, toolEnvironment } from '../../scripts/local/command.ts';

const peersDir = join(repository, 'bench/peers');
const cacheDir = join(repository, 'bench/.cache');

export type Found =
  | { readonly kind: 'found'; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'absent'; readonly reason: string };

/** Longest any one step of an installation may take, ms. */
const stepTimeoutMs = 120_000;

function runStep(command: string, args: readonly string[], cwd: string): string | null {
  const options = { cwd, encoding: 'utf8', timeout: stepTimeoutMs, env: toolEnvironment() } as const;
  const { status, stderr, error } = spawnSync(command, [...args], options);
  if (status === 0) return null;
  return `${command} ${args[0]}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? `status ${status}`}`;
}

export function findPackages(): Found {
  if (!existsSync(join(peersDir, 'node_modules/.package-lock.json'))) {
    const failure = runStep('npm', ['ci', '--ignore-scripts', '--loglevel=error'], peersDir);
    if (failure !== null) return { kind: 'absent', reason: failure };
  }
  return { kind: 'found', environment: {} };
}

function onPath(name: string): string | null {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Downloads and unpacks packages of the Debian archive; null, or why it could not. */
function unpack(folder: string, packages: readonly string[]): string | null {
  if (onPath('apt-get') === null || onPath('dpkg-deb') === null)
    return 'not installed, and this is no Debian';
  mkdirSync(folder, { recursive: true });
  const failure = runStep('apt-get', ['download', ...packages], folder);
  if (failure !== null) return `not installed; ${failure}`;
  const files = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  return files.map((file) => runStep('dpkg-deb', ['-x', file, 'root'], folder)).find(Boolean) ?? null;
}

const libraries = (root: string): string => join(root, 'usr/lib', `${machine()}-linux-gnu`);

function machine(): string {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}

const redisPackages = ['redis-server', 'redis-tools', 'libatomic1', 'libjemalloc2', 'liblua5.1-0', 'liblzf1'];

export function findRedis(): Found {
  const installed = onPath('redis-server');
  if (installed !== null) return { kind: 'found', environment: { REDIS_SERVER: installed } };
  const folder = join(cacheDir, 'redis');
  const root = join(folder, 'root');
  const binary = join(root, 'usr/bin/redis-server');
  if (!existsSync(binary)) {
    const reason = unpack(folder, [...redisPackages, 'lua-bitop', 'lua-cjson', 'libhiredis0.14']);
    if (reason !== null) return { kind: 'absent', reason };
  }
  return { kind: 'found', environment: { REDIS_SERVER: binary, LD_LIBRARY_PATH: libraries(root) } };
}

function findPostgresBin(root: string): string | null {
  const folder = join(root, 'usr/lib/postgresql');
  const [version] = existsSync(folder) ? readdirSync(folder).toSorted().reverse() : [];
  const binaries = version === undefined ? null : join(folder, version, 'bin');
  return binaries !== null && existsSync(join(binaries, 'initdb')) ? binaries : null;
}

export function findPostgres(): Found {
  const installed = findPostgresBin('/');
  if (installed !== null) return { kind: 'found', environment: { POSTGRES_BIN: installed } };
  const folder = join(cacheDir, 'postgres');
  const root = join(folder, 'root');
  if (findPostgresBin(root) === null) {
    const reason = unpack(folder, ['postgresql-15', 'libpq5']);
    if (reason !== null) return { kind: 'absent', reason };
  }
  const binaries = findPostgresBin(root);
  if (binaries === null) return { kind: 'absent', reason: 'its package holds no initdb' };
  return { kind: 'found', environment: { POSTGRES_BIN: binaries, LD_LIBRARY_PATH: libraries(root) } };
}
