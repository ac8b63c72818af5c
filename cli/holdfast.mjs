#!/usr/bin/env node
// Entry of the command `holdfast`: runs main.ts, on this Node where that reads TypeScript, else (from 20 on) on the one that the
// lock file pins. It may import nothing but what runs before anything is installed.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { run } from '../scripts/bootstrap.mjs';

const firstToReadTypes = 24;
const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));

if (
  existsSync(`${modules}.package-lock.json`) &&
  Number.parseInt(process.versions.node, 10) >= firstToReadTypes
) {
  // What was read once need not be read again. Not in the system's common directory, where others could put something in its place.
  nodeModule.enableCompileCache(`${modules}.cache/holdfast`);
  await import('./main.ts');
} else {
  await run('../cli/main.ts');
}
