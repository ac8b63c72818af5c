// The relay under `wrangler dev`, as a newcomer to Workers would run it: the development server with its defaults.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse, stringify } from 'smol-toml';
import { bundleWorker } from '../../scripts/local/bundle-worker.ts';
import { repository, toolEnvironment, toolPath } from '../../scripts/local/command.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { migrateDatabase } from '../../scripts/local/migrate-database.ts';
import { host, reservePort } from '../../scripts/local/ports.ts';
import { dashboardDirectory, localVariables } from '../../scripts/local/runtime-workers.ts';
import { benchSecret } from '../load/orders.ts';
import { packageVersion } from '../report/versions.ts';
import { announce } from './announce.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const code = await bundleWorker(join(repository, 'src/worker.ts'), {
  integrations: join(import.meta.dirname, '../relay/integrations.ts'),
});
writeFileSync(join(dir, 'worker.js'), code);
// The bundle stands there already, so nothing is built; the dashboard's files are the repository's own.
const { build: _, ...configuration } = parse(readFileSync(join(repository, 'wrangler.toml'), 'utf8'));
const assets = { ...(configuration.assets as object), directory: dashboardDirectory };
writeFileSync(join(dir, 'wrangler.toml'), stringify({ ...configuration, main: 'worker.js', assets }));
await migrateDatabase({
  persistencePath: join(dir, 'state/v3'),
  directory: join(repository, 'migrations'),
  runtimeEnvironment: {},
});
const variables = {
  ...localVariables,
  ...createSecrets(),
  BENCH_WEBHOOK_SECRET: benchSecret,
  SINK_BASE_URL: process.env.SINK_URL ?? '',
};
const port = await reservePort(0);
const child = spawn(
  toolPath('wrangler'),
  [
    ...['dev', '-c', join(dir, 'wrangler.toml'), '--ip', host, '--port', String(port)],
    ...['--inspector-port', '0', '--persist-to', join(dir, 'state')],
    ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ],
  { cwd: dir, stdio: 'ignore', env: toolEnvironment() },
);
child.on('exit', (status) => process.exit(status ?? 1));
const url = `http://${host}:${port}`;

/** Longest start, ms. */
const startTimeoutMs = 40_000;

async function answers(): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

for (const deadline = Date.now() + startTimeoutMs; !(await answers()); await wait(50))
  if (Date.now() > deadline) throw new Error('wrangler dev does not answer');

announce({ url, path: '/hooks/bench', versions: { wrangler: packageVersion('wrangler') } }, async () => {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.removeAllListeners('exit');
  child.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  child.kill('SIGTERM');
  await Promise.race([ended, wait(4_000)]);
});
