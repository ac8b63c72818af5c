#!/usr/bin/env node
// Entry of the command `holdfast`: runs main.ts, on this Node where that reads TypeScript, else (from 20 on) on the one that the
// lock file pins. It may import nothing but what runs before anything is installed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../scripts/bootstrap.mjs';

const firstToReadTypes = 24;
const isInstalled = existsSync(fileURLToPath(new URL('../node_modules/.package-lock.json', import.meta.url)));

if (isInstalled && Number.parseInt(process.versions.node, 10) >= firstToReadTypes) {
  await import('./main.ts');
} else {
  await run('../cli/main.ts');
}
