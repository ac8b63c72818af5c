// Batches and thin webhooks end to end: the real Worker on the real runtime, killed between the answer and the fan-out, and
// a sender's API that is away. What happened is read from the ERP's documents.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { arrivals, intakeSecrets, signedArrivals, signedNotice } from '../support/batch-senders.ts';

const integrations = join(import.meta.dirname, '../support/batch-senders.ts');
const secrets = createSecrets();

let running: LocalRelay | null = null;
let stateDir: string | null = null;
let api: Server;
/** What the sender's API answers with; anything but 200 has no body. */
let apiStatus = 200;
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  api = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const id = request.url?.split('/').at(-1) ?? '';
    response.writeHead(apiStatus, { 'content-type': 'application/json' });
    response.end(apiStatus === 200 ? JSON.stringify({ id, total: '10.00', customer: 'ada' }) : '');
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise((resolve) => api.close(resolve)));

afterEach(async () => {
  await running?.stop();
  if (stateDir !== null) rmSync(stateDir, { recursive: true, force: true });
  running = null;
  stateDir = null;
});

async function start(): Promise<LocalRelay> {
  stateDir ??= mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
  const { port } = api.address() as AddressInfo;
  const variables = { ...intakeSecrets, THIN_API_URL: `http://127.0.0.1:${port}` };
  running = await startLocalRelay({ stateDir, secrets, integrations, variables, scheduleEveryMs: 0 });
  return running;
}

type Received = {
  readonly intake: string;
  readonly events: readonly { readonly id: string; readonly status: string }[];
};
type Shown = {
  readonly finishedAt: string | null;
  readonly events: readonly { readonly status: string; readonly message?: string }[];
};

function show(relay: LocalRelay, intake: string): Promise<Shown> {
  return createRelayClient(relay)
    .admin('GET', `/admin/intakes/${intake}`)
    .then(({ status, body }) => {
      expect(status).toBe(200);
      return body as Shown;
    });
}

function finished(relay: LocalRelay, intake: string): Promise<Shown> {
  return until(
    'every item claimed',
    async () => {
      const shown = await show(relay, intake);
      return shown.finishedAt === null ? null : shown;
    },
    30_000,
  );
}

type ErpState = {
  readonly receipts: readonly { readonly receiptId: string }[];
  readonly orders: readonly { readonly orderId: string }[];
  readonly doubledReferences: readonly unknown[];
};

async function erpState(relay: LocalRelay): Promise<ErpState> {
  return (await createErpClient(relay.erpUrl).state()) as unknown as ErpState;
}

describe('a batch', () => {
  it('answered just before the relay was killed is claimed whole after the restart, each item once', async () => {
    const items = arrivals(400);
    const first = await start();
    const { status, body } = await createRelayClient(first).post('dock', signedArrivals(items));
    process.kill(first.runtimePid, 'SIGKILL');
    expect(status).toBe(202);
    const { intake, events } = body as Received;
    expect(events).toHaveLength(400);
    await first.stop();

    const second = await start();
    const client = createRelayClient(second);
    // Nobody asks for it again: the alarm alone goes on.
    const shown = await finished(second, intake);
    expect(shown.events.map((event) => event.status)).toEqual(items.map(() => 'accepted'));
    const again = await client.post('dock', signedArrivals(items));
    expect(again).toMatchObject({ status: 202, body: { intake } });
    await untilQuiet(client, 120_000);
    const { receipts, doubledReferences } = await erpState(second);
    expect(receipts.map(({ receiptId }) => receiptId).sort()).toEqual(
      items.map(({ receipt }) => receipt).sort(),
    );
    expect(doubledReferences).toEqual([]);
  }, 240_000);
});

describe('a thin webhook', () => {
  it('is answered while its API is away, and done once the API is back', async () => {
    apiStatus = 503;
    const relay = await start();
    const client = createRelayClient(relay);
    const notice = signedNotice({ notice: 'n-1', order_id: '1001', revision: 1 });
    const { status, body } = await client.post('thin-shop', notice);
    expect(status).toBe(202);
    const { intake } = body as Received;
    await until(
      'a failed fetch',
      async () => {
        const [event] = (await show(relay, intake)).events;
        return event?.message === 'the API answered 503' ? true : null;
      },
      20_000,
    );
    apiStatus = 200;
    expect((await finished(relay, intake)).events.map((event) => event.status)).toEqual(['accepted']);
    await untilQuiet(client, 30_000);
    expect((await erpState(relay)).orders.map(({ orderId }) => orderId)).toEqual(['1001']);
    expect(new Set(asked)).toEqual(new Set([`Bearer ${intakeSecrets.THIN_API_TOKEN}`]));
  }, 120_000);
});
