// Circuit and tokens end to end: the real Worker, Durable Objects and queue, the sandbox ERP going down and ending tokens.
// What was done is read from the ERP's own counts and documents, what was said from the log.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkOrders, postAll, shopEvents, shuffled } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

let running: LocalRelay | null = null;
let stateDir: string | null = null;

afterEach(async () => {
  await running?.stop();
  if (stateDir !== null) rmSync(stateDir, { recursive: true, force: true });
  running = null;
  stateDir = null;
});

async function start() {
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-circuit-'));
  const lines: Line[] = [];
  const onLog = ({ message }: { message: string }): void => {
    if (message.startsWith('{')) lines.push(JSON.parse(message) as Line);
  };
  running = await startLocalRelay({ stateDir, scheduleEveryMs: 0, onLog });
  const relay = running;
  const erp = createErpClient(relay.erpUrl);
  const named = (event: string) => lines.filter((line) => line.event === event);
  return { client: createRelayClient(relay), erp, named, lines };
}

const seen = (named: (event: string) => Line[], event: string, withinMs: number) =>
  until(event, async () => (named(event).length > 0 ? true : null), withinMs);

describe('an ERP that is down', () => {
  it('gets probes only, loses nothing, and everything runs in order once it is up', async () => {
    const { client, erp, named, lines } = await start();
    await erp.setFaults({ down: true });
    const events = shopEvents({ orders: 40, now: Date.now() });
    await postAll(client, shuffled(events, { twice: 0.1, seed: 5 }), { concurrency: 8 });
    await seen(named, 'circuit.opened', 20_000);
    const before = named('delivery.attempted').length;
    await until(
      'two probes that failed',
      async () => (named('circuit.probed').length >= 2 ? true : null),
      40_000,
    );
    expect(named('delivery.attempted').length - before).toBeLessThanOrEqual(2 + 6);
    expect(await client.deliveries('status=pending')).toContainEqual(
      expect.objectContaining({
        waiting: expect.objectContaining({ cause: 'target_resting', reason: 'circuit_open' }),
      }),
    );

    await erp.setFaults({});
    await seen(named, 'circuit.closed', 60_000);
    await untilQuiet(client, 60_000);
    expect(await client.deliveries('status=dead_lettered,held')).toEqual([]);
    expect(checkOrders(await erp.state(), events)).toEqual([]);
    expect(named('circuit.opened')).toHaveLength(1);
    expect(named('circuit.closed')).toHaveLength(1);
    const alerts = async () =>
      ((await client.admin('GET', '/admin/alerts')).body as { alerts: { rule: string; status: string }[] })
        .alerts;
    const isOver = async () => ((await alerts()).every(({ status }) => status === 'resolved') ? true : null);
    await until('the alert is over', isOver, 10_000);
    expect((await alerts()).filter(({ rule }) => rule === 'circuit_open')).toHaveLength(1);
    const most = Math.max(...(await client.deliveries()).map(({ attemptCount }) => attemptCount));
    expect(most).toBeLessThanOrEqual(4);
    expect(
      lines.filter(
        ({ level, event }) => level === 'error' && !['circuit.opened', 'alert.opened'].includes(event),
      ),
    ).toEqual([]);
  }, 240_000);
});

describe('a token that ends in the middle of 200 concurrent deliveries', () => {
  it.each(['401', 'envelope'])(
    'answered as %s costs one login and no attempt',
    async (expiredAs) => {
      const { client, erp, named } = await start();
      await erp.setFaults({ slowRate: 1, slowMs: 150 });
      const events = shopEvents({ orders: 200, now: Date.now() }).filter(
        ({ operation }) => operation === 'sale.confirm',
      );
      const posted = postAll(client, events, { concurrency: 32 });
      await until('50 done', async () => (named('delivery.attempted').length > 50 ? true : null), 60_000);
      expect(named('target.logged_in')).toHaveLength(1);
      await erp.setFaults({ slowRate: 1, slowMs: 150, tokenExpired: true, expiredAs });
      await posted;
      await untilQuiet(client, 120_000);
      expect(named('target.logged_in')).toHaveLength(2);
      const done = await client.deliveries();
      expect(done).toHaveLength(200);
      expect(done.filter(({ status, attemptCount }) => status !== 'succeeded' || attemptCount !== 1)).toEqual(
        [],
      );
      expect(checkOrders(await erp.state(), events)).toEqual([]);
    },
    240_000,
  );
});
