// One of the benchmark's own Workers on Miniflare, listening directly: the same run path as the local relay's.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Miniflare, NoOpLog } from 'miniflare';
import { bundleWorker } from '../../scripts/local/bundle-worker.ts';
import { host, reservePort } from '../../scripts/local/ports.ts';
import { compatibilityDate } from '../../scripts/local/runtime-workers.ts';
import { benchSecret } from '../load/orders.ts';
import { packageVersion } from '../report/versions.ts';
import { announce } from './announce.ts';

const [file = '', path = '/'] = process.argv.slice(2);
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const code = await bundleWorker(join(import.meta.dirname, '../workers', file));
const port = await reservePort(0);
const text = (value: string) => ({ type: 'text' as const, value });
const bells = { name: 'bells' };
const runtime = new Miniflare({
  host,
  port: 0,
  cf: false,
  logRequests: false,
  log: new NoOpLog(),
  enableDevRegistry: false,
  resourcePersistencePath: stateDir,
  workers: [
    {
      config: {
        name: 'bench',
        compatibilityDate,
        manifest: {
          mainModule: 'worker.js',
          modulesRoot: process.cwd(),
          modules: { 'worker.js': { type: 'esm', contents: code } },
        },
        env: {
          SECRET: text(benchSecret),
          SINK_URL: text(process.env.SINK_URL ?? ''),
          PARTITIONS: text(process.env.PARTITIONS ?? '1'),
          OUTBOX: { type: 'durable-object', worker: 'bench', exportName: 'OutboxObject' },
          BELLS: { type: 'queue', ...bells },
        },
        exports: { OutboxObject: { type: 'durable-object', storage: 'sqlite' } },
        triggers:
          file === 'spike-worker.ts'
            ? [{ type: 'queue', ...bells, maxBatchSize: 10, maxBatchTimeout: 0, maxRetries: 3 }]
            : [],
      },
      dev: { unsafeDirectSockets: [{ host, port }] },
    },
  ],
});
await runtime.ready;
announce(
  { url: `http://${host}:${port}`, path, versions: { miniflare: packageVersion('miniflare') } },
  async () => {
    await runtime.dispose();
    rmSync(stateDir, { recursive: true, force: true });
  },
);
