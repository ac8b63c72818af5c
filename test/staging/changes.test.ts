// What changed in the running Tryton, as a watch reads it: every change once, whatever the page's size, with records of one instant
// torn apart by the end of a page. Made by hand and by the relay.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrytonClient, type TrytonClient } from '../../scripts/tryton/tryton-client.ts';
import type { Change } from '../../src/core/watch.ts';
import { trytonAdapter } from '../../src/erp/tryton/tryton-adapter.ts';
import { createTestConnection, type TestConnection } from '../erp/sandbox/support/test-connection.ts';
import { type OwnStagingWorld, startOwnStaging } from './support/staging-world.ts';

let world: OwnStagingWorld;
let erp: TestConnection;
let person: TrytonClient;
beforeAll(async () => {
  world = await startOwnStaging();
  const { admin, relay } = world.passwords;
  const { url } = world.server;
  person = createTrytonClient({ url, user: 'admin', password: admin });
  const credential = { user: 'relay', password: relay };
  erp = createTestConnection({ url, session: trytonAdapter.session, credential, timeoutMs: 30_000 });
}, 120_000);
afterAll(() => world?.stop());

/** More pages than that, and a look does not end. */
const maxPages = 40;

/** One look, to its end. */
async function look(kind: string, cursor: string | null, limit = 100) {
  const changes: Change[] = [];
  let next = cursor;
  for (let pages = 1; pages <= maxPages; pages += 1) {
    const page = await trytonAdapter.changes?.list(erp, { kind, cursor: next, until: Date.now(), limit });
    if (page?.kind !== 'changes') throw new Error(JSON.stringify(page));
    expect(page.changes.length).toBeLessThanOrEqual(limit);
    changes.push(...page.changes);
    next = page.cursor;
    if (page.isLast) return { changes, cursor: next, pages };
  }
  throw new Error(`${kind}: no end after ${maxPages} pages`);
}

const makeParties = async (names: readonly string[]): Promise<readonly number[]> => {
  const values = names.map((name) => ({ name }));
  return (await person.call('model.party.party.create', values, person.context)) as number[];
};

const idsOf = (changes: readonly Change[]) =>
  changes.map(({ entity }) => Number(entity.id)).sort((a, b) => a - b);

describe('a watch of the running Tryton', () => {
  it('begins now, and reads records that were made in one transaction once each, however small its pages', async () => {
    await makeParties(['Before the watch']);
    const begin = `done|${Date.now() * 1_000 + 60_000_000}`;
    const first = await look('party.party', null);
    expect(first.changes).toEqual([]);
    const made = await makeParties(['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald']);
    for (const limit of [1, 2, 5, 100]) {
      const { changes } = await look('party.party', begin, limit);
      expect(idsOf(changes)).toEqual([...made].sort((a, b) => a - b));
    }
    const { changes } = await look('party.party', first.cursor);
    expect(idsOf(changes)).toEqual(expect.arrayContaining([...made]));
    expect(changes.every(({ type }) => type === 'party.party.changed')).toBe(true);
  }, 120_000);

  it('shows a record that was changed again with another version, and the others as they were', async () => {
    const ids = await makeParties(['Alan', 'Kurt']);
    const [changed = 0, other = 0] = ids;
    const before = await look('party.party', `done|${Date.now() * 1_000}`, 1);
    await person.call(
      'model.party.party.write',
      [changed],
      { name: 'Alonzo', active: false },
      person.context,
    );
    const after = await look('party.party', before.cursor, 1);
    const versionsOf = (changes: readonly Change[], id: number) =>
      changes.filter(({ entity }) => entity.id === String(id)).map(({ version }) => version);
    expect(versionsOf(after.changes, other)).toEqual(versionsOf(before.changes, other));
    expect(versionsOf(after.changes, changed)).toHaveLength(1);
    expect(versionsOf(after.changes, changed)).not.toEqual(versionsOf(before.changes, changed));
    const found = after.changes.find(({ entity }) => entity.id === String(changed));
    expect(found?.document).toMatchObject({ id: changed, name: 'Alonzo', active: false });
  }, 120_000);

  it('shows a sale in the line of its order, with its state and its amount', async () => {
    const begin = await look('sale.sale', null);
    const orderId = world.id('order');
    const lines = [{ lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' }];
    const customer = { customerId: world.id('customer'), name: 'Ada' };
    const input = { orderId, customer, currency: 'EUR', lines, total: '20.00' };
    expect(await world.run('sale.confirm', input)).toMatchObject({ status: 200 });
    await world.quiet();
    const { changes } = await look('sale.sale', begin.cursor);
    const mine = changes.filter(({ entity }) => entity.kind === 'order' && entity.id === orderId);
    expect(mine).toMatchObject([{ type: 'sale.sale.changed', document: { reference: orderId } }]);
    expect(Number(mine[0]?.document.total_amount)).toBe(20);
    expect(['confirmed', 'processing']).toContain(mine[0]?.document.state);
  }, 120_000);

  it.each(['account.invoice', 'stock.shipment.out', 'product.template'])(
    'can read %s',
    async (kind) => {
      expect((await look(kind, `done|${Date.now() * 1_000}`)).pages).toBeGreaterThan(0);
    },
    60_000,
  );

  it('does not take a kind or a cursor that is none of its own', async () => {
    const ask = (kind: string, cursor: string) =>
      trytonAdapter.changes?.list(erp, { kind, cursor, until: Date.now(), limit: 1 });
    expect(await ask('res.user', 'done|1')).toMatchObject({ kind: 'contract_broken' });
    expect(await ask('party.party', '2026-11-24|0|done')).toMatchObject({ kind: 'contract_broken' });
  }, 60_000);
});
