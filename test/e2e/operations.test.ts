// Direct operations, jobs and batches on the real runtime with the sandbox ERP. What happened is read from the ERP's
// documents, never from the absence of an error.

import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

let relay: LocalRelay;
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-operations-'));

/** What the receiver of notices was sent; it answers 503 to the first. */
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  received.push({ headers: request.headers, body });
  response.writeHead(received.length === 1 ? 503 : 204).end();
});
const callbackSecret = `whsec_${Buffer.from('e2e-callback-secret-0123456789').toString('base64')}`;
let receiverUrl = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const variables = { CALLBACK_ORIGINS: receiverUrl, CALLBACK_SECRET: callbackSecret };
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0, variables });
}, 60_000);
afterAll(async () => {
  receiver.close();
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});
beforeEach(() => createErpClient(relay.erpUrl).reset());

// biome-ignore lint/suspicious/noExplicitAny: answers and documents of many shapes
type Json = any;

type Asked = { readonly key: string; readonly body: unknown; readonly prefer?: string };

async function run(operation: string, { key, body, prefer }: Asked) {
  const response = await fetch(`${relay.url}/operations/${operation}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${relay.adminKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(prefer === undefined ? {} : { prefer }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

async function jobAt(location: string | null, isWanted: (job: Json) => boolean): Promise<Json> {
  const { admin } = createRelayClient(relay);
  return until(
    'the job',
    async () => {
      const { body } = await admin('GET', location ?? '');
      return isWanted(body) ? (body as Json) : null;
    },
    20_000,
  );
}

const stateOf = async (): Promise<Json> => createErpClient(relay.erpUrl).state();

describe('200 concurrent requests with one key', () => {
  it('are one document, and every one is told of it', async () => {
    const asked = { key: 'count-of-today', body: { input: { sku: 'SKU-1', quantity: 7 } } };
    const answers = await Promise.all(Array.from({ length: 200 }, () => run('stock.set', asked)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 409].includes(status))).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await stateOf()).adjustments).toHaveLength(1);
    const after = await Promise.all(Array.from({ length: 20 }, () => run('stock.set', asked)));
    expect(new Set(after.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    const other = await run('stock.set', { ...asked, body: { input: { sku: 'SKU-1', quantity: 8 } } });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect((await stateOf()).adjustments).toMatchObject([{ sku: 'SKU-1', onHand: 7 }]);
  }, 60_000);
});

describe('an operation the ERP finishes later', () => {
  it('turns into a job after the wait and ends with the document', async () => {
    await createErpClient(relay.erpUrl).setFaults({
      async: { routes: ['PUT /api/stock/:sku'], afterMs: 1_500 },
    });
    const asked = { key: 'async-1', body: { input: { sku: 'SKU-2', quantity: 9 } }, prefer: 'wait=1' };
    const taken = await run('stock.set', asked);
    expect([taken.status, taken.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    const location = taken.headers.get('location');
    expect(await jobAt(location, ({ status }) => status === 'running')).toMatchObject({ problem: null });
    expect(await run('stock.set', asked)).toMatchObject({ status: 409 });
    const job = await jobAt(location, ({ status }) => status === 'succeeded');
    expect(job.result.document).toMatchObject({ sku: 'SKU-2', onHand: 9 });
    expect((await stateOf()).adjustments).toHaveLength(1);
    expect(await run('stock.set', asked)).toMatchObject({ status: 200, body: { id: job.id } });
  }, 60_000);
});

describe('a callback', () => {
  it('is signed, sent again after a failure under the same id, and tells what came of the job', async () => {
    const callbackUrl = `${receiverUrl}/done?of=stock`;
    const body = { input: { sku: 'SKU-3', quantity: 5 }, callbackUrl };
    expect((await run('stock.set', { key: 'told-1', body })).status).toBe(200);
    await until('the second notice', async () => (received.length >= 2 ? true : null), 30_000);
    const [first, second] = received;
    if (first === undefined || second === undefined) throw new Error('no notices');
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = second.headers;
    const key = Buffer.from(callbackSecret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${at}.${second.body}`).digest('base64');
    expect(signature).toBe(`v1,${expected}`);
    expect(JSON.parse(second.body)).toMatchObject({
      type: 'job.succeeded',
      data: { operation: 'stock.set', status: 'succeeded', document: { onHand: 5 }, problem: null },
    });
  }, 60_000);
});

