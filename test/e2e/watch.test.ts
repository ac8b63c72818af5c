// What somebody does in the ERP itself becomes an event of the relay, once, and what the relay does there does not. On the real
// runtime with the sandbox ERP; what happened is read from the ERP's documents.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const secrets = createSecrets();
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-watch-'));
let relay: LocalRelay;
let headers: Readonly<Record<string, string>>;

async function call(method: string, path: string, body?: object) {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(`${relay.erpUrl}${path}`, init);
  return (await answer.json()) as {
    readonly items?: readonly { readonly price?: string }[];
    readonly token?: string;
  };
}

beforeAll(async () => {
  const integrations = join(import.meta.dirname, 'support/watched-erp.ts');
  relay = await startLocalRelay({ stateDir, secrets, integrations, scheduleEveryMs: 0 });
  const login = { keyId: secrets.SANDBOX_ERP_KEY_ID, secret: secrets.SANDBOX_ERP_KEY_SECRET };
  headers = {};
  const { token } = await call('POST', '/auth/token', login);
  headers = { authorization: `Bearer ${token}` };
}, 60_000);

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const pricesOf = async (sku: string) => (await call('GET', `/api/prices?sku=${sku}`)).items ?? [];

/** Looks again until there is a delivery of that number: a change is read once it is some seconds old. */
const lookUntil = (count: number) =>
  until(
    `${count} deliveries done`,
    async () => {
      await relay.runScheduled();
      const done = await createRelayClient(relay).deliveries('status=succeeded');
      return done.length === count ? true : null;
    },
    45_000,
  );

describe('a product that is made in the ERP by hand', () => {
  it('gets its price by the relay', async () => {
    // The first look says where the feed stands: what was there before is no change.
    await call('POST', '/api/products', { sku: 'OLD-1' });
    await relay.runScheduled();
    await call('POST', '/api/products', { sku: 'NEW-1' });
    await lookUntil(1);
    expect(await pricesOf('NEW-1')).toMatchObject([{ price: '12.50' }]);
    expect(await pricesOf('OLD-1')).toEqual([]);
  }, 60_000);

  it('is priced once, and the price that the relay set is no event', async () => {
    await call('POST', '/api/products', { sku: 'NEW-2' });
    await lookUntil(2);
    await relay.runScheduled();
    const deliveries = await createRelayClient(relay).deliveries();
    expect(deliveries).toHaveLength(2);
    expect(await pricesOf('NEW-2')).toHaveLength(1);
  }, 60_000);

  it('comes by no other way: nobody can post to a watched source', async () => {
    const answer = await fetch(`${relay.url}/hooks/erp-changes`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
  });
});
