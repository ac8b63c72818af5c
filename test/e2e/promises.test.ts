// The promises, end to end: the real Worker on the real runtime, the sandbox ERP failing and losing answers, the process
// killed. What happened is read from the ERP's documents afterwards, never from the absence of an error.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkOrders, type OrderEvent, postAll, shopEvents, shuffled } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const faults = { errorRate: 0.3, lostAnswerRate: 0.05, idempotency: false, seed: 7 };

const integrations = join(import.meta.dirname, 'support/quick-retry-integrations.ts');

let running: LocalRelay | null = null;
let stateDir: string | null = null;

afterEach(async () => {
  await running?.stop();
  if (stateDir !== null) rmSync(stateDir, { recursive: true, force: true });
  running = null;
  stateDir = null;
});

async function start(options: { readonly secrets?: LocalRelay['secrets'] } = {}): Promise<LocalRelay> {
  stateDir ??= mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
  running = await startLocalRelay({ stateDir, integrations, scheduleEveryMs: 0, ...options });
  return running;
}

/** Deliveries that ended, and what one bulk replay without faults made of the dead ones. */
async function clearDeadLetters(relay: LocalRelay): Promise<void> {
  const client = createRelayClient(relay);
  const dead = await client.deliveries('status=dead_lettered');
  await createErpClient(relay.erpUrl).setFaults({ idempotency: false });
  const filter = { status: ['dead_lettered'] };
  const job = await client.replayAll({ filter, reason: 'the ERP is well again', withinMs: 60_000 });
  expect(job).toMatchObject({ status: 'succeeded', done: dead.length, refused: 0 });
  await untilQuiet(client, 60_000);
  expect(await client.deliveries('status=dead_lettered')).toEqual([]);
  expect(await client.deliveries('status=held')).toEqual([]);
}

async function expectPromisesKept(relay: LocalRelay, events: readonly OrderEvent[]): Promise<void> {
  const state = await createErpClient(relay.erpUrl).state();
  expect(checkOrders(state, events)).toEqual([]);
}

describe('500 webhooks, a fifth of them sent twice and out of order, at an ERP that fails', () => {
  it('leaves each document exactly once, in order, and nothing missing after one bulk replay', async () => {
    const relay = await start();
    const client = createRelayClient(relay);
    await createErpClient(relay.erpUrl).setFaults(faults);
    const events = shopEvents({ orders: 170, now: Date.now() });
    const posted = await postAll(client, shuffled(events, { twice: 0.2, seed: 11 }), { concurrency: 16 });
    expect(posted.filter(({ status }) => status !== 202)).toEqual([]);
    await untilQuiet(client, 240_000);
    await clearDeadLetters(relay);
    await expectPromisesKept(relay, events);
  }, 360_000);
});

describe('a relay killed in the middle of such a run and started again', () => {
  it('loses nothing it accepted and does nothing twice', async () => {
    const first = await start();
    await createErpClient(first.erpUrl).setFaults(faults);
    const events = shopEvents({ orders: 60, now: Date.now() });
    const accepted = new Set<string>();
    await postAll(createRelayClient(first), shuffled(events, { twice: 0.2, seed: 12 }), {
      concurrency: 8,
      onPosted: ({ key, status }) => {
        if (status !== 202) return;
        accepted.add(key);
        if (accepted.size === 90) process.kill(first.runtimePid, 'SIGKILL');
      },
    });
    expect(accepted.size).toBeLessThan(events.length);
    await first.stop();

    const second = await start({ secrets: first.secrets });
    const client = createRelayClient(second);
    const known = new Set((await client.deliveries()).map(({ event }) => `${event.source}/${event.eventId}`));
    expect([...accepted].filter((key) => !known.has(key))).toEqual([]);
    // What got no answer its sender sends again; sending all again does no harm.
    const again = await postAll(client, events, { concurrency: 8 });
    expect(again.filter(({ status }) => status !== 202)).toEqual([]);
    await untilQuiet(client, 240_000);
    await clearDeadLetters(second);
    await expectPromisesKept(second, events);
  }, 360_000);
});
