// What the quick start promises, done with what stands in it: its integration is compiled into a relay, its webhook is signed and posted,
// and the ERP holds its order, once; the one that does not add up is a dead letter that says so.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { snippetsOf } from '../../scripts/docs/snippets.ts';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { signedRequest } from '../../scripts/lib/senders.ts';
import { repository } from '../../scripts/local/command.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

type Order = { readonly number: string; readonly total: string };

const blocks = snippetsOf('docs/quick-start.md').map(({ text }) => text);
const secret = `whsec_${Buffer.from('quick-start-secret-0123456789abcdef').toString('base64')}`;
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-quick-start-'));
let directory: string;
let relay: LocalRelay;

function blockWith(words: string): string {
  const found = blocks.filter((block) => block.includes(words));
  expect(found, words).toHaveLength(1);
  return found[0] ?? '';
}

beforeAll(async () => {
  mkdirSync(join(repository, 'dist'), { recursive: true });
  directory = mkdtempSync(join(repository, 'dist/quick-start-'));
  const source = join(repository, 'src');
  const whole = blockWith("id: 'till',")
    .replaceAll("'../", `'${source}/`)
    .replaceAll("'./", `'${source}/integrations/`);
  const module = join(directory, 'till.ts');
  writeFileSync(module, `${whole}\nexport const integrations = [tillOrders];\n`);
  const secrets = { ...createSecrets(), TILL_WEBHOOK_SECRET: secret };
  relay = await startLocalRelay({ stateDir, secrets, integrations: module, scheduleEveryMs: 0 });
}, 60_000);

afterAll(async () => {
  await relay?.stop();
  for (const path of [directory, stateDir]) rmSync(path, { recursive: true, force: true });
});

it('its webhook is one order in the ERP, and the one that does not add up says so', async () => {
  const client = createRelayClient(relay);
  const sent = blockWith('npm run send -- till');
  const payload = JSON.parse(/--payload '([^']*)'/.exec(sent)?.[1] ?? '') as Order;
  const place = async (id: string, order: Order) => {
    const signing = { topic: 'order.placed', id, payload: order, now: Date.now(), secret };
    const { status, body } = await client.post('till', signedRequest('standard-webhooks', signing));
    expect(status).toBe(202);
    return (body as { events: readonly { status: string }[] }).events[0]?.status;
  };
  expect(await place('till-w-1', payload)).toBe('accepted');
  expect(await place('till-w-1', payload)).toBe('duplicate');
  expect(await place('till-w-2', { ...payload, number: '1002', total: '26.00' })).toBe('accepted');
  await untilQuiet(client, 20_000);
  const { orders } = (await createErpClient(relay.erpUrl).state()) as unknown as {
    orders: { orderId: string }[];
  };
  expect(orders).toMatchObject([
    { orderId: `till-${payload.number}`, state: 'confirmed', total: payload.total },
  ]);
  const dead = await until(
    'the dead letter',
    async () => (await client.deliveries('status=dead_lettered'))[0] ?? null,
    10_000,
  );
  expect(dead.message).toContain('total must be the sum of its parts');
}, 60_000);
