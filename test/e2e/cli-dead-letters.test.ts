// What an operator does with dead letters by `holdfast`, the real binary against a whole relay: watch them come, take them out, mend them
// in a file, and send them back.

import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RelayClient, until } from '../../scripts/lib/relay-client.ts';
import { host } from '../../scripts/local/ports.ts';
import { type Ended, holdfast, type Running, startHoldfast } from '../support/run-holdfast.ts';
import { type OperatedRelay, operateRelay, patienceMs, why } from './support/operated-relay.ts';

let operated: OperatedRelay;
let client: RelayClient;
let directory = '';

const env = () => operated.env;
const run = (...args: string[]): Promise<Ended> => operated.run(...args);
const json = (...args: string[]) => operated.json(...args);
const placeOrder = (id: number) => operated.placeOrder(id);
const untilCount = (query: string, count: number) => operated.untilCount(query, count);

/** Orders whose operation the source is not granted; afterwards it is, and nothing stands in the way of a replay. */
async function makeDeadLetters(firstId: number, count: number): Promise<void> {
  await json('sources', 'grants', 'shopify', '--nothing', ...why);
  // Other isolates see a changed grant within three seconds.
  await until(
    'the grant to be seen',
    async () => {
      await placeOrder(firstId);
      const dead = await client.deliveries(`status=dead_lettered&eventId=create-${firstId}`);
      return dead.length > 0 ? true : null;
    },
    patienceMs,
  );
  for (let id = firstId + 1; id < firstId + count; id += 1) await placeOrder(id);
  await untilCount('status=dead_lettered', count);
  await json('sources', 'grants', 'shopify', '--routes', ...why);
}

beforeAll(async () => {
  operated = await operateRelay();
  ({ client, directory } = operated);
}, 90_000);

afterAll(() => operated?.end());

async function untilHeard({ stderr, child }: Running): Promise<void> {
  await vi.waitUntil(() => stderr().includes('Listening since') || child.exitCode !== null, {
    timeout: patienceMs,
    interval: 50,
  });
}

describe('holdfast deliveries tail', () => {
  it('prints deliveries as they change, in the shape of the API', async () => {
    const tail = startHoldfast(['deliveries', 'tail', '--status', 'succeeded', '--count', '2', '--json'], {
      env: env(),
    });
    await untilHeard(tail);
    await placeOrder(3001);
    await placeOrder(3002);
    const { code, stdout } = await tail.ended;
    expect(code).toBe(0);
    const items = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(items.map(({ eventId }) => eventId).sort()).toEqual(['create-3001', 'create-3002']);
    expect(items[0]).toMatchObject({ status: 'succeeded', source: 'shopify', operation: 'sale.confirm' });
  });

  it('ends with a reason where the key may not listen, or a filter is none', async () => {
    const args = ['deliveries', 'tail', '--count', '1'];
    const wrong = await holdfast(args, { env: { ...env(), HOLDFAST_KEY: 'hf_wrong' } });
    expect(wrong).toMatchObject({ code: 4 });
    expect(await run(...args, '--status', 'lost')).toMatchObject({ code: 7 });
    expect(await run(...args, '--from', '2h')).toMatchObject({ code: 2 });
  });
});

describe('holdfast listen', () => {
  it('POSTs each event once, as it came, to a program on this machine', async () => {
    const got: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += String(part)));
      request.on('end', () => {
        got.push({ headers: request.headers, body });
        response.writeHead(got.length === 1 ? 204 : 500).end();
      });
    }).listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const to = `http://${host}:${port}/webhooks`;
    const listening = startHoldfast(['listen', to, '--source', 'shopify', '--count', '2', '--json'], {
      env: env(),
    });
    await untilHeard(listening);
    await placeOrder(3101);
    await placeOrder(3102);
    const { code, stdout } = await listening.ended;
    server.close();
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).status),
    ).toEqual([204, 500]);
    expect(got.map(({ body }) => JSON.parse(body).id).sort()).toEqual([3101, 3102]);
    expect(got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'holdfast-source': 'shopify',
      'x-shopify-topic': 'orders/create',
    });
    expect(got[0]?.headers).not.toHaveProperty('x-shopify-hmac-sha256');
  });

  it('sends nothing to another machine, and needs a key that sees payloads', async () => {
    expect(await run('listen', 'https://example.com/webhooks')).toMatchObject({ code: 2 });
    const { key } = await json('credentials', 'create', 'watcher', '--preset', 'viewer', ...why);
    const listening = startHoldfast(['listen', `http://${host}:1/`], {
      env: { ...env(), HOLDFAST_KEY: key },
    });
    await untilHeard(listening);
    await placeOrder(3201);
    const { code, stderr } = await listening.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('payloads:read');
  });
});

