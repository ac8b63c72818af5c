// Changing what an ordering key is made of while deliveries are under way, and PARTITIONS after it: what was seen under the
// earlier key is known and goes on there, the rest goes to the new one, and nothing is lost or done twice.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { checkOrders, type OrderEvent, postAll, shopEvents, shuffled } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const faults = { errorRate: 0.2, lostAnswerRate: 0.05, idempotency: false, seed: 5 };
const rekeyed = join(import.meta.dirname, '../support/rekeyed-integrations.ts');

let running: LocalRelay | null = null;
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-rekey-'));

afterEach(async () => {
  await running?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function start(
  variables: Record<string, string>,
  more: { readonly secrets?: LocalRelay['secrets']; readonly integrations?: string } = {},
): Promise<LocalRelay> {
  await running?.stop();
  running = await startLocalRelay({ stateDir, scheduleEveryMs: 0, variables, ...more });
  return running;
}

it('changing an ordering key under load loses and doubles nothing', async () => {
  const first = await start({ PARTITIONS: '2', GENERATION: '1' });
  const { secrets } = first;
  await createErpClient(first.erpUrl).setFaults(faults);
  const events = shopEvents({ orders: 40, now: Date.now() });
  const posted = shuffled(events, { twice: 0, seed: 9 });
  const third = Math.floor(posted.length / 3);
  const post = (relay: LocalRelay, part: readonly OrderEvent[]) =>
    postAll(createRelayClient(relay), part, { concurrency: 8 });

  const answers = await post(first, posted.slice(0, third));
  const generation2 = { PARTITIONS: '2', GENERATION: '2', PREVIOUS_PARTITIONS: '2' };
  const second = await start(generation2, { secrets, integrations: rekeyed });
  // What the first took comes again, with as much that is new: of orders it knows, and of others.
  const again = await post(second, posted.slice(0, 2 * third));
  expect(again.filter(({ duplicate }) => duplicate)).toHaveLength(third);
  const generation3 = { PARTITIONS: '3', GENERATION: '3', PREVIOUS_PARTITIONS: '2,2' };
  const last = await start(generation3, { secrets, integrations: rekeyed });
  const lastTime = await post(last, posted);
  expect(lastTime.filter(({ duplicate }) => duplicate)).toHaveLength(2 * third);
  answers.push(...again, ...lastTime);
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);

  const client = createRelayClient(last);
  await untilQuiet(client, 200_000);
  await createErpClient(last.erpUrl).setFaults({ idempotency: false });
  await client.replayAll({ filter: {}, reason: 'the ERP is well again', withinMs: 60_000 });
  await untilQuiet(client, 60_000);
  expect(await client.deliveries('status=dead_lettered,held')).toEqual([]);
  const { operations } = await createErpClient(last.erpUrl).state();
  // An operation done under both keys counts twice.
  const ofOrders = operations.map((effect) => ({
    ...effect,
    relayKey: effect.relayKey?.replace(/^shop-order/, 'order') ?? null,
  }));
  expect(checkOrders({ operations: ofOrders }, events)).toEqual([]);

  // Every order stands under one key, the earlier one where that was seen first.
  const known = new Set(posted.slice(0, third).map(({ orderId }) => orderId));
  for (const { orderId } of events) {
    const kind = known.has(orderId) ? 'order' : 'shop-order';
    const here = await client.deliveries(`status=succeeded&orderingKey=${kind}%2F${orderId}`);
    expect(here, `${kind}/${orderId}`).toHaveLength(3);
  }
}, 360_000);
