// A relay of Fastify, PostgreSQL and graphile-worker, with synchronous_commit as it is by default: on. The event and its job
// are one transaction; a primary key drops duplicates. A queue a order keeps an order's events in order.

import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'graphile-worker';
import pg from 'pg';
import { startFront } from './http-front.mjs';
import { announce, concurrency, forward, freePort, until, versionOf } from './shared.mjs';

const binaries = process.env.POSTGRES_BIN;
const dir = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
const port = await freePort();

/** PostgreSQL refuses to run as root; then it runs as the user its package made, or as nobody. */
function ownIds() {
  if (process.getuid() !== 0) return {};
  const { stdout, status } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
  const uid = status === 0 ? Number(stdout) : 65_534;
  chownSync(dir, uid, uid);
  return { uid, gid: uid };
}

const ids = ownIds();
const data = join(dir, 'data');
const made = spawnSync(join(binaries, 'initdb'), ['-D', data, '-U', 'bench', '--auth=trust', '-E', 'UTF8'], {
  ...ids,
  stdio: 'ignore',
  cwd: dir,
});
if (made.status !== 0) throw new Error(`initdb ended with ${made.status}`);
const settings = ['-p', String(port), '-h', '127.0.0.1', '-k', dir, '-c', 'shared_buffers=128MB'];
const postgres = spawn(join(binaries, 'postgres'), ['-D', data, ...settings], {
  ...ids,
  stdio: 'ignore',
  cwd: dir,
});

const connectionString = `postgres://bench@127.0.0.1:${port}/postgres`;
const pool = new pg.Pool({ connectionString, max: 20 });
const { rows } = await until(() => pool.query('SHOW server_version'));
await pool.query('CREATE TABLE events (id text PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now())');

const runner = await run({
  pgPool: pool,
  concurrency,
  pollInterval: 1_000,
  noHandleSignals: true,
  logger: undefined,
  taskList: { forward: (payload) => forward(payload.body) },
});
const take = `WITH fresh AS (INSERT INTO events (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id)
  SELECT graphile_worker.add_job('forward', json_build_object('body', $2::text), queue_name := $3) FROM fresh`;
const front = await startFront(({ id, order, body }) =>
  pool.query({ name: 'take', text: take, values: [id, body, order] }),
);

const versions = {
  fastify: versionOf('fastify'),
  'graphile-worker': versionOf('graphile-worker'),
  postgresql: rows[0].server_version,
};
announce({ url: front.url, path: '/', versions }, async () => {
  runner.stop().catch(() => {});
  postgres.kill('SIGQUIT');
  rmSync(dir, { recursive: true, force: true });
});
