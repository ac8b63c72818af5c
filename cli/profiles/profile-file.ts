// The file of profiles: relays by name, with the key for each. It is its owner's alone (0600, in a directory of 0700); one that others
// can read is not used. Reads and writes that file and nothing else.

import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import type { World } from '../world.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/);

const profile = z.object({ url: z.string(), key: z.string() });

const file = z.object({
  /** The one that counts where none is named. */
  current: name.nullable(),
  profiles: z.record(name, profile),
});

export type Profile = z.infer<typeof profile>;

export type Profiles = z.infer<typeof file>;

export function isProfileName(text: string): boolean {
  return name.safeParse(text).success;
}

/** `$XDG_CONFIG_HOME/holdfast/profiles.json`, else under `~/.config`. */
export function profilePath({ env }: Pick<World, 'env'>): string {
  const given = env.XDG_CONFIG_HOME ?? '';
  const home = env.HOME ?? homedir();
  // The specification says to pass over a path that is not absolute.
  const base = given.startsWith('/') ? given : join(home, '.config');
  return join(base, 'holdfast', 'profiles.json');
}

export function readProfiles(world: Pick<World, 'env'>): Result<Profiles, Failure> {
  const path = profilePath(world);
  const mode = modeOf(path);
  if (mode === null) return ok({ current: null, profiles: {} });
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    return usage(`${path} can be read by others, and holds keys. Make it yours alone: chmod 600 ${path}`);
  }
  try {
    const parsed = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? ok(parsed.data) : usage(`${path} is no file of profiles.`);
  } catch {
    return usage(`${path} is no JSON.`);
  }
}

/** Whole or not at all: beside it first, then in its place. */
export function writeProfiles(world: Pick<World, 'env'>, profiles: Profiles): void {
  const path = profilePath(world);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, path);
}

function modeOf(path: string): number | null {
  try {
    return statSync(path).mode;
  } catch {
    return null;
  }
}

function usage(message: string): Result<never, Failure> {
  return err({ kind: 'usage', message });
}
