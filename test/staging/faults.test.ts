// The suite's own Tryton fails on purpose: killed between two steps of a saga, its answers lost, its sessions ended, its user
// locked. Moments are drawn from the seed. What is judged is what the ERP holds afterwards.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Interference, ProxiedCall } from '../../scripts/lib/erp-proxy.ts';
import { seededRandom } from '../../scripts/lib/order-run.ts';
import { stripePaymentIntent } from '../../scripts/lib/payloads.ts';
import { until } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { lockout } from '../../scripts/tryton/make-database.ts';
import { createTrytonClient } from '../../scripts/tryton/tryton-client.ts';
import { type Json, type OwnStagingWorld, seed, startOwnStaging } from './support/staging-world.ts';

let world: OwnStagingWorld;
beforeAll(async () => {
  world = await startOwnStaging();
}, 120_000);
afterAll(() => world?.stop());

const random = seededRandom(seed);
const pick = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));

/** Placed, paid and its payment registered: seven writes or more, of three operations. */
async function sendOrder(id: number): Promise<void> {
  const at = Date.now();
  const lines = [{ sku: 'SKU-1', quantity: 2, price: '10.00' }];
  const payload = shopifyOrder({ id, at, lines });
  const payment = stripePaymentIntent({ id: `pi_${id}`, amount: 2_000, at, orderId: String(id) });
  const send = world.client.send;
  await send('shopify', { topic: 'orders/create', id: `create-${id}`, payload, now: at });
  await send('shopify', { topic: 'orders/paid', id: `paid-${id}`, payload, now: at });
  await send('stripe', { topic: 'payment_intent.succeeded', id: `evt_${id}`, payload: payment, now: at });
}

async function orderIsDoneOnce(id: number): Promise<void> {
  const { sales, invoices, payments } = world.target.documents;
  const found = {
    sales: (await sales(String(id))).map(({ state, total }) => ({ state, total })),
    invoices: await invoices(String(id)),
    payments: await payments(`pi_${id}`),
  };
  expect(found).toEqual({
    sales: [{ state: 'confirmed', total: '20.00' }],
    invoices: [{ state: 'posted', total: '20.00', isBalanced: true, residual: '0.00' }],
    payments: [{ state: 'posted', amount: '20.00', isBalanced: true, isReconciled: true }],
  });
}

const isWrite = ({ rpc }: ProxiedCall): boolean => /\.(create|write|quote|confirm|post)$/.test(rpc);

/** Interferes with the n-th write from now on, once. */
function atWrite(n: number, interference: Interference): { readonly isDone: () => boolean } {
  let count = 0;
  let met: number | null = null;
  world.proxy.interfere({
    before: async (call) => {
      if (isWrite(call)) count += 1;
      if (met !== null || count !== n || !isWrite(call)) return 'pass';
      met = call.number;
      return (await interference.before?.(call)) ?? 'pass';
    },
    after: async (call, answer) =>
      call.number === met ? ((await interference.after?.(call, answer)) ?? 'pass') : 'pass',
  });
  return { isDone: () => met !== null };
}

/** Killed at once, and started again while the relay is waiting. What becomes of the call is the caller's to say. */
async function crash<Then>(downMs: number, then: Then): Promise<Then> {
  await world.server.kill();
  setTimeout(() => void world.server.start(), downMs).unref();
  return then;
}

type Fault = { readonly name: string; make(downMs: number): Interference };

const faults: readonly Fault[] = [
  {
    name: 'is killed between two steps, before the next one reaches it',
    make: (downMs) => ({ before: () => crash(downMs, 'pass') }),
  },
  {
    name: 'is killed after a step has committed, before its answer is out',
    make: (downMs) => ({ after: () => crash(downMs, 'cut') }),
  },
  { name: 'commits a step, and the answer is lost', make: () => ({ after: async () => 'cut' }) },
  { name: 'refuses a step because it is down', make: () => ({ before: async () => 'refuse' }) },
];

