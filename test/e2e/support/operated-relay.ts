// A whole relay, and the command `holdfast` pointed at it: for the tests of the command line.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createRelayClient, type RelayClient, until } from '../../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../../scripts/lib/shopify-payloads.ts';
import { type LocalRelay, startLocalRelay } from '../../../scripts/local-relay.ts';
import { type Ended, holdfast } from '../../support/run-holdfast.ts';

/** Longer than anything takes here, shorter than a test, ms. */
export const patienceMs = 40_000;

/** Of every act in a script. */
export const why = ['--reason', 'a test', '--yes'] as const;

export type OperatedRelay = {
  readonly relay: LocalRelay;
  readonly client: RelayClient;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  run(...args: string[]): Promise<Ended>;
  /** What `--json` printed of a command that ended well. */
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
  json(...args: string[]): Promise<any>;
  placeOrder(id: number, note?: string): Promise<void>;
  /** Until the API lists exactly so many. */
  untilCount(query: string, count: number): Promise<true>;
  end(): Promise<void>;
};

export async function operateRelay(): Promise<OperatedRelay> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  const relay = await startLocalRelay({ stateDir: join(directory, 'state'), scheduleEveryMs: 0 });
  const client = createRelayClient(relay);
  const env = {
    HOLDFAST_URL: relay.url,
    HOLDFAST_KEY: relay.adminKey,
    XDG_CONFIG_HOME: join(directory, 'config'),
  };
  const run = (...args: string[]) => holdfast(args, { env });
  return {
    ...{ relay, client, directory, env, run },
    json: async (...args) => {
      const { stdout, stderr, code } = await run(...args, '--json');
      if (code !== 0) throw new Error(`holdfast ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    placeOrder: async (id, note) => {
      const now = Date.now();
      const order = shopifyOrder({ id, at: now });
      const payload = note === undefined ? order : { ...order, note };
      const sent = await client.send('shopify', { topic: 'orders/create', id: `create-${id}`, payload, now });
      expect(sent.status).toBe(202);
    },
    untilCount: (query, count) =>
      until(query, async () => ((await client.deliveries(query)).length === count ? true : null), patienceMs),
    end: async () => {
      await relay.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