describe('holdfast export and import', () => {
  it('take dead letters out, and send them back mended', async () => {
    await makeDeadLetters(4001, 3);
    const file = join(directory, 'dead.jsonl');
    expect(await run('export', '--out', file)).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ eventId }) => eventId)).toEqual(['create-4001', 'create-4002', 'create-4003']);
    expect(lines[0]).toMatchObject({ code: 'not_granted', input: { orderId: '4001' } });

    const write = (edited: readonly object[]) =>
      writeFileSync(file, edited.map((line) => JSON.stringify(line)).join('\n'));
    const [first, second, third] = lines;
    const renamed = {
      ...second,
      input: { ...second.input, customer: { ...second.input.customer, name: 'Ada Lovelace' } },
    };
    const broken = { ...third, input: { ...third.input, lines: [] } };
    const unknown = { deliveryId: 'dlv_0_zzz' };
    write([first, renamed, broken, unknown]);
    const refused = await run('import', file, ...why);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/4 lines: 1 edited, 2 that cannot be replayed/);
    expect(refused.stdout).toMatch(/invalid_input: .*lines/);
    await untilCount('status=dead_lettered', 3);

    write([first, renamed, third]);
    expect(await json('import', file, '--dry-run')).toMatchObject({ planned: [{}, { input: {} }, {}] });
    const done = await json('import', file, ...why);
    expect(done).toMatchObject({ refused: [] });
    expect(done.replayed).toHaveLength(3);
    await untilCount('status=dead_lettered', 0);
    const { editedInput } = await json('deliveries', 'show', done.replayed[1].deliveryId);
    expect(editedInput).toMatchObject({ customer: { name: 'Ada Lovelace' } });
    expect((await run('import', '-', ...why)).code).toBe(2);
  }, 120_000);
});

describe('holdfast replays', () => {
  it('clears forty dead letters of one cause, well within two minutes', async () => {
    await makeDeadLetters(5001, 40);
    const startedAt = Date.now();
    const { issues } = await json('issues', 'list');
    const [issue] = issues.filter(({ code }: { code: string }) => code === 'not_granted');
    expect(issue).toMatchObject({ openCount: 40, operation: 'sale.confirm' });
    expect((await run('replays', 'plan', '--issue', issue.id)).stdout).toMatch(/^40 match/);
    const args = ['replays', 'start', '--issue', issue.id, '--rate', '50', '--wait'];
    expect(await run(...args)).toMatchObject({ code: 2 });
    const ended = await run(...args, '--reason', 'granted again', '--yes');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/done +40 of 40/) });
    await untilCount('status=dead_lettered', 0);
    expect(Date.now() - startedAt).toBeLessThan(120_000);
    expect(await json('issues', 'show', issue.id)).toMatchObject({ openCount: 0 });
    expect(await json('replays', 'start', '--issue', issue.id, ...why)).toMatchObject({ count: 0 });
  }, 180_000);

  it('stops a job, and closes what is left as dropped', async () => {
    await makeDeadLetters(6001, 6);
    const started = await json('replays', 'start', '--cause', 'not_granted', '--rate', '1', ...why);
    expect(started).toMatchObject({ act: 'replay', status: 'running', reason: 'a test' });
    const cancelled = await json('replays', 'cancel', started.id, '--reason', 'the ERP is slow', '--yes');
    expect(cancelled).toMatchObject({ cancelled: { note: 'the ERP is slow' } });
    const watched = await run('replays', 'show', started.id, '--wait');
    expect(watched).toMatchObject({ code: 1, stdout: expect.stringContaining('the ERP is slow') });
    expect((await json('replays', 'list')).replays[0]).toMatchObject({ id: started.id, status: 'cancelled' });
    expect(await run('replays', 'cancel', started.id, ...why)).toMatchObject({ code: 6 });
    const closing = [
      'replays',
      'start',
      '--cause',
      'not_granted',
      '--act',
      'resolve',
      '--as',
      'dropped',
      '--wait',
    ];
    expect(await run(...closing, ...why)).toMatchObject({ code: 0 });
    await untilCount('status=dead_lettered', 0);
    expect(await run('replays', 'show', 'bulk_0')).toMatchObject({ code: 5 });
    expect(await run('replays', 'start', '--rate', 'fast', ...why)).toMatchObject({ code: 2 });
  }, 180_000);
});
