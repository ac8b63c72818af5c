// The last released build, the present one and the released one again over the same live state: an upgrade and a rollback
// with everything under way. Whatever one build began the other ends, once; what both know is known to both.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkOrders, type OrderEvent, postAll, shopEvents, shuffled } from '../../scripts/lib/order-run.ts';
import {
  createErpClient,
  createRelayClient,
  type RelayClient,
  type SourceId,
  until,
  untilQuiet,
} from '../../scripts/lib/relay-client.ts';
import { repository } from '../../scripts/local/command.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type FrozenBuild, readFrozenBuild } from '../../scripts/local/frozen-build.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { arrivals, intakeSecrets, signedArrivals, signedNotice } from '../support/batch-senders.ts';
import { withPlantedBug } from '../support/broken-build.ts';

const released = readFrozenBuild(join(repository, 'test/fixtures/builds'));
const integrations = join(import.meta.dirname, '../support/upgrade-integrations.ts');
const secrets = createSecrets();

/** How long the ERP works on a payment, ms: longer than a build takes to start, so that its job outlives the change. */
const jobMs = 12_000;
const arrivalsPerBuild = 60;
const ordersInAll = 60;

let api: Server;
let apiIsAway = true;
/** What the present build told of its traces: the released one tells nothing, and keeps what it does not know. */
let exportCount = 0;
let running: LocalRelay | null = null;
let stateDir = '';

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-upgrade-'));
  apiIsAway = true;
  exportCount = 0;
});

afterEach(async () => {
  await running?.stop();
  running = null;
  rmSync(stateDir, { recursive: true, force: true });
});

