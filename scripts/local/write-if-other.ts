// Files that are made again at each start: an unchanged one is left alone, and a changed one appears whole, for several relays may
// start at once.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repository } from './command.ts';

export function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

export function writeIfOther(file: string, content: Uint8Array | string): void {
  const bytes = Buffer.from(content as string);
  if (readIfThere(file)?.equals(bytes) === true) return;
  mkdirSync(dirname(file), { recursive: true });
  const partial = join(repository, `dashboard/${basename(file)}.${process.pid}.partial`);
  writeFileSync(partial, bytes);
  renameSync(partial, file);
}
