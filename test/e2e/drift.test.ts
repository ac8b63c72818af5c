// Response drift, end to end: the ERP renames a field of its answers. The first finding holds the operation with the path
// named, the rest waits untried, other operations go on, and one release brings everything to its one document.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

let relay: LocalRelay;
let stateDir: string;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-drift-'));
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
});

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

type Shown = { readonly message: string; readonly attemptCount: number; readonly id: string };

async function placeOrder(id: number): Promise<void> {
  const now = Date.now();
  const signing = { topic: 'orders/create', id: `create-${id}`, payload: shopifyOrder({ id, at: now }), now };
  expect((await createRelayClient(relay).send('shopify', signing)).status).toBe(202);
}

async function countStock(sku: string): Promise<void> {
  const now = Date.now();
  const counted_at = new Date(now).toISOString();
  const payload = { sku, warehouse: 'MAIN', on_hand: 3, sequence: 1, counted_at };
  const posted = await createRelayClient(relay).send('warehouse', {
    topic: 'stock.counted',
    id: `count-${sku}`,
    payload,
    now,
  });
  expect(posted.status).toBe(202);
}

async function held(count: number): Promise<readonly Shown[]> {
  const client = createRelayClient(relay);
  const ask = async () => {
    const found = await client.deliveries('status=held&reason=contract_broken');
    return found.length === count ? (found as unknown as Shown[]) : null;
  };
  return until(`${count} held deliveries`, ask, 20_000);
}

describe('a field of the answers that the ERP renamed', () => {
  it('holds its operation with the path named, and no other operation', async () => {
    await createErpClient(relay.erpUrl).setFaults({ renamedField: { orderId: 'order_ref' } });
    await placeOrder(940_001);
    const [finding] = await held(1);
    expect(finding?.message).toContain('$.orderId: expected string, got missing');

    for (const id of [940_002, 940_003, 940_004]) await placeOrder(id);
    const all = await held(4);
    const untried = all.filter(({ id }) => id !== finding?.id);
    expect(untried.map(({ attemptCount }) => attemptCount)).toEqual([0, 0, 0]);
    for (const { message } of untried) expect(message).toContain(`not tried since ${finding?.id}`);

    await countStock('SKU-DRIFT');
    await untilQuiet(createRelayClient(relay), 20_000);
    const counted = await createRelayClient(relay).deliveries('operation=stock.set&status=succeeded');
    expect(counted).toHaveLength(1);

    const { body } = await createRelayClient(relay).admin('GET', '/admin/targets');
    expect(body).toMatchObject({
      targets: expect.arrayContaining([
        expect.objectContaining({
          id: 'erp',
          heldOperations: [expect.objectContaining({ operation: 'sale.confirm', deliveryId: finding?.id })],
        }),
      ]),
    });
  }, 60_000);

  it('is held again by a probe while it lasts, and one successful probe lets all go on to one document each', async () => {
    const client = createRelayClient(relay);
    const [first] = await held(4);
    const release = () => client.admin('POST', `/admin/deliveries/${first?.id}/release`, { note: 'a probe' });
    expect((await release()).status).toBe(200);
    await untilQuiet(client, 20_000);
    await held(4);

    await createErpClient(relay.erpUrl).setFaults({});
    expect((await release()).status).toBe(200);
    await held(0);
    await untilQuiet(client, 60_000);
    expect(await client.deliveries('operation=sale.confirm&status=succeeded')).toHaveLength(4);
    const { operations } = await createErpClient(relay.erpUrl).state();
    const confirmed = operations.filter(({ operation }) => operation === 'sale.confirm');
    expect(confirmed.map(({ relayKey }) => relayKey).sort()).toEqual(
      [1, 2, 3, 4].map((n) => `order/94000${n}/erp/sale.confirm`),
    );
  }, 90_000);

  it('lets all go on after a release of the operation by hand, too', async () => {
    const client = createRelayClient(relay);
    await createErpClient(relay.erpUrl).setFaults({ renamedField: { orderId: 'order_ref' } });
    for (const id of [940_011, 940_012]) await placeOrder(id);
    await held(2);
    await createErpClient(relay.erpUrl).setFaults({});
    const released = await client.admin('POST', '/admin/targets/erp/release', {
      operation: 'sale.confirm',
      note: 'the adapter was mended',
    });
    expect(released.body).toMatchObject({ refused: [], hasMore: false });
    await untilQuiet(client, 60_000);
    expect(await client.deliveries('operation=sale.confirm&status=succeeded')).toHaveLength(6);
  }, 60_000);
});

describe('npm run drift', () => {
  it('finds the shapes as recorded, and the renamed field while it is renamed', async () => {
    const drift = () => runDrift(['erp', '--base-url', relay.erpUrl]);
    await createErpClient(relay.erpUrl).setFaults({});
    const sound = await drift();
    expect(sound.output).toMatch(/sale\.confirm +\/api\/orders +\d+ +as recorded/);
    expect(sound.code).toBe(0);
    await createErpClient(relay.erpUrl).setFaults({ renamedField: { orderId: 'order_ref' } });
    const drifted = await drift();
    expect(drifted.output).toContain('DRIFTED $.orderId: expected string, got missing');
    expect(drifted.code).toBe(1);
    await createErpClient(relay.erpUrl).setFaults({});
  }, 60_000);
});

function runDrift(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, ...relay.secrets };
  const child = spawn(process.execPath, ['scripts/drift.ts', ...args], { env, timeout: 30_000 });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}
