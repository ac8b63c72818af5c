// Transfers, counts and customers on Odoo, over both APIs: a stated policy for the rest, quantities that are set and not added.
import { beforeEach, describe, expect, it } from 'vitest';
import { customer } from '../sandbox/support/operation-cases.ts';
import { userError } from './support/fake-odoo.ts';
import { key, order } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';

describe.each(['json2', 'jsonrpc'] as const)('over %s', (api) => {
  let world: World;
  beforeEach(() => {
    world = createWorld(api);
  });

  const confirm = () => world.run('sale.confirm', order, key);
  const documents = (model: string) => world.odoo.rows[model] ?? [];

  describe('a transfer', () => {
    beforeEach(() => {
      world.odoo.rows['purchase.order'] = [{ id: 1, name: 'P00001', state: 'purchase' }];
      world.odoo.rows['stock.picking'] = [
        { id: 5, name: 'WH/IN/00001', state: 'assigned', origin: 'P00001', picking_type_code: 'incoming' },
      ];
      world.odoo.rows['stock.move'] = [
        { id: 9, picking_id: [5, ''], product_id: [1, ''], product_uom_qty: 10 },
      ];
    });

    const receive = (backorder: 'create' | 'cancel', quantity = 6) => {
      const lines = [{ sku: 'SKU-1', quantity }];
      const input = { receiptId: 'asn-77', purchaseOrder: 'P00001', lines, backorder };
      return world.run('purchase.receive', input, 'purchase/P00001/erp/purchase.receive/asn-77');
    };

    it.each([
      ['create', true],
      ['cancel', false],
    ] as const)(
      'of a part with the rest to %s is done, and says what is left',
      async (policy, hasBackorder) => {
        expect(await receive(policy).perform()).toMatchObject({
          kind: 'succeeded',
          document: { state: 'done', lines: [{ sku: 'SKU-1', quantity: 6 }], hasBackorder },
        });
        expect(await receive(policy).perform()).toMatchObject({ kind: 'duplicate' });
        expect(world.count('stock.picking/button_validate')).toBe(1);
      },
    );

    it('whose answer was lost is found by its mark', async () => {
      world.odoo.loseAnswerOf('stock.picking/button_validate');
      expect(await receive('create').perform()).toMatchObject({ kind: 'call_failed' });
      expect(await receive('create').lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    });

    it('that Odoo has nothing reserved for is refused', async () => {
      world.odoo.buttons['stock.picking/button_validate'] = () => {
        throw userError('You cannot validate a transfer if no quantities are reserved.');
      };
      expect(await receive('create').perform()).toMatchObject({
        kind: 'rejected',
        code: 'insufficient_stock',
      });
    });

    it('of a purchase order that is not there is refused by its field', async () => {
      world.odoo.rows['purchase.order'] = [];
      expect(await receive('create').perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'unknown_purchase_order' },
        fieldErrors: [{ field: 'purchaseOrder' }],
      });
    });

    it('of a sale moves all that is open where no line is named', async () => {
      await confirm().perform();
      const picking = { id: 6, name: 'WH/OUT/00001', state: 'assigned', origin: 'S00001' };
      world.odoo.rows['stock.picking'] = [{ ...picking, picking_type_code: 'outgoing' }];
      world.odoo.rows['stock.move'] = [
        { id: 10, picking_id: [6, ''], product_id: [2, ''], product_uom_qty: 3 },
      ];
      const ship = world.run('shipment.deliver', { shipmentId: 'sh-1', orderId: '1001' });
      expect(await ship.perform()).toMatchObject({
        kind: 'succeeded',
        document: { state: 'done', lines: [{ sku: 'SKU-2', quantity: 3 }], hasBackorder: false },
      });
      expect(await ship.perform()).toMatchObject({ kind: 'duplicate' });
    });
  });

  it('a count sets what is on hand, and a second one does not add', async () => {
    const count = world.run('stock.set', { sku: 'SKU-1', location: 'MAIN', quantity: 100 });
    expect(await count.perform()).toMatchObject({
      kind: 'succeeded',
      document: { onHand: 100, state: 'done' },
    });
    expect(await count.perform()).toMatchObject({ kind: 'succeeded', document: { onHand: 100 } });
    expect(await count.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    const elsewhere = { sku: 'SKU-1', location: 'NOWHERE', quantity: 1 };
    expect(await world.run('stock.set', elsewhere).perform()).toMatchObject({ code: 'unknown_location' });
  });

  it('a customer is replaced whole, by the same record each time', async () => {
    expect(await world.run('customer.upsert', customer).perform()).toMatchObject({
      kind: 'succeeded',
      document: { state: 'active', name: 'Grace Hopper', email: 'grace@example.test' },
    });
    const { phone: _phone, ...without } = customer;
    const next = { ...without, name: 'Rear Admiral Hopper' };
    expect(await world.run('customer.upsert', next).perform()).toMatchObject({ kind: 'succeeded' });
    expect(documents('res.partner')).toMatchObject([
      { name: 'Rear Admiral Hopper', phone: false, country_id: 'base.nl', ref: 'c-9' },
    ]);
  });
});
