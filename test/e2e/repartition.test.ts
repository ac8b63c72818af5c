// Changing PARTITIONS while deliveries are under way: the new generation takes every key over from the one before, twice in a
// row here, and nothing is lost or done twice.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { checkOrders, postAll, shopEvents, shuffled } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const faults = { errorRate: 0.2, lostAnswerRate: 0.05, idempotency: false, seed: 3 };

let running: LocalRelay | null = null;
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-repartition-'));

afterEach(async () => {
  await running?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function start(
  variables: Record<string, string>,
  secrets?: LocalRelay['secrets'],
): Promise<LocalRelay> {
  await running?.stop();
  running = await startLocalRelay({
    stateDir,
    scheduleEveryMs: 0,
    variables,
    ...(secrets ? { secrets } : {}),
  });
  return running;
}

/** A direct request under one key, of whichever note. */
async function ask({ url, adminKey }: LocalRelay, note: string) {
  const response = await fetch(`${url}/operations/relay.smoke`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...{ 'idempotency-key': 'over-generations', prefer: 'wait=30' },
    },
    body: JSON.stringify({ target: 'loopback', input: { note } }),
  });
  return { status: response.status, body: await response.json() };
}

it('changing PARTITIONS under load loses and doubles nothing', async () => {
  const first = await start({ PARTITIONS: '2', GENERATION: '1' });
  const { secrets } = first;
  await createErpClient(first.erpUrl).setFaults(faults);
  const events = shopEvents({ orders: 45, now: Date.now() });
  const third = Math.floor(events.length / 3);
  const posted = shuffled(events, { twice: 0, seed: 4 });
  const post = (relay: LocalRelay, from: number, to: number) =>
    postAll(createRelayClient(relay), posted.slice(from, to), { concurrency: 8 });

  const asked = await ask(first, 'first');
  expect(asked.status).toBe(200);
  const answers = await post(first, 0, third);
  const second = await start({ PARTITIONS: '5', GENERATION: '2', PREVIOUS_PARTITIONS: '2' }, secrets);
  answers.push(...(await post(second, 0, 2 * third)));
  const last = await start({ PARTITIONS: '3', GENERATION: '3', PREVIOUS_PARTITIONS: '2,5' }, secrets);
  answers.push(...(await post(last, 0, posted.length)));
  expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
  // The key of a direct request is known over all generations: its answer again, and another input refused.
  expect(await ask(last, 'first')).toEqual(asked);
  expect(await ask(last, 'other')).toMatchObject({ status: 422 });

  const client = createRelayClient(last);
  await untilQuiet(client, 200_000);
  await createErpClient(last.erpUrl).setFaults({ idempotency: false });
  await client.replayAll({ filter: {}, reason: 'the ERP is well again', withinMs: 60_000 });
  await untilQuiet(client, 60_000);
  expect(await client.deliveries('status=dead_lettered,held')).toEqual([]);
  expect(checkOrders(await createErpClient(last.erpUrl).state(), events)).toEqual([]);
  const succeeded = await client.deliveries('status=succeeded&target=erp');
  expect(new Set(succeeded.map(({ id }) => id)).size).toBe(events.length);

  // A delivery of the first generation is found by its id, and replayed where its key is now.
  const oldest = succeeded.find(({ id }) => /^dlv_\d_[0-9a-z]{1,3}$/.test(id));
  expect((await client.admin('GET', `/admin/deliveries/${oldest?.id}`)).status).toBe(200);
  const replayed = await client.admin('POST', `/admin/deliveries/${oldest?.id}/replay`, { reason: 'to see' });
  expect(replayed).toMatchObject({ status: 202, body: { replayOf: oldest?.id } });
  await untilQuiet(client, 30_000);
  expect(checkOrders(await createErpClient(last.erpUrl).state(), events)).toEqual([]);
}, 360_000);
