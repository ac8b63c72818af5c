// What every peer has to do as the relay does: verify the signature of the raw body, and forward over kept-alive connections.
// No peer gets a shortcut here, and none a handicap: node:http is Node's cheapest client.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Events under way to the sink at once: as many as the relay has on one machine (4 partitions of 16). */
export const concurrency = 64;

const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const sink = new URL('/documents', process.env.SINK_URL);

export function isGenuine(body, signature) {
  const expected = createHmac('sha256', process.env.BENCH_SECRET).update(body).digest();
  const given = Buffer.from(String(signature ?? '').replace(/^sha256=/, ''), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Resolves once the sink has answered 200. */
export function forward(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(sink, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`the sink answered ${answer.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Tries every 20 ms until it succeeds, for at most 20 s. */
export async function until(tryOnce) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await tryOnce();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export function versionOf(name) {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'node_modules', name, 'package.json'), 'utf8'))
    .version;
}

/** The first line of a system under test; it then lives until its standard input ends. */
export function announce({ url, path, versions }, stop) {
  process.stdout.write(`READY ${JSON.stringify({ url, path, versions })}\n`);
  process.stdin.resume();
  process.stdin.on('end', async () => {
    await stop();
    process.exit(0);
  });
}
