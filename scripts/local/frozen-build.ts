// The last released build of the relay, kept as one compressed file in test/fixtures/builds: what an upgrade starts from and
// a rollback goes back to. One build only, because one version back is what is promised.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

export type FrozenBuild = {
  /** As released, e.g. `1.4.0`. */
  version: string;
  /** File names of the migrations it knew. */
  migrations: string[];
  /** Durable Object classes it exports. */
  classes: string[];
  /** The bundled Worker. */
  code: string;
};

const ending = '.json.gz';

/** Takes the place of the build that was kept before. Returns the path of its file. */
export function writeFrozenBuild(directory: string, build: FrozenBuild): string {
  mkdirSync(directory, { recursive: true });
  for (const name of frozenFiles(directory)) rmSync(join(directory, name));
  const path = join(directory, `${build.version}${ending}`);
  writeFileSync(path, gzipSync(JSON.stringify(build), { level: 9 }));
  return path;
}

/** @throws Error where there is not exactly one. */
export function readFrozenBuild(directory: string): FrozenBuild {
  const names = frozenFiles(directory);
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Error(`${directory} must hold one build, and holds ${names.length}`);
  return JSON.parse(gunzipSync(readFileSync(join(directory, name))).toString('utf8')) as FrozenBuild;
}

function frozenFiles(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(ending)) : [];
}
