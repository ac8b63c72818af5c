// What a sender never sent is found in its own list and done once; what came is not done again. On the real runtime, with
// a shop's API beside it. What happened is read from the ERP's documents.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOrders, postAll, shopEvents } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { listedSecrets } from '../support/listed-shop.ts';

const orders = 250;
const now = Date.now() - 10 * 60_000;
/** Placed and paid, as the shop says: 500 webhooks. */
const events = shopEvents({ orders, now }).filter(({ source }) => source === 'shopify');
const withheld = new Set(events.filter((_, index) => [3, 201, 402].includes(index)).map(({ key }) => key));

type Order = { readonly id: number; readonly updated_at: string };
const listed = events
  .filter(({ topic }) => topic === 'orders/paid')
  .map(({ payload }) => ({ ...(payload as Order), financial_status: 'paid' }));
/** All that the routes take, but one that Shopify has deleted. */
const webhooks = ['orders/create', 'orders/paid', 'refunds/create', 'customers/create', 'customers/update'];
const tokens = new Set<unknown>();
let address = '';

/** As Shopify answers: by id, from since_id on. */
const api = createServer((request, response) => {
  tokens.add(request.headers['x-shopify-access-token']);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  const within = listed
    .filter(({ id, updated_at: at }) => {
      const isAfter = id > Number(searchParams.get('since_id'));
      const time = Date.parse(at);
      return (
        isAfter &&
        time >= Date.parse(searchParams.get('updated_at_min') ?? '') &&
        time <= Date.parse(searchParams.get('updated_at_max') ?? '')
      );
    })
    .toSorted((a, b) => a.id - b.id)
    .slice(0, Number(searchParams.get('limit')));
  const body =
    pathname === '/orders.json'
      ? { orders: within }
      : { webhooks: webhooks.map((topic) => ({ topic, address: `${address}/hooks/shopify` })) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-reconciliation-'));
let relay: LocalRelay;

beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const { port } = api.address() as AddressInfo;
  const integrations = join(import.meta.dirname, '../support/listed-shop.ts');
  const variables = { ...listedSecrets, LISTED_API_URL: `http://127.0.0.1:${port}` };
  relay = await startLocalRelay({ stateDir, integrations, variables, scheduleEveryMs: 0 });
  address = relay.url;
}, 60_000);

afterAll(async () => {
  api.close();
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

type Report = {
  readonly listedCount: number;
  readonly heldCount: number;
  readonly missingCount: number;
  readonly missing: readonly {
    readonly id: string | null;
    readonly type: string;
    readonly orderingKey: string;
  }[];
  readonly cursor: string | null;
};

const range = { from: new Date(now - 3_600_000).toISOString(), reason: 'a shop was silent' };

async function reconcile(options: { readonly dryRun?: boolean } = {}): Promise<Report> {
  const answer = await createRelayClient(relay).admin('POST', '/admin/sources/shopify/reconcile', {
    ...range,
    ...options,
  });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as Report;
}

async function openAlerts(): Promise<readonly { readonly rule: string }[]> {
  const { body } = await createRelayClient(relay).admin('GET', '/admin/alerts?status=open');
  return (body as { readonly alerts: readonly { readonly rule: string }[] }).alerts;
}

describe('500 webhooks of which 3 never came', () => {
  it('a dry run names the 3, and brings nothing in', async () => {
    const sent = events.filter(({ key }) => !withheld.has(key));
    const posted = await postAll(createRelayClient(relay), sent, { concurrency: 16 });
    expect(posted.filter(({ status }) => status !== 202)).toEqual([]);
    // One of the 3 is an order that was placed: its payment waits for it.
    await until(
      'all but one done',
      async () =>
        (await createRelayClient(relay).deliveries('status=succeeded')).length === 496 ? true : null,
      120_000,
    );
    const plan = await reconcile({ dryRun: true });
    expect(plan).toMatchObject({ listedCount: 500, heldCount: 497, missingCount: 3, cursor: null });
    expect(plan.missing.map(({ id }) => id)).toEqual([null, null, null]);
    expect((await createRelayClient(relay).deliveries()).length).toBe(497);
  }, 180_000);

  it('the scheduled check brings in the 3 and none of the 497, and tells', async () => {
    // Five pages a step: the sixth says that there are no more.
    await relay.runScheduled();
    await relay.runScheduled();
    await untilQuiet(createRelayClient(relay), 60_000);
    expect(checkOrders((await createErpClient(relay.erpUrl).state()) as never, events)).toEqual([]);
    const deliveries = await createRelayClient(relay).deliveries();
    expect(deliveries.length).toBe(500);
    const reconciled = deliveries.filter(({ event }) => 'reconciled' in event);
    expect(reconciled.map(({ event }) => `${event.orderingKey}`).sort()).toEqual(
      events
        .filter(({ key }) => withheld.has(key))
        .map(({ orderId }) => `order/${orderId}`)
        .sort(),
    );
    expect((await openAlerts()).map(({ rule }) => rule).sort()).toEqual([
      'events_missing',
      'subscription_lost',
    ]);
    expect([...tokens]).toEqual([listedSecrets.LISTED_API_TOKEN]);
  }, 90_000);

  it('nothing is missing when it is compared again, and the late webhook is not done a second time', async () => {
    expect(await reconcile()).toMatchObject({ listedCount: 500, missingCount: 0 });
    const late = events.filter(({ key }) => withheld.has(key));
    await postAll(createRelayClient(relay), late, { concurrency: 3 });
    await untilQuiet(createRelayClient(relay), 60_000);
    expect(checkOrders((await createErpClient(relay.erpUrl).state()) as never, events)).toEqual([]);
  }, 90_000);

  it('says how the source stands', async () => {
    const { body } = await createRelayClient(relay).admin('GET', '/admin/sources/shopify/reconciliation');
    expect(body).toMatchObject({
      source: 'shopify',
      last: { listedCount: 500, missingCount: 3 },
      subscriptions: { lost: [{ type: 'orders/cancelled', state: 'missing' }] },
      failure: null,
    });
  });
});
