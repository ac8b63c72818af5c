// The relay as `npm start` runs it, with the benchmark's integration: one local relay, announced.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { startLocalRelay } from '../../scripts/local-relay.ts';
import { benchSecret } from '../load/orders.ts';
import { packageVersion } from '../report/versions.ts';
import { announce } from './announce.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const secrets = { ...createSecrets(), BENCH_WEBHOOK_SECRET: benchSecret };
const relay = await startLocalRelay({
  stateDir,
  secrets,
  integrations: join(import.meta.dirname, '../relay/integrations.ts'),
  variables: {
    SINK_BASE_URL: process.env.SINK_URL ?? '',
    ...JSON.parse(process.env.RELAY_VARIABLES ?? '{}'),
  },
});
const ready = await fetch(`${relay.url}/healthz`);
if (!ready.ok) throw new Error(`the relay answered ${ready.status} at /healthz`);
const versions = { holdfast: packageVersion('holdfast'), miniflare: packageVersion('miniflare') };
const { url, adminKey } = relay;
announce({ url, path: '/hooks/bench', versions, adminKey }, async () => {
  await relay.stop();
  rmSync(stateDir, { recursive: true, force: true });
});
