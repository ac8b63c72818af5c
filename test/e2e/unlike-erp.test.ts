// An ERP unlike the others, described by data alone, behind the relay on the real runtime: jobs, locks, lost answers, refusals and
// a batch. What is judged is what that ERP holds.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, type RelayClient, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { type KontorErp, kontorKey, startKontorErp } from '../support/kontor-erp.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-unlike-'));
let kontor: KontorErp;
let relay: LocalRelay;
let client: RelayClient;

beforeAll(async () => {
  kontor = await startKontorErp();
  relay = await startLocalRelay({
    ...{ stateDir, secrets: createSecrets(), scheduleEveryMs: 0 },
    integrations: join(import.meta.dirname, 'support/unlike-erp.ts'),
    variables: { ERP_BASE_URL: kontor.url, KONTOR_KEY: kontorKey },
  });
  client = createRelayClient(relay);
}, 120_000);
afterAll(async () => {
  await relay?.stop();
  await kontor?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function send(topic: string, data: { readonly id: string } & Readonly<Record<string, unknown>>) {
  const signing = { topic, id: `${topic}-${data.id}`, payload: data, now: Date.now() };
  expect(await client.send('standard', signing)).toMatchObject({ status: 202 });
}

async function endOf(id: string) {
  await untilQuiet(client, 60_000);
  const all = await client.deliveries();
  return all.filter(({ event }) => event.eventId.endsWith(`-${id}`));
}

const ordersOf = (id: string) => kontor.orders.filter(({ beleg }) => beleg === id);

describe('an ERP unlike the others behind the relay', () => {
  it('confirms a sale by a job, once for a webhook that came twice', async () => {
    await send('order.placed', { id: 'u-1', sku: 'A-1' });
    await send('order.placed', { id: 'u-1', sku: 'A-1' });
    expect(await endOf('u-1')).toMatchObject([{ status: 'succeeded', operation: 'sale.confirm' }]);
    expect(ordersOf('u-1')).toMatchObject([{ status: 20, summe: '20.00' }]);
  }, 90_000);

  it('has one order where the answer was lost after the commit', async () => {
    kontor.faults.push('lost');
    await send('order.placed', { id: 'u-2', sku: 'A-1' });
    expect(await endOf('u-2')).toMatchObject([{ status: 'succeeded', reason: 'duplicate' }]);
    expect(ordersOf('u-2')).toHaveLength(1);
  }, 90_000);

  it('is asked again after a lock', async () => {
    kontor.faults.push('locked', 'locked');
    await send('order.placed', { id: 'u-3', sku: 'A-1' });
    expect(await endOf('u-3')).toMatchObject([{ status: 'succeeded', attemptCount: 3 }]);
    expect(ordersOf('u-3')).toHaveLength(1);
  }, 90_000);

  it('has a job that failed told as a dead letter with the field of the input', async () => {
    await send('order.placed', { id: 'u-4', sku: 'GHOST' });
    const [dead] = await endOf('u-4');
    expect(dead).toMatchObject({ status: 'dead_lettered', reason: 'rejected', code: '60' });
    const { body } = await client.admin('GET', `/admin/deliveries/${dead?.id}`);
    expect(JSON.stringify(body)).toContain('"field":"lines[0].sku"');
    expect(ordersOf('u-4')).toEqual([]);
  }, 90_000);

  it('counts what it can of a batch, and the rest is a dead letter of its own', async () => {
    await send('stock.counted', { id: 'u-5', skus: ['A-1', 'GHOST', 'A-3'] });
    const dead = (await endOf('u-5')).filter(({ status }) => status === 'dead_lettered');
    expect(dead).toMatchObject([{ operation: 'stock.set', code: '51' }]);
    expect(kontor.counts).toMatchObject([
      { artikel: 'A-1', menge: '1' },
      { artikel: 'A-3', menge: '3' },
    ]);
  }, 90_000);

  it('says what it is, and shows its key nowhere', async () => {
    const { status, body } = await client.admin('GET', '/admin/targets/erp/capabilities');
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('Kontor & Söhne');
    expect(JSON.stringify([body, await client.deliveries()])).not.toContain(kontorKey);
  }, 30_000);
});
