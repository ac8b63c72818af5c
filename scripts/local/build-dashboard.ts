// Bundles the dashboard's script into dashboard/public/dashboard, where the relay serves it from. Once in a process.
// It may write nothing else.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { repository } from './command.ts';
import { readSenderSteps } from './sender-steps.ts';

const directory = join(repository, 'dashboard/public');
const script = join(directory, 'dashboard/app.js');

/** What a phone on a bad line should have to load at most before it shows something, bytes. */
export const dashboardLimitBytes = 150 * 1024;

let built: Promise<void> | undefined;

export function buildDashboardOnce(): Promise<void> {
  built ??= buildDashboard();
  return built;
}

async function buildDashboard(): Promise<void> {
  const result = await build({
    entryPoints: [join(repository, 'dashboard/src/main.tsx')],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    define: { senderStepsAtBuild: JSON.stringify(readSenderSteps(repository)) },
    logLevel: 'silent',
  });
  const code = result.outputFiles[0]?.text ?? '';
  // Several relays may start at once: each sees a whole file, and an unchanged one is left alone.
  if (readIfThere() === code) return;
  const partial = join(repository, `dashboard/app.js.${process.pid}.partial`);
  writeFileSync(partial, code);
  renameSync(partial, script);
}

function readIfThere(): string | null {
  try {
    return readFileSync(script, 'utf8');
  } catch {
    return null;
  }
}

/** All files of the first page, as gzip makes them. */
export function firstPageBytes(): number {
  const files = ['index.html', 'dashboard/app.js', 'dashboard/style.css', 'dashboard/icon.svg'];
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(directory, file))).length, 0);
}
