// A whole relay with everything an operator may meet, and beside it one server that plays the others: a shop's list, a sender's
// API, a subscriber. Says what the server was sent; its answers can be changed while it runs.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createRelayClient, type RelayClient, until } from '../../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../../scripts/lib/shopify-payloads.ts';
import { createSecrets } from '../../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../../scripts/local-relay.ts';
import { intakeSecrets } from '../../support/batch-senders.ts';
import { listedSecrets } from '../../support/listed-shop.ts';

type ListedOrder = { readonly id: number; readonly updated_at: string };

export type OthersSide = {
  readonly url: string;
  /** What the shop lists. */
  orders: readonly ListedOrder[];
  /** What the thin sender's API answers with; anything but 200 has no body. */
  recordStatus: number;
  readonly told: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[];
  close(): void;
};

async function startOthers(): Promise<OthersSide> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://others');
    const answer = (status: number, value?: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(value === undefined ? '' : JSON.stringify(value));
    if (pathname === '/told') {
      others.told.push({ headers: request.headers, body });
      return answer(204);
    }
    if (pathname === '/orders.json') {
      const after = Number(searchParams.get('since_id'));
      return answer(200, { orders: others.orders.filter(({ id }) => id > after) });
    }
    if (pathname === '/webhooks.json') return answer(200, { webhooks: [] });
    if (others.recordStatus !== 200) return answer(others.recordStatus);
    return answer(200, { id: pathname.split('/').at(-1), total: '10.00', customer: 'ada' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const others: OthersSide = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    orders: [],
    recordStatus: 200,
    told: [],
    close: () => server.close(),
  };
  return others;
}

export type OperatorRelay = {
  /** Another one after `restart`. */
  relay: LocalRelay;
  readonly others: OthersSide;
  readonly client: RelayClient;
  /** On the same state and port; the present one must have been stopped or killed. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export async function startOperatorRelay(): Promise<OperatorRelay> {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-dashboard-'));
  const secrets = createSecrets();
  const others = await startOthers();
  const callbackSecret = `whsec_${Buffer.from('browser-callback-secret-0123456789').toString('base64')}`;
  const variables = {
    ...intakeSecrets,
    ...listedSecrets,
    LISTED_API_URL: others.url,
    THIN_API_URL: others.url,
    CALLBACK_ORIGINS: others.url,
    CALLBACK_SECRET: callbackSecret,
  };
  const integrations = join(import.meta.dirname, '../../support/operator-integrations.ts');
  const options = { stateDir, secrets, variables, integrations, scheduleEveryMs: 0 };
  const relay = await startLocalRelay(options);
  const running: OperatorRelay = {
    relay,
    others,
    client: createRelayClient(relay),
    restart: async () => {
      await running.relay.stop();
      running.relay = await startLocalRelay({ ...options, port: Number(new URL(relay.url).port) });
    },
    stop: async () => {
      others.close();
      await running.relay.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
  return running;
}

export async function placeOrder(client: RelayClient, id: number, email = 'ada@example.com'): Promise<void> {
  const now = Date.now();
  const payload = shopifyOrder({ id, at: now, email });
  const sent = await client.send('shopify', { topic: 'orders/create', id: `create-${id}`, payload, now });
  expect(sent.status).toBe(202);
}

export function untilCount(client: RelayClient, query: string, count: number): Promise<true> {
  return until(query, async () => ((await client.deliveries(query)).length >= count ? true : null), 30_000);
}

type DeadLetters = { readonly client: RelayClient; readonly firstId: number; readonly count: number };

/** Orders that are refused, because the source was granted nothing; then it is granted everything again. */
export async function makeDeadLetters({ client, firstId, count }: DeadLetters): Promise<void> {
  const reason = 'a test';
  const dead = 'status=dead_lettered&reason=not_granted';
  const setGrants = (grants: readonly object[] | null) =>
    client.admin('PUT', '/admin/sources/shopify/grants', { grants, reason });
  const before = (await client.deliveries(dead)).length;
  await setGrants([]);
  // The bound within which a changed grant counts in every isolate.
  await until(
    'the grant to be seen',
    async () => {
      await placeOrder(client, firstId);
      return (await client.deliveries(`${dead}&eventId=create-${firstId}`)).length > 0 ? true : null;
    },
    30_000,
  );
  for (let id = firstId + 1; id < firstId + count; id += 1) await placeOrder(client, id);
  await untilCount(client, dead, before + count);
  await setGrants(null);
}
