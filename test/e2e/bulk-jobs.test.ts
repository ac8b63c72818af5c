// Bulk jobs on a whole relay: forty dead letters of one cause, replayed at a rate, seen to rise, over a restart of the runtime,
// cancelled in the middle, and by a credential that sees a part.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BulkJob,
  createErpClient,
  createRelayClient,
  type RelayAddress,
  type RelayClient,
  until,
  untilQuiet,
} from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const count = 40;
let stateDir: string;
let relay: LocalRelay;
let client: RelayClient;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-bulk-'));
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
  client = createRelayClient(relay);
});

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Sets the stock of a SKU; it is worked on later. */
function setStock(sku: string, quantity: number): Promise<Response> {
  return fetch(`${relay.url}/operations/stock.set`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${relay.adminKey}`,
      'content-type': 'application/json',
      'idempotency-key': sku,
      prefer: 'respond-async',
    },
    body: JSON.stringify({ input: { sku, quantity } }),
  });
}

/** Counts of stock, each of its own SKU, that the ERP refuses at first. */
async function makeDeadLetters(prefix: string): Promise<void> {
  await createErpClient(relay.erpUrl).setFaults({
    invalidSkus: Array.from({ length: count }, (_, number) => `${prefix}-${number}`),
  });
  const answers = await Promise.all(
    Array.from({ length: count }, (_, number) => setStock(`${prefix}-${number}`, number)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const areDead = async () =>
    (await client.deliveries('status=dead_lettered')).length === count ? true : null;
  await until('forty dead letters', areDead, 40_000);
  await createErpClient(relay.erpUrl).setFaults({});
}

const filter = { target: 'erp', operation: 'stock.set' };
const reason = 'the goods are known now';

async function start(body: object, as: RelayAddress = relay): Promise<BulkJob> {
  const { status, body: job } = await createRelayClient(as).admin('POST', '/admin/replays', {
    ...{ filter, reason },
    ...body,
  });
  expect([status, job]).toEqual([202, expect.objectContaining({ status: 'running' })]);
  return job as BulkJob;
}

async function show(id: string): Promise<BulkJob> {
  return (await client.admin('GET', `/admin/replays/${id}`)).body as BulkJob;
}

async function untilJob(id: string, isSo: (job: BulkJob) => boolean): Promise<BulkJob> {
  const look = async () => {
    const job = await show(id);
    return isSo(job) ? job : null;
  };
  return until(`${id} to be so`, look, 40_000);
}

const hasEnded = ({ status }: BulkJob): boolean => status !== 'running';

describe('deliveries that wait for a paused target', () => {
  it('are held or cancelled by a person, and neither is tried before it is released', async () => {
    const note = 'the warehouse counts again';
    const act = (path: string) => client.admin('POST', path, { note });
    expect((await act('/admin/targets/erp/pause')).status).toBe(200);
    for (const sku of ['HELD', 'CANCELLED', 'FREE']) expect((await setStock(sku, 1)).status).toBe(202);
    const find = async (sku: string) => {
      const [found] = await client.deliveries(`orderingKey=product/${sku}`);
      return found ?? null;
    };
    const [held, cancelled] = await Promise.all(
      ['HELD', 'CANCELLED'].map((sku) => until(sku, () => find(sku), 10_000)),
    );
    const hold = await act(`/admin/deliveries/${held?.id}/hold`);
    expect(hold).toMatchObject({ status: 200, body: { status: 'held' } });
    const cancel = await act(`/admin/deliveries/${cancelled?.id}/cancel`);
    expect(cancel).toMatchObject({ status: 200, body: { status: 'skipped' } });
    expect((await act('/admin/targets/erp/resume')).status).toBe(200);
    const isDone = (sku: string) => async () => ((await find(sku))?.status === 'succeeded' ? true : null);
    await until('the free one to be done', isDone('FREE'), 20_000);
    expect(await find('HELD')).toMatchObject({ status: 'held', reason: 'by_operator', attemptCount: 0 });
    expect(await find('CANCELLED')).toMatchObject({
      status: 'skipped',
      reason: 'cancelled',
      attemptCount: 0,
    });
    expect((await act(`/admin/deliveries/${held?.id}/release`)).status).toBe(200);
    await until('the held one to be done', isDone('HELD'), 20_000);
  }, 90_000);
});

describe('a bulk job over forty dead letters of one cause', () => {
  it('replays them at its rate, seen to rise, goes on in a restarted runtime, and does none twice', async () => {
    await makeDeadLetters('GOODS');
    const plan = await client.admin('POST', '/admin/replays/plan', { filter });
    expect(plan).toMatchObject({ status: 200, body: { count, groups: [{ operation: 'stock.set', count }] } });

    const startedAt = Date.now();
    const { id } = await start({ ratePerSecond: 8 });
    const first = await untilJob(id, ({ done }) => done > 0);
    const second = await untilJob(id, ({ done }) => done > first.done);
    expect(second).toMatchObject({ status: 'running', total: count, estimatedEndAt: expect.any(String) });
    await relay.stop();
    relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0, secrets: relay.secrets });
    client = createRelayClient(relay);
    expect((await show(id)).done).toBeGreaterThanOrEqual(second.done);
    const ended = await untilJob(id, hasEnded);
    expect(ended).toMatchObject({ status: 'succeeded', total: count, done: count, refused: 0 });
    // Five steps of eight: four beats between the first and the last at least.
    expect(Date.now() - startedAt).toBeGreaterThan(4_000);

    await untilQuiet(client, 40_000);
    expect(await client.deliveries('status=dead_lettered')).toEqual([]);
    expect(await client.deliveries('status=resolved&operation=stock.set')).toHaveLength(count);
    const { acts } = (await client.admin('GET', '/admin/audit?action=replayed&limit=200')).body as {
      acts: readonly { deliveryId: string }[];
    };
    expect(new Set(acts.map(({ deliveryId }) => deliveryId)).size).toBe(count);
    expect(acts).toHaveLength(count);
  }, 180_000);

  it('is cancelled in the middle: the rest is as it was', async () => {
    await makeDeadLetters('WARES');
    const { id } = await start({ ratePerSecond: 5 });
    await untilJob(id, ({ done }) => done >= 5);
    const { status, body } = await client.admin('POST', `/admin/replays/${id}/cancel`, { note: 'too fast' });
    const job = body as BulkJob;
    expect([status, job.status]).toEqual([200, 'cancelled']);
    expect(job.done).toBeLessThan(count);
    await untilQuiet(client, 40_000);
    expect(await client.deliveries('status=dead_lettered')).toHaveLength(count - job.done);
    expect(await show(id)).toMatchObject({ status: 'cancelled', done: job.done });
    const again = await client.admin('POST', `/admin/replays/${id}/cancel`, { note: 'again' });
    expect(again).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    const { acts } = (await client.admin('GET', '/admin/audit?action=bulk_cancelled')).body as {
      acts: readonly unknown[];
    };
    expect(acts).toMatchObject([{ reason: 'too fast', before: 'running' }]);
  }, 120_000);

  it('by a credential that sees a part takes that part, and ends when the credential is revoked', async () => {
    const make = async (body: object) => {
      const made = await client.admin('POST', '/admin/credentials', {
        name: 'a part',
        reason: 'a test',
        ...body,
      });
      expect(made.status).toBe(201);
      return made.body as { readonly key: string; readonly credential: { readonly id: string } };
    };
    const grants = [{ operation: 'price.set', target: 'erp' }];
    const admin = await make({ preset: 'admin' });
    client = createRelayClient({ ...relay, adminKey: admin.key });
    const blind = await make({ preset: 'integration', grants });
    const nothing = await start({ filter: {} }, { ...relay, adminKey: blind.key });
    const dead = (await client.deliveries('status=dead_lettered')).length;
    expect(dead).toBeGreaterThan(10);
    expect(await untilJob(nothing.id, hasEnded)).toMatchObject({ status: 'succeeded', total: 0, done: 0 });

    const some = await make({
      scopes: ['deliveries:replay'],
      grants: [{ operation: 'stock.set', target: 'erp' }],
    });
    const { id } = await start({ ratePerSecond: 1 }, { ...relay, adminKey: some.key });
    // Neither sees the other's.
    const theirs = await createRelayClient({ ...relay, adminKey: blind.key }).admin(
      'GET',
      `/admin/replays/${id}`,
    );
    expect(theirs.status).toBe(404);
    await untilJob(id, ({ done }) => done >= 1);
    const revoke = `/admin/credentials/${some.credential.id}/revoke`;
    expect((await client.admin('POST', revoke, { reason: 'a test' })).status).toBe(200);
    const ended = await untilJob(id, hasEnded);
    expect(ended).toMatchObject({ status: 'cancelled', problem: { code: 'credential_not_active' } });
    // Within three seconds, and one that may have been under way.
    expect(ended.done).toBeLessThanOrEqual(6);
    expect((await client.deliveries('status=dead_lettered')).length).toBeGreaterThanOrEqual(
      dead - ended.done,
    );
  }, 120_000);
});
