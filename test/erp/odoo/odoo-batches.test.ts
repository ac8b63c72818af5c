// Batches on Odoo over both APIs: all with one press of the button or none, and in part where that is allowed.
import { beforeEach, describe, expect, it } from 'vitest';
import type { BatchRecord } from '../../../src/core/erp.ts';
import { type Called, userError } from './support/fake-odoo.ts';
import { order } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';

describe.each(['json2', 'jsonrpc'] as const)('over %s', (api) => {
  let world: World;
  beforeEach(() => {
    world = createWorld(api);
  });

  const documents = (model: string) => world.odoo.rows[model] ?? [];
  const toRecords = (inputs: readonly object[]): BatchRecord[] =>
    inputs.map((input, index) => ({ recordId: `r${index}`, key: `k/${index}`, index, input }));
  const batch = (name: string, inputs: readonly object[]) => {
    const call = { records: toRecords(inputs), key: 'k', idempotencyKey: 'k#h', erp: world.odoo };
    const handler = world.adapter.batches?.[name];
    return {
      perform: (atomic: boolean) => handler?.perform(call, { atomic }),
      lookup: () => handler?.lookup(call),
    };
  };
  const refusing = (name: string, id: number) => {
    const button = world.odoo.buttons[name];
    world.odoo.buttons[name] = (called: Called) => {
      if (called.ids.includes(id)) throw userError('This one is blocked.');
      return button?.(called);
    };
  };

  describe('a count of many', () => {
    const counts = [
      { sku: 'SKU-1', quantity: 5 },
      { sku: 'SKU-2', quantity: 6, location: 'MAIN' },
    ];

    it('is applied at once, and found again by what is on hand', async () => {
      expect(await batch('stock.set_many', counts).lookup()).toMatchObject({ done: [] });
      expect(await batch('stock.set_many', counts).perform(true)).toMatchObject({
        kind: 'performed',
        done: [{ recordId: 'r0', answer: { sku: 'SKU-1', onHand: 5 } }, { answer: { onHand: 6 } }],
        refused: [],
      });
      expect(world.count('stock.quant/action_apply_inventory')).toBe(1);
      expect(await batch('stock.set_many', counts).lookup()).toMatchObject({
        done: [{ recordId: 'r0' }, { recordId: 'r1' }],
      });
    });

    it('with a product nobody knows is none, or all but that one', async () => {
      const bad = [...counts, { sku: 'NOPE', quantity: 1 }];
      expect(await batch('stock.set_many', bad).perform(true)).toMatchObject({
        kind: 'rejected',
        fieldErrors: [{ field: 'records[2].sku' }],
      });
      expect(documents('stock.quant')).toEqual([]);
      expect(await batch('stock.set_many', bad).perform(false)).toMatchObject({
        done: [{ recordId: 'r0' }, { recordId: 'r1' }],
        refused: [{ recordId: 'r2', code: 'unknown_sku' }],
      });
    });

    it('that is refused as a whole is applied one by one where it may be in part', async () => {
      refusing('stock.quant/action_apply_inventory', 2);
      expect(await batch('stock.set_many', counts).perform(true)).toMatchObject({
        ...{ kind: 'rejected', message: 'This one is blocked.' },
      });
      expect(documents('stock.quant')).toMatchObject([{ quantity: 0 }, { quantity: 0 }]);
      expect(await batch('stock.set_many', counts).perform(false)).toMatchObject({
        ...{ done: [{ recordId: 'r0' }], refused: [{ recordId: 'r1', code: 'erp_refused' }] },
      });
    });

    it('whose answer was lost is doubt, and found', async () => {
      world.odoo.loseAnswerOf('stock.quant/action_apply_inventory');
      expect(await batch('stock.set_many', counts).perform(true)).toMatchObject({ kind: 'call_failed' });
      expect(await batch('stock.set_many', counts).lookup()).toMatchObject({
        done: [{ recordId: 'r0' }, { recordId: 'r1' }],
      });
    });
  });

  describe('an invoicing run', () => {
    const run = [{ orderId: '1001' }, { orderId: '1002', total: '27.35', currency: 'EUR' }];
    beforeEach(async () => {
      for (const orderId of ['1001', '1002'])
        await world.run('sale.confirm', { ...order, orderId }, `order/${orderId}`).perform();
    });

    it('is posted at once, each order once', async () => {
      expect(await batch('invoice.post_many', run).perform(true)).toMatchObject({
        kind: 'performed',
        done: [{ answer: { orderId: '1001', state: 'posted' } }, { answer: { orderId: '1002' } }],
      });
      expect(world.count('account.move/action_post')).toBe(1);
      expect(await batch('invoice.post_many', run).perform(true)).toMatchObject({ kind: 'performed' });
      expect(world.count('account.move/action_post')).toBe(1);
      expect(documents('account.move')).toHaveLength(2);
    });

    it('with an order that comes to something else posts none, or the others', async () => {
      const wrong = [run[0] as object, { orderId: '1002', total: '20.00', currency: 'EUR' }];
      expect(await batch('invoice.post_many', wrong).perform(true)).toMatchObject({
        kind: 'rejected',
        fieldErrors: [{ field: 'records[1].total' }],
      });
      expect(documents('account.move').every(({ state }) => state === 'draft')).toBe(true);
      expect(await batch('invoice.post_many', wrong).perform(false)).toMatchObject({
        ...{ done: [{ recordId: 'r0' }], refused: [{ recordId: 'r1', code: 'total_mismatch' }] },
      });
      expect(documents('account.move')).toMatchObject([{ state: 'posted' }, { state: 'draft' }]);
    });
  });
});