const records = Array.from({ length: 100 }, (_, index) => ({ sku: `B-${index + 1}`, quantity: index + 1 }));
const bad = ['B-7', 'B-50', 'B-99'];

describe('a batch of 100 records of which 3 are bad', () => {
  it('does 97 under partial, names the 3, and completes them by replays with edited input', async () => {
    await createErpClient(relay.erpUrl).setFaults({ invalidSkus: ['B-7', 'B-50'] });
    const sent = records.map((record) => (record.sku === 'B-99' ? { ...record, quantity: -1 } : record));
    const batch = { input: { batchId: 'count-1', records: sent }, batch: 'partial' };
    const answer = await run('stock.set_many', { key: 'batch-1', body: batch });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        result: {
          how: 'partial',
          document: { recordCount: 100, doneCount: 97, failedCount: 3, failedRecords: bad },
        },
      },
    });
    expect((await stateOf()).adjustments).toHaveLength(97);
    const failed: Json[] = answer.body.result.failedRecords;
    expect(failed.map(({ recordId, status }) => [recordId, status]).sort()).toEqual(
      bad.map((recordId) => [recordId, 'dead_lettered']).sort(),
    );

    await createErpClient(relay.erpUrl).setFaults({});
    const client = createRelayClient(relay);
    for (const { deliveryId, recordId } of failed) {
      const edit = { input: { sku: recordId, quantity: 1 }, reason: 'counted again' };
      const replay = await client.admin('POST', `/admin/deliveries/${deliveryId}/replay`, edit);
      expect(replay).toMatchObject({ status: 202 });
    }
    await untilQuiet(client, 20_000);
    const state = await stateOf();
    expect(state.adjustments).toHaveLength(100);
    expect(state.doubled).toEqual([]);
    for (const sku of bad) {
      const [adjustment] = state.adjustments.filter((each: Json) => each.sku === sku);
      expect(adjustment).toMatchObject({
        onHand: 1,
        relayKey: `stock.set_many/count-1/erp/stock.set_many/count-1/${sku}`,
      });
    }
    const again = await run('stock.set_many', { key: 'batch-1', body: batch });
    expect(again.body.result.failedRecords.map(({ status }: Json) => status)).toEqual(
      bad.map(() => 'resolved'),
    );
  }, 60_000);

  it('does nothing under all_or_nothing, names record and field, and is done whole by a replay', async () => {
    await createErpClient(relay.erpUrl).setFaults({ invalidSkus: bad });
    const batch = { input: { batchId: 'count-2', records }, batch: 'all_or_nothing' };
    const answer = await run('stock.set_many', { key: 'batch-2', body: batch });
    expect(answer).toMatchObject({ status: 422, body: { code: 'operation_rejected' } });
    expect((await stateOf()).adjustments).toEqual([]);
    const client = createRelayClient(relay);
    const location = answer.headers.get('content-location') ?? '';
    const { deliveryId } = (await client.admin('GET', location)).body as Json;
    const shown = (await client.admin('GET', `/admin/deliveries/${deliveryId}`)).body as Json;
    expect(shown.attempts.at(-1).outcome.fieldErrors[0].field).toMatch(/^records\[6\]/);

    await createErpClient(relay.erpUrl).setFaults({});
    await client.admin('POST', `/admin/deliveries/${deliveryId}/replay`, {
      reason: 'the SKUs are known now',
    });
    await untilQuiet(client, 20_000);
    expect((await stateOf()).adjustments).toHaveLength(100);
    expect(await run('stock.set_many', { key: 'batch-2', body: batch })).toMatchObject({
      status: 200,
      body: { result: { document: { doneCount: 100, failedCount: 0 } } },
    });
  }, 60_000);

  it('does each record once where the answer is lost after the commit', async () => {
    await createErpClient(relay.erpUrl).setFaults({ lostAnswerRate: 1, only: ['POST /api/batch'] });
    const batch = { input: { batchId: 'count-3', records }, batch: 'partial' };
    const taken = await run('stock.set_many', { key: 'batch-3', body: batch, prefer: 'respond-async' });
    expect(taken.status).toBe(202);
    const job = await jobAt(taken.headers.get('location'), ({ status }) => status === 'succeeded');
    expect(job.result.document).toMatchObject({ doneCount: 100, failedCount: 0 });
    const state = await stateOf();
    expect([state.adjustments.length, state.doubled]).toEqual([100, []]);
  }, 60_000);
});
