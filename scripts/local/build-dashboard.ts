// Bundles the dashboard's scripts into dashboard/public/dashboard, where the relay serves them from: one for the pages, and one for charts,
// which is loaded where there is one. Once in a process.
// It may write nothing else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { repository } from './command.ts';
import { readSenderSteps } from './sender-steps.ts';
import { writeIfOther } from './write-if-other.ts';

const directory = join(repository, 'dashboard/public');

/** What a phone on a bad line should have to load at most before it shows something, bytes. */
export const dashboardLimitBytes = 150 * 1024;

let built: Promise<void> | undefined;

export function buildDashboardOnce(): Promise<void> {
  built ??= buildDashboard();
  return built;
}

/** By the name of the file that is made. */
const entries = {
  'app.js': 'dashboard/src/main.tsx',
  'chart.js': 'dashboard/src/chart/draw-chart.ts',
  'chart.css': 'node_modules/uplot/dist/uPlot.min.css',
} as const;

async function buildDashboard(): Promise<void> {
  for (const [name, entry] of Object.entries(entries)) {
    const result = await build({
      entryPoints: [join(repository, entry)],
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
    writeIfOther(join(directory, 'dashboard', name), result.outputFiles[0]?.text ?? '');
  }
}

/** All files of the first page, as gzip makes them. */
export function firstPageBytes(): number {
  const files = ['index.html', 'dashboard/app.js', 'dashboard/style.css', 'dashboard/icon.svg'];
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(directory, file))).length, 0);
}
