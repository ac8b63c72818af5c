// `npm run demo` as a newcomer runs it, and the proof that it can fail: an ERP in which a document was made twice behind
// the relay's back, and one that hides a document, must end it with exit code 1.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { host } from '../../scripts/local/ports.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import type { OrderDocument } from '../../src/sandbox-erp/documents.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Longer than any wait here, ms. */
const patienceMs = 30_000;

const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitUntil(condition, { timeout: patienceMs, interval: 50 });

let directory = '';
const started: ChildProcess[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-demo-test-'));
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

type Demo = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

function demo(args: readonly string[], env: Record<string, string> = {}): Demo {
  const child = spawn(process.execPath, ['scripts/demo.mjs', ...args], {
    cwd: repository,
    env: { ...process.env, HOLDFAST_ADMIN_KEY: '', PORT: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text, ended: once(child, 'close').then(([code]) => code as number | null) };
}

describe('npm run demo with a relay of its own', () => {
  it('keeps every promise within a minute, says so without colours, and leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(directory, 'tmp-'));
    const startedAt = Date.now();
    const { output, ended } = demo(['--own'], { TMPDIR: temporary });
    const code = await ended;
    expect(output()).not.toContain('✗');
    expect(code).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    expect(output()).toContain('started for the demo, nothing is kept');
    expect(output()).toContain('signed with the previous secret');
    expect(output()).toMatch(
      /^ {2}#1001 +Grace Lovelace +SO\d+ confirmed 49\.00 +INV\S+ +PAY\S+ 49\.00 .* 3 × once$/m,
    );
    expect(output()).toMatch(/13 of 13 promises kept in \d+\.\d s\.\n$/);
    expect(output().includes('\u001b')).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  }, 90_000);
});

describe('npm run demo at a relay that runs', () => {
  let relay: LocalRelay;
  let options: string[] = [];
  /** Of the ERP's own API; its control side takes any. */
  let token = '';
  const servers: Server[] = [];

  beforeAll(async () => {
    relay = await startLocalRelay({ stateDir: join(directory, 'state'), scheduleEveryMs: 0 });
    const secrets = join(directory, 'secrets');
    const lines = Object.entries(relay.secrets).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(secrets, lines.join(''));
    options = ['--url', relay.url, '--secrets', secrets];
  });

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  afterAll(async () => {
    await relay.stop();
  });

  async function erp<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${relay.erpUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  const orders = async () => (await erp<{ orders: OrderDocument[] }>('GET', '/sandbox/state')).orders;

  async function makeTwice({ orderId, relayKey, currency, customerId, lines, total }: OrderDocument) {
    const { SANDBOX_ERP_KEY_ID: keyId, SANDBOX_ERP_KEY_SECRET: secret } = relay.secrets;
    ({ token } = await erp<{ token: string }>('POST', '/auth/token', { keyId, secret }));
    const customer = { customerId, name: 'Grace Harbour' };
    const body = { orderId, relayKey, currency, customer, lines, total, state: 'confirmed' };
    await erp('POST', '/api/orders', body);
  }

  it('fails where the ERP has a document twice', async () => {
    const { output, ended } = demo(options);
    await until(async () => (await orders()).length > 0);
    const [first] = await orders();
    await makeTwice(first as OrderDocument);
    expect(await ended).toBe(1);
    expect(output()).toMatch(
      /✗ Once .* 1 operations doubled\n +sale\.confirm of \d+: done 2 times, 2 documents/,
    );
    expect(output()).toContain('sale.confirm 2 times');
  }, 90_000);

  it('runs again on the same state, and puts back the faults and settings it found', async () => {
    const faults = { errorRate: 0.5, invalidSkus: ['SKU-9'], seed: 4 };
    await erp('PUT', '/sandbox/faults', faults);
    await erp('PATCH', '/sandbox/settings', { closedThrough: '2199-12-31', autoCreateProducts: false });
    const { output, ended } = demo(options);
    expect(await ended).toBe(0);
    expect(output()).toContain(
      'its faults   seed, errorRate, invalidSkus: off for the demo, put back at its end',
    );
    expect(await erp('GET', '/sandbox/faults')).toMatchObject(faults);
    expect(await erp('PUT', '/sandbox/settings', {})).toMatchObject({ closedThrough: null });
    await erp('PUT', '/sandbox/faults', {});
  }, 90_000);

  it('fails where the ERP does not hold a document, and names it', async () => {
    const proxy = await proxyWithout('payments');
    servers.push(proxy);
    const { port } = proxy.address() as AddressInfo;
    const { output, ended } = demo([...options, '--erp-url', `http://${host}:${port}`]);
    expect(await ended).toBe(1);
    expect(output()).toMatch(/✗ Nothing lost .* 1 lost\n +payment\.register of pi_\d+\n/);
  }, 90_000);

  /** The ERP as it is, but its newest document of a list does not show in the state. */
  async function proxyWithout(list: string): Promise<Server> {
    const server = createServer(async (request, response) => {
      const chunks = await request.toArray();
      const { method = 'GET', url = '/' } = request;
      const body = chunks.length === 0 ? undefined : Buffer.concat(chunks).toString();
      const answer = await fetch(`${relay.erpUrl}${url}`, {
        method,
        ...(body === undefined ? {} : { body }),
      });
      const state = (await answer.json()) as Record<string, unknown[]>;
      if (url === '/sandbox/state') state[list] = state[list]?.slice(0, -1) ?? [];
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(state));
    });
    server.listen(0, host);
    await once(server, 'listening');
    return server;
  }

  it('puts the faults back when it is interrupted while the ERP is down', async () => {
    await erp('PUT', '/sandbox/faults', { slowRate: 0.5 });
    const { child, output, ended } = demo(options);
    await until(async () => (await erp<{ down: boolean }>('GET', '/sandbox/faults')).down);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(output()).toContain('Interrupted.');
    expect(await erp('GET', '/sandbox/faults')).toMatchObject({ down: false, slowRate: 0.5 });
    await erp('PUT', '/sandbox/faults', {});
  }, 60_000);

  it('says so where the relay has other keys, and changes nothing', async () => {
    const other = join(directory, 'other');
    writeFileSync(other, `ADMIN_KEY=${createSecrets().ADMIN_KEY}\n`);
    const { output, ended } = demo(['--url', relay.url, '--secrets', other]);
    expect(await ended).toBe(1);
    expect(output()).toMatch(
      /^The relay at \S+ refuses the admin key: .* Give --secrets or --admin-key\. With --own/,
    );
  });

  it('says so where nobody answers at the address given', async () => {
    const { output, ended } = demo(['--url', `http://${host}:1`]);
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^No relay answers at http:\/\/127\.0\.0\.1:1\. Start one with "npm start"/);
  });
});