beforeAll(async () => {
  api = createServer((request, response) => {
    if (request.url === '/v1/traces') {
      exportCount += 1;
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const id = request.url?.split('/').at(-1) ?? '';
    response.writeHead(apiIsAway ? 503 : 200, { 'content-type': 'application/json' });
    response.end(apiIsAway ? '' : JSON.stringify({ id, total: '10.00', customer: 'ada' }));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => api.close(resolve));
});

/** A deploy: all memory is gone, and the other build finds what is stored. */
async function deploy(build: FrozenBuild | 'present'): Promise<LocalRelay> {
  await running?.stop();
  const { port } = api.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const traces = { OTLP_ENDPOINT: url, OTLP_NETWORK: 'private' };
  const variables = { ...intakeSecrets, ...traces, THIN_API_URL: url };
  running = await startLocalRelay({
    ...{ stateDir, secrets, integrations, variables, scheduleEveryMs: 0 },
    ...(build === 'present' ? {} : { build }),
  });
  return running;
}

type Sent = {
  readonly source: SourceId;
  readonly topic: string;
  readonly id: string;
  readonly payload: unknown;
};

/** Refused by the ERP while its SKU is: a dead letter. */
const badReceipt = (n: number): Sent => ({
  ...{ source: 'warehouse', topic: 'receipt.completed', id: `bad-receipt-${n}` },
  payload: {
    receipt_id: `bad-${n}`,
    purchase_order: null,
    warehouse: 'MAIN',
    lines: [{ sku: `BAD-${n}`, quantity: 1 }],
  },
});

/** Answered in another form while a field is renamed: held. */
const count = (n: number): Sent => ({
  ...{ source: 'warehouse', topic: 'stock.counted', id: `count-${n}` },
  payload: {
    ...{ sku: `COUNT-${n}`, warehouse: 'MAIN', on_hand: 3, sequence: n },
    counted_at: new Date(1_772_366_400_000 + n).toISOString(),
  },
});

async function send(client: RelayClient, { source, ...signing }: Sent): Promise<void> {
  expect((await client.send(source, { ...signing, now: Date.now() })).status).toBe(202);
}

const faultsOf = (n: number) => ({
  ...{ errorRate: 0.15, lostAnswerRate: 0.05, idempotency: false, seed: n },
  invalidSkus: [`BAD-${n}`],
  renamedField: { onHand: 'on_hand' },
  async: { routes: ['POST /api/payments'], afterMs: jobMs },
});

/** Everything a build can have under way, and everything an earlier one had, sent again. */
async function work(
  relay: LocalRelay,
  n: number,
  orders: { readonly known: readonly OrderEvent[]; readonly fresh: readonly OrderEvent[] },
): Promise<void> {
  const client = createRelayClient(relay);
  await createErpClient(relay.erpUrl).setFaults(faultsOf(n));
  const again = await postAll(client, orders.known, { concurrency: 8 });
  const taken = again.filter(({ status, duplicate }) => status !== 202 || !duplicate);
  expect(taken, 'what is known is a duplicate').toEqual([]);
  const posted = await postAll(client, orders.fresh, { concurrency: 8 });
  expect(posted.filter(({ status }) => status !== 202)).toEqual([]);
  for (let earlier = 1; earlier <= n; earlier += 1) {
    await send(client, badReceipt(earlier));
    await send(client, count(earlier));
    const notice = signedNotice({ notice: `n-${earlier}`, order_id: `thin-${earlier}`, revision: 1 });
    expect((await client.post('thin-shop', notice)).status).toBe(202);
    const items = arrivals(arrivalsPerBuild, earlier * 1_000);
    expect((await client.post('dock', signedArrivals(items))).status).toBe(202);
  }
}

/** Until the build leaves one of each behind. */
async function untilAllIsUnderWay(client: RelayClient, n: number): Promise<void> {
  const there = async (query: string): Promise<boolean> => (await client.deliveries(query)).length >= n;
  await until(
    'a dead letter, a held delivery and a running job',
    async () => {
      const isDead = await there('status=dead_lettered&operation=stock.receive');
      const isHeld = await there('status=held&operation=stock.set');
      const isRunning = (await client.deliveries('status=running')).length > 0;
      return isDead && isHeld && isRunning ? true : null;
    },
    60_000,
  );
}

/** A person mends what stopped, with the build that runs now. */
async function mend(relay: LocalRelay): Promise<void> {
  const client = createRelayClient(relay);
  apiIsAway = false;
  await createErpClient(relay.erpUrl).setFaults({ idempotency: false });
  const note = 'the answers have their shape again';
  const release = { operation: 'stock.set', note };
  expect((await client.admin('POST', '/admin/targets/erp/release', release)).body).toMatchObject({
    refused: [],
    hasMore: false,
  });
  await untilQuiet(client, 180_000);
  const replays = { filter: { status: ['dead_lettered'] }, reason: 'the ERP is well again' };
  expect((await client.admin('POST', '/admin/replays', replays)).status).toBe(202);
  // A build may replay them before it answers, or as a job.
  const noneIsDead = async () =>
    (await client.deliveries('status=dead_lettered')).length === 0 ? true : null;
  await until('no dead letter is left', noneIsDead, 60_000);
  await untilQuiet(client, 60_000);
}

const refusedAttempt = expect.objectContaining({
  outcome: expect.objectContaining({ kind: 'rejected', reason: 'invalid_record' }),
});

type ErpState = {
  readonly receipts: readonly { readonly receiptId: string }[];
  readonly adjustments: readonly { readonly sku: string }[];
  readonly orders: readonly { readonly orderId: string }[];
  readonly doubled: readonly unknown[];
  readonly doubledReferences: readonly unknown[];
};

/** The build, the present one and the build again. Fails where anything is lost, done twice or forgotten. */
async function upgradeAndBack(build: FrozenBuild): Promise<void> {
  const events = shuffled(shopEvents({ orders: ordersInAll, now: Date.now() }), { twice: 0.1, seed: 5 });
  const third = Math.floor(events.length / 3);
  const first = await deploy(build);
  await work(first, 1, { known: [], fresh: events.slice(0, third) });
  await untilAllIsUnderWay(createRelayClient(first), 1);

  const second = await deploy('present');
  await work(second, 2, { known: events.slice(0, third), fresh: events.slice(third, 2 * third) });
  const upgraded = createRelayClient(second);
  await untilAllIsUnderWay(upgraded, 2);
  // A dead letter of the released build is shown whole, and replayed, by the present one.
  const bad = await upgraded.deliveries('status=dead_lettered&operation=stock.receive');
  const left = bad.find(({ event }) => event.eventId === 'bad-receipt-1');
  const shown = await upgraded.admin('GET', `/admin/deliveries/${left?.id}`);
  expect(shown).toMatchObject({ status: 200, body: { attempts: expect.arrayContaining([refusedAttempt]) } });
  const replay = await upgraded.admin('POST', `/admin/deliveries/${left?.id}/replay`, {
    reason: 'known now',
  });
  expect(replay.status).toBe(202);

  // Spans are gathered and told after the answers, within a second or so.
  await until('a trace was told', async () => (exportCount > 0 ? true : null), 60_000);
  const last = await deploy(build);
  await work(last, 3, { known: events.slice(0, 2 * third), fresh: events.slice(2 * third) });
  await mend(last);

  const client = createRelayClient(last);
  expect(await client.deliveries('status=dead_lettered,held,running,scheduled,pending')).toEqual([]);
  const erp = await createErpClient(last.erpUrl).state();
  expect(checkOrders(erp, [...new Map(events.map((event) => [event.key, event])).values()])).toEqual([]);
  const { receipts, adjustments, orders, doubled, doubledReferences } = erp as unknown as ErpState;
  const builds = [1, 2, 3];
  const receiptIds = builds.flatMap((n) => [
    `bad-${n}`,
    ...arrivals(arrivalsPerBuild, n * 1_000).map(({ receipt }) => receipt),
  ]);
  expect(receipts.map(({ receiptId }) => receiptId).sort()).toEqual(receiptIds.sort());
  expect(adjustments.map(({ sku }) => sku).sort()).toEqual(builds.map((n) => `COUNT-${n}`));
  const thin = orders.map(({ orderId }) => orderId).filter((id) => id.startsWith('thin-'));
  expect(thin.sort()).toEqual(builds.map((n) => `thin-${n}`));
  expect([doubled, doubledReferences]).toEqual([[], []]);
}

it(
  `an upgrade from ${released.version} and the rollback lose and double nothing`,
  () => upgradeAndBack(released),
  420_000,
);

it('a build that does not read what another one settled is found out', async () => {
  const settledRows = 'SELECT record FROM settled WHERE ordering_key = ?';
  const forgetful = withPlantedBug(released, { from: settledRows, to: `${settledRows} AND 1 = 0` });
  // What is known is posted again after the rollback, and taken for new.
  await expect(upgradeAndBack(forgetful)).rejects.toThrow('what is known is a duplicate');
}, 420_000);
