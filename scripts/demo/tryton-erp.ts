// `npm run demo -- --target tryton`: a Tryton of the demo's own on loopback, behind a proxy that takes it down and loses its
// answers as the sandbox does by itself. It is made for the run and gone with it.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ErpProxy, startErpProxy } from '../lib/erp-proxy.ts';
import { createSecrets } from '../local/dev-vars.ts';
import { startLocalRelay } from '../local-relay.ts';
import { ensureTryton, TrytonMissingError } from '../tryton/install-tryton.ts';
import { makeDatabase } from '../tryton/make-database.ts';
import { makeProducts, makePurchaseOrder } from '../tryton/make-goods.ts';
import { makePassword } from '../tryton/make-password.ts';
import { createTrytonClient, type TrytonClient } from '../tryton/tryton-client.ts';
import { startTryton } from '../tryton/tryton-server.ts';
import { type Connection, DemoError } from './connect.ts';
import type { ErpSwitches } from './erp-switches.ts';
import type { RunIds } from './run-ids.ts';
import { readTrytonState } from './tryton-state.ts';

const erpTarget = resolve(import.meta.dirname, '../tryton/erp-target.ts');

export async function startTrytonDemo(say: (line: string) => void): Promise<Connection> {
  try {
    ensureTryton(say);
  } catch (error) {
    throw error instanceof TrytonMissingError ? new DemoError(error.message) : error;
  }
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-demo-tryton-'));
  process.on('exit', () =>
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  );
  const files = { directory, passwords: { admin: makePassword(), relay: makePassword() } };
  say('Making a fresh Tryton database; this takes half a minute.');
  await makeDatabase(files);
  const server = await startTryton(files);
  const proxy = await startErpProxy(server.url);
  const client = createTrytonClient({ url: server.url, user: 'admin', password: files.passwords.admin });
  const previous = { SHOPIFY_WEBHOOK_SECRET_PREVIOUS: randomBytes(32).toString('hex') };
  const credential = { TRYTON_USER: 'relay', TRYTON_PASSWORD: files.passwords.relay };
  const relay = await startLocalRelay({
    stateDir: join(directory, 'relay'),
    erpTarget,
    secrets: { ...createSecrets(), ...previous },
    variables: { ...credential, ERP_BASE_URL: proxy.url },
  });
  return {
    relay,
    standing: 'started for the demo, nothing is kept',
    openErp: (ids) => openTryton({ client, proxy, url: server.url }, ids),
    stop: async () => {
      await relay.stop();
      await proxy.stop();
      await server.kill();
    },
  };
}

type Parts = { readonly client: TrytonClient; readonly proxy: ErpProxy; readonly url: string };

async function openTryton({ client, proxy, url }: Parts, ids: RunIds) {
  const receipts = [
    { number: ids.text('PO-', '-1'), sku: ids.text('CHAIN-'), quantity: 25 },
    { number: ids.text('PO-', '-2'), sku: ids.text('CABLE-'), quantity: 12 },
  ];
  const sold = ['ANCHOR-', 'ROPE-', 'LAMP-'].map((prefix) => ids.text(prefix));
  await makeProducts(client, [...sold, ...receipts.map(({ sku }) => sku)]);
  for (const { number, ...goods } of receipts) await makePurchaseOrder(client, number, [goods]);
  return {
    name: 'Tryton',
    url,
    // A product it does not know yet: a person makes it, and the rest is replayed.
    refusalCode: 'unknown_product',
    // An operation takes half a second to two, one after the other, and thirty are sent together.
    patienceMs: 120_000,
    switches: createSwitches(client, proxy),
    state: () => readTrytonState(client),
    refusedCalls: async () => proxy.refusedCount(),
  };
}

/** The sandbox's own faults, made from outside: as far as the demo uses them. */
function createSwitches(client: TrytonClient, proxy: ErpProxy): ErpSwitches {
  let missing: readonly string[] = [];
  const setFaults = async (faults: Readonly<Record<string, unknown>>): Promise<void> => {
    const { down = false, lostAnswerRate = 0, invalidSkus = [] } = faults;
    proxy.interfere({
      before: async () => (down === true ? 'refuse' : 'pass'),
      after: async ({ rpc }) => (lostAnswerRate !== 0 && rpc === 'model.sale.sale.create' ? 'cut' : 'pass'),
    });
    const known = missing.filter((sku) => !(invalidSkus as readonly string[]).includes(sku));
    if (known.length > 0) await makeProducts(client, known);
    missing = invalidSkus as readonly string[];
  };
  return { take: async () => '', setFaults, restore: () => setFaults({}) };
}
