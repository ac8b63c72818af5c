// A relay of Fastify, BullMQ and Redis. The job's id is the event's, so BullMQ itself drops duplicates; the answer waits for
// Redis, and with `always` Redis answers after its fsync. Events of one order are not kept in order: that is BullMQ Pro's.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { startFront } from './http-front.mjs';
import { announce, concurrency, forward, freePort, until, versionOf } from './shared.mjs';

const [fsync = 'always'] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'bench-redis-'));
const port = await freePort();
const options = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: fsync };
const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
const redis = spawn(process.env.REDIS_SERVER, args, { stdio: 'ignore' });

const address = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const probe = new Redis(address);
probe.on('error', () => {});
const info = await until(() => probe.info('server'));
probe.disconnect();

const queue = new Queue('events', { connection: address });
// A done job stays for an hour: as long as that its id answers for duplicates.
const settings = {
  removeOnComplete: { age: 3_600 },
  attempts: 8,
  backoff: { type: 'exponential', delay: 1_000 },
};
const front = await startFront(({ id, body }) =>
  queue.add('event', body, { ...settings, jobId: id.replaceAll(':', '_') }),
);
const worker = new Worker('events', (job) => forward(job.data), { connection: address, concurrency });
worker.on('error', () => {});
await worker.waitUntilReady();

const versions = {
  fastify: versionOf('fastify'),
  bullmq: versionOf('bullmq'),
  redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
};
announce({ url: front.url, path: '/', versions }, async () => {
  redis.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});
