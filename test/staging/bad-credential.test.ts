// A wrong password in the relay's configuration: Tryton locks a user after a handful of bad logins, and a relay that went on
// trying would lock out the people who share it. Nothing is lost meanwhile.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { createTrytonClient } from '../../scripts/tryton/tryton-client.ts';
import { type OwnStagingWorld, startOwnStaging } from './support/staging-world.ts';

let world: OwnStagingWorld;
beforeAll(async () => {
  world = await startOwnStaging((right) => `${right}-mistyped`);
}, 120_000);
afterAll(() => world?.stop());

describe('a relay with a wrong password', () => {
  it('tries it once for all that comes, holds the target, and leaves the user unlocked', async () => {
    const at = Date.now();
    for (let count = 0; count < 8; count += 1) {
      const id = world.orderId();
      const payload = shopifyOrder({ id, at, lines: [{ sku: 'SKU-1', quantity: 1, price: '10.00' }] });
      const { status } = await world.client.send('shopify', {
        topic: 'orders/create',
        id: `create-${id}`,
        payload,
        now: at,
      });
      expect(status).toBe(202);
    }
    await until(
      'the target is held',
      async () => {
        const { body } = await world.client.admin('GET', '/admin/targets');
        return JSON.stringify(body).includes('refused the user') ? true : null;
      },
      30_000,
    );
    // All eight have been looked at: none of them is on its way any more.
    await until(
      'all that came waits',
      async () => {
        const waiting = await world.client.deliveries('status=pending,scheduled,held');
        return waiting.length === 8 && waiting.every((each) => each.waiting !== null) ? true : null;
      },
      30_000,
    );
    expect(world.proxy.calls.filter((rpc) => rpc === 'common.db.login')).toHaveLength(1);
    const { relay } = world.passwords;
    const client = createTrytonClient({ url: world.server.url, user: 'relay', password: relay });
    expect((await client.login()).status).toBe(200);
    expect(await world.client.deliveries('status=succeeded,dead_lettered')).toEqual([]);
  }, 120_000);
});
