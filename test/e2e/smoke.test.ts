// `npm run smoke` as it is run after a deploy: what it says of a relay that works, and that it says no to one that does
// not. The relay that works is real; those that do not are a few lines of HTTP, each wrong in one way.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { host } from '../../scripts/local/ports.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const repository = resolve(import.meta.dirname, '../..');

type Ended = { code: number | null; output: string };

async function smoke(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  // Empty is not given: what the machine of the test has set says nothing here.
  const none = { HOLDFAST_ADMIN_KEY: '', ADMIN_KEY: '', SMOKE_WEBHOOK_SECRET: '' };
  const child = spawn(process.execPath, ['scripts/smoke.mjs', ...args], {
    cwd: repository,
    env: { ...process.env, ...none, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('npm run smoke at a relay that works', () => {
  let relay: LocalRelay;
  let stateDir = '';
  const secretOf = (): string => relay.secrets.SMOKE_WEBHOOK_SECRET ?? '';

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'holdfast-smoke-'));
    relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
  });

  afterAll(async () => {
    await relay.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it('checks each step and ends with 0, the keys given as options', async () => {
    const keys = ['--secret', secretOf(), '--admin-key', relay.adminKey];
    const { code, output } = await smoke(['--url', relay.url, ...keys]);
    expect(output).not.toContain('FAILED');
    expect(output.match(/^ok {6}/gm)).toHaveLength(7);
    expect(output).toContain('an unknown source is refused: 404');
    expect(output).toContain('an unsigned event is refused: 401');
    expect(output).toContain('a signed event is accepted: 202 accepted');
    expect(output).toContain('the same event again is a duplicate: 202 duplicate');
    expect(output).toContain('succeeded with one attempt');
    expect(output).not.toContain(secretOf());
    expect(output).not.toContain(relay.adminKey);
    expect(code).toBe(0);
  });

  it('takes the keys from the environment, and a slash at the end of the address', async () => {
    const env = { SMOKE_WEBHOOK_SECRET: secretOf(), HOLDFAST_ADMIN_KEY: relay.adminKey };
    const { code, output } = await smoke(['--url', `${relay.url}/`], env);
    expect(output).toContain(`The relay at ${relay.url} works.`);
    expect(code).toBe(0);
  });

  it('fails at the signed event where the relay has another secret', async () => {
    const other = createSecrets().SMOKE_WEBHOOK_SECRET ?? '';
    const keys = ['--secret', other, '--admin-key', relay.adminKey];
    const { code, output } = await smoke(['--url', relay.url, ...keys]);
    expect(output).toContain('FAILED  a signed event is accepted: answered 401 instead of 202');
    expect(code).toBe(1);
  });

  it('fails at the last step where the relay has another admin key', async () => {
    const keys = ['--secret', secretOf(), '--admin-key', createSecrets().ADMIN_KEY ?? ''];
    const { code, output } = await smoke(['--url', relay.url, ...keys]);
    expect(output).toContain('FAILED  GET /admin/deliveries shows it delivered: answered 401 instead of 200');
    expect(code).toBe(1);
  });
});

type Answers = {
  readiness?: object;
  events?: readonly ('accepted' | 'duplicate')[];
  delivery?: object;
};

/** What a relay answers, but for what `answers` says. */
async function fakeRelay(answers: Answers): Promise<Server> {
  const events = [...(answers.events ?? ['accepted', 'duplicate'])];
  const delivery = { status: 'succeeded', reason: 'succeeded', message: null, attemptCount: 1 };
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    const isSigned = headers['webhook-signature'] !== undefined;
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    request.resume();
    if (url === '/healthz') answer(200, { status: 'ok' });
    else if (url === '/readyz') answer(200, answers.readiness ?? { status: 'ready', checks: [] });
    else if (url === '/hooks/smoke' && isSigned)
      answer(202, { events: [{ id: 'x', status: events.shift() }] });
    else if (url === '/hooks/smoke') answer(401, {});
    else if (url.startsWith('/admin/'))
      answer(200, { deliveries: [{ ...delivery, ...answers.delivery }], nextCursor: null });
    else answer(404, {});
  });
  server.listen(0, host);
  await once(server, 'listening');
  return server;
}

describe('npm run smoke at a relay that does not work', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function smokeFake(answers: Answers): Promise<Ended> {
    const server = await fakeRelay(answers);
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    return smoke(['--url', `http://${host}:${port}`, '--secret', 'whsec_c21va2U=', '--admin-key', 'hf_x']);
  }

  it('would pass one that answers as it should', async () => {
    expect(await smokeFake({})).toMatchObject({ code: 0 });
  });

  it('says which check of the readiness fails', async () => {
    const checks = [{ name: 'journal', ok: false, required: false, detail: 'does not answer' }];
    const { code, output } = await smokeFake({ readiness: { status: 'degraded', checks } });
    expect(output).toContain('FAILED  GET /readyz says ready: answered 200, degraded (journal: does not');
    expect(code).toBe(1);
  });

  it('does not accept that the same event is accepted twice', async () => {
    const { code, output } = await smokeFake({ events: ['accepted', 'accepted'] });
    expect(output).toContain('202, but the event is accepted instead of duplicate');
    expect(code).toBe(1);
  });

  it('names status and reason of a delivery that failed', async () => {
    const delivery = { status: 'dead_lettered', reason: 'attempts_exhausted', message: 'no answer' };
    const { code, output } = await smokeFake({ delivery });
    expect(output).toContain('the delivery is dead_lettered (attempts_exhausted: no answer)');
    expect(code).toBe(1);
  });

  it('does not accept a delivery that took two attempts', async () => {
    const { code, output } = await smokeFake({ delivery: { attemptCount: 2 } });
    expect(output).toContain('the delivery took 2 attempts instead of one');
    expect(code).toBe(1);
  });

  it('says that nobody answers', async () => {
    const keys = ['--secret', 'whsec_c21va2U=', '--admin-key', 'hf_x'];
    const { code, output } = await smoke(['--url', `http://${host}:1`, ...keys]);
    expect(output).toMatch(/^FAILED {2}GET \/healthz answers: no answer: /);
    expect(code).toBe(1);
  });

  it('asks for the keys of a relay elsewhere and sends it none of this machine', async () => {
    const { code, output } = await smoke(['--url', 'https://relay.invalid']);
    expect(output).toContain('is not known: give it with --secret or in SMOKE_WEBHOOK_SECRET');
    expect(code).toBe(1);
  });
});