describe(`a server that fails (seed ${seed})`, () => {
  it.each(faults)(
    'and $name leaves one sale, one invoice and one payment',
    async ({ make }) => {
      const id = world.orderId();
      const fault = atWrite(pick(1, 7), make(pick(200, 2_500)));
      await sendOrder(id);
      await world.quiet();
      world.proxy.interfere(null);
      expect(fault.isDone()).toBe(true);
      await orderIsDoneOnce(id);
    },
    180_000,
  );
});

/** Ends the relay's session as a log-out elsewhere would. */
async function endSession(authorization: string | undefined): Promise<void> {
  const response = await fetch(`${world.server.url}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: authorization ?? '' },
    body: JSON.stringify({ id: 1, method: 'common.db.logout', params: [] }),
  });
  expect(response.status).toBe(200);
}

const loginCount = (): number => world.proxy.calls.filter((rpc) => rpc === 'common.db.login').length;

describe('a session that ends', () => {
  it('in the middle of a batch costs one login, and every record is done once', async () => {
    const inventoryId = world.id('inventory');
    const at = Date.now();
    const skus = ['SKU-1', 'SKU-2'];
    const lines = skus.map((sku, index) => ({ sku, on_hand: 700 + index }));
    const payload = {
      ...{
        inventory_id: inventoryId,
        warehouse: 'MAIN',
        sequence: 1,
        counted_at: new Date(at).toISOString(),
      },
      lines,
    };
    // There has to be a session that can end.
    await world.run('customer.upsert', { customerId: world.id('customer'), name: 'Ada' });
    const before = loginCount();
    const first = world.proxy.calls.length;
    const moment = pick(2, 8);
    world.proxy.interfere({
      before: async ({ number, authorization }) => {
        if (number === first + moment) await endSession(authorization);
        return 'pass';
      },
    });
    const signing = { topic: 'inventory.completed', id: `whe-${inventoryId}`, payload, now: at };
    await world.client.send('warehouse', signing);
    await world.quiet();
    world.proxy.interfere(null);
    expect(loginCount() - before).toBe(1);
    const { onHand } = world.target.documents;
    expect([await onHand('SKU-1'), await onHand('SKU-2')]).toEqual([700, 701]);
  }, 120_000);
});

describe('a user that somebody locked with bad logins', () => {
  it('is left alone while it is locked, and what waited is done once when it is open', async () => {
    await lockUser();
    endNextSession();
    const before = loginCount();
    const id = world.orderId();
    await sendOrder(id);
    await until('the target is held', async () => ((await heldMessage()) === '' ? null : true), 30_000);
    const lockedAt = Date.now();
    expect(await heldMessage()).toContain('locked the user');
    expect(await world.target.documents.sales(String(id))).toEqual([]);
    await until('the lock opens', async () => (isOver(lockedAt) ? true : null), 60_000);
    // One login in all that time: each more would have kept the door locked.
    expect(loginCount() - before).toBe(1);
    const { status } = await world.client.admin('POST', '/admin/targets/erp/release', {
      note: 'it is open',
    });
    expect(status).toBe(200);
    await world.quiet();
    await orderIsDoneOnce(id);
  }, 180_000);
});

/** So that the relay has to log in. */
function endNextSession(): void {
  let isEnded = false;
  world.proxy.interfere({
    before: async ({ authorization }) => {
      if (!isEnded && authorization !== undefined) {
        isEnded = true;
        await endSession(authorization);
      }
      return 'pass';
    },
  });
}

const isOver = (since: number): boolean => Date.now() - since > (lockout.seconds + 1) * 1_000;

async function heldMessage(): Promise<string> {
  const { body } = await world.client.admin('GET', '/admin/targets');
  const { targets } = body as { targets: readonly Json[] };
  return targets.find(({ id }) => id === 'erp').unauthorized?.message ?? '';
}

/** Bad logins at once: one after the other Tryton makes each wait longer, until the first is forgotten. */
async function lockUser(): Promise<void> {
  const stranger = createTrytonClient({ url: world.server.url, user: 'relay', password: 'wrong' });
  const bad = Array.from({ length: lockout.maxAttempts + 5 }, () => stranger.login().catch(() => null));
  await until('the lock', async () => ((await stranger.login()).status === 429 ? true : null), 15_000);
  void bad;
}
