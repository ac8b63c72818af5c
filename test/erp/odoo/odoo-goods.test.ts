// Goods that come back, and goods that nobody ordered, on Odoo over both APIs. Written from Odoo's source: only the validation of a
// transfer has been recorded.
import { beforeEach, describe, expect, it } from 'vitest';
import { key, order } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';

describe.each(['json2', 'jsonrpc'] as const)('over %s', (api) => {
  let world: World;
  beforeEach(() => {
    world = createWorld(api);
  });

  const documents = (model: string) => world.odoo.rows[model] ?? [];

  describe('goods that come back', () => {
    const back = (changes: object = {}) =>
      world.run('return.receive', {
        ...{ returnId: 'rma-1', orderId: '1001' },
        lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, disposition: 'restock' }],
        ...changes,
      });

    beforeEach(async () => {
      await world.run('sale.confirm', order, key).perform();
      world.odoo.rows['stock.picking'] = [
        { id: 6, name: 'WH/OUT/00001', state: 'done', origin: 'S00001', picking_type_code: 'outgoing' },
      ];
      world.odoo.rows['stock.move'] = [
        { id: 10, picking_id: [6, ''], product_id: [1, ''], quantity: 3, state: 'done' },
      ];
    });

    it('are one return of their delivery, validated', async () => {
      expect(await back().perform()).toMatchObject({
        kind: 'succeeded',
        document: {
          ...{ state: 'done', returnId: 'rma-1', orderId: '1001', accountingDate: '2026-11-24' },
          lines: [{ sku: 'SKU-1', quantity: 2 }],
          restockedLines: [{ sku: 'SKU-1', quantity: 2 }],
        },
      });
      expect(await back().perform()).toMatchObject({ kind: 'duplicate' });
      expect(documents('stock.picking')).toHaveLength(2);
    });

    it.each(['stock.return.picking/action_create_returns', 'stock.picking/button_validate'])(
      'whose answer of %s was lost are received once',
      async (name) => {
        world.odoo.loseAnswerOf(name);
        expect(await back().perform()).toMatchObject({ kind: 'call_failed' });
        const found = await back().lookupAndVerify();
        if (found.kind === 'not_found') expect(await back().perform()).toMatchObject({ kind: 'succeeded' });
        else expect(found).toMatchObject({ kind: 'duplicate' });
        expect(documents('stock.picking')).toHaveLength(2);
      },
    );

    it('are refused where more comes back than is left, or went nowhere', async () => {
      await back().perform();
      const more = world.run(
        'return.receive',
        {
          ...{ returnId: 'rma-2', orderId: '1001' },
          lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, disposition: 'restock' }],
        },
        'another',
      );
      expect(await more.perform()).toMatchObject({ code: 'over_return', fieldErrors: [{ field: 'lines' }] });
      world.odoo.rows['stock.picking'] = [];
      expect(await more.perform()).toMatchObject({ code: 'nothing_delivered' });
    });

    describe('and are broken in part', () => {
      const line = { lineId: '1', sku: 'SKU-1' };
      const lines = [
        { ...line, quantity: 1, disposition: 'restock' },
        { ...line, quantity: 1.5, disposition: 'scrap' },
      ];

      it('are scrapped as far as they are, once', async () => {
        expect(await back({ lines }).perform()).toMatchObject({
          kind: 'succeeded',
          document: {
            lines: [{ sku: 'SKU-1', quantity: 2.5 }],
            restockedLines: [{ sku: 'SKU-1', quantity: 1 }],
          },
        });
        expect(await back({ lines }).perform()).toMatchObject({ kind: 'duplicate' });
        expect(documents('stock.scrap')).toMatchObject([
          { scrap_qty: 1.5, product_id: 1, location_id: 8, state: 'done' },
        ]);
      });

      it.each(['stock.picking/button_validate', 'stock.scrap/create', 'stock.scrap/action_validate'])(
        'whose answer of %s was lost are scrapped once',
        async (name) => {
          world.odoo.loseAnswerOf(name);
          expect(await back({ lines }).perform()).toMatchObject({ kind: 'call_failed' });
          const found = await back({ lines }).lookup();
          if (found.kind === 'unfinished')
            expect(await back({ lines }).perform(found.answer)).toMatchObject({ kind: 'succeeded' });
          else expect(await back({ lines }).lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
          expect(documents('stock.scrap')).toMatchObject([{ state: 'done' }]);
          expect(documents('stock.picking')).toHaveLength(2);
        },
      );

      it('that Odoo asks a person about are not taken for scrapped', async () => {
        world.odoo.buttons['stock.scrap/action_validate'] = () => ({
          ...{ type: 'ir.actions.act_window', res_model: 'stock.warn.insufficient.qty.scrap' },
        });
        expect(await back({ lines }).perform()).toMatchObject({ kind: 'rejected', code: 'wizard_required' });
      });
    });

    it('are refused where Odoo would do something else with them', async () => {
      expect(await back({ postingDate: '2026-11-20' }).perform()).toMatchObject({
        fieldErrors: [{ field: 'postingDate' }],
      });
      expect(await back({ location: 'NOWHERE' }).perform()).toMatchObject({ code: 'unknown_location' });
      expect(world.count('stock.return.picking/create')).toBe(0);
    });
  });

  describe('goods that nobody ordered', () => {
    const receive = (changes: object = {}) =>
      world.run('stock.receive', {
        ...{ receiptId: 'asn-5', lines: [{ sku: 'SKU-1', quantity: 6 }] },
        ...changes,
      });

    beforeEach(() => {
      world.odoo.rows['stock.picking.type'] = [
        ...[{ id: 1, code: 'incoming', default_location_src_id: [4, ''], default_location_dest_id: [8, ''] }],
      ];
    });

    it('get a receipt of their own, once', async () => {
      expect(await receive().perform()).toMatchObject({
        kind: 'succeeded',
        document: { state: 'done', receiptId: 'asn-5', lines: [{ sku: 'SKU-1', quantity: 6 }] },
      });
      expect(await receive().perform()).toMatchObject({ kind: 'duplicate' });
      expect(documents('stock.picking')).toMatchObject([{ origin: 'asn-5', location_dest_id: [8, ''] }]);
      expect(documents('stock.move')).toHaveLength(1);
    });

    it.each(['stock.picking/load', 'stock.picking/action_confirm', 'stock.picking/button_validate'])(
      'whose answer of %s was lost come in once',
      async (name) => {
        world.odoo.loseAnswerOf(name);
        expect(await receive().perform()).toMatchObject({ kind: 'call_failed' });
        const found = await receive().lookup();
        if (found.kind === 'unfinished')
          expect(await receive().perform(found.answer)).toMatchObject({ kind: 'succeeded' });
        else expect(await receive().lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
        expect(documents('stock.picking')).toHaveLength(1);
        expect(documents('stock.move')).toMatchObject([{ quantity: 6 }]);
      },
    );

    it('are refused where a product or a place is not known', async () => {
      const lines = [{ sku: 'NOPE', quantity: 1 }];
      expect(await receive({ lines }).perform()).toMatchObject({ fieldErrors: [{ field: 'lines[0].sku' }] });
      expect(await receive({ location: 'NOWHERE' }).perform()).toMatchObject({ code: 'unknown_location' });
      world.odoo.rows['stock.picking.type'] = [];
      expect(await receive().perform()).toMatchObject({ code: 'no_receipt_type' });
    });
  });
});
