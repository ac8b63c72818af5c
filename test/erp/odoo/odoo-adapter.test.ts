// The operations of the Odoo adapter, over both APIs, against as much of Odoo as it speaks to: one document whatever is lost on the
// way, "already done" read before it is believed, wizards not taken for effects.
import { beforeEach, describe, expect, it } from 'vitest';
import { createOdooAdapter } from '../../../src/erp/odoo/odoo-adapter.ts';
import { creditNote, customer, payment, sale } from '../sandbox/support/operation-cases.ts';
import { OdooError } from './support/fake-odoo.ts';
import { createWorld, userError, type World } from './support/odoo-world.ts';
import { loadLost } from './support/recorded-bodies.ts';

const key = 'order/1001/erp/sale.confirm';

/** Odoo computes taxes itself: none come on top here. */
const { taxTotal: _tax, ...untaxed } = sale;
const order = { ...untaxed, total: '27.35' };
const paid = { ...payment, amount: '27.35' };
const credited = { ...creditNote, amount: '27.35', restock: false };

describe.each(['json2', 'jsonrpc'] as const)('over %s', (api) => {
  let world: World;
  beforeEach(() => {
    world = createWorld(api);
  });

  const confirm = () => world.run('sale.confirm', order, key);
  const documents = (model: string) => world.odoo.rows[model] ?? [];

  it('a sale is one order, with its lines, its shipping and its discount', async () => {
    expect(await confirm().perform()).toMatchObject({
      kind: 'succeeded',
      document: {
        ...{ documentNumber: 'S00001', state: 'confirmed', orderId: '1001', total: '27.35', currency: 'EUR' },
        lines: [
          { sku: 'SKU-1', quantity: 2 },
          { sku: 'SKU-2', quantity: 3 },
        ],
      },
    });
    expect(documents('sale.order')).toMatchObject([{ state: 'sale', client_order_ref: '1001', origin: key }]);
    expect(documents('sale.order.line')).toHaveLength(4);
  });

  it.each(['sale.order/load', 'sale.order/action_confirm'])(
    'a time-out after the commit of %s leaves one order, and no line twice',
    async (name) => {
      world.odoo.loseAnswerOf(name);
      const work = confirm();
      expect(await work.perform()).toMatchObject({ kind: 'call_failed', failure: { reason: 'timeout' } });
      const found = await work.lookup();
      if (found.kind === 'unfinished')
        expect(await work.perform(found.answer)).toMatchObject({ kind: 'succeeded' });
      else expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
      expect(documents('sale.order')).toHaveLength(1);
      expect(documents('sale.order.line')).toHaveLength(4);
    },
  );

  it('an order that was confirmed before is a duplicate; one that cannot be is refused', async () => {
    await confirm().perform();
    expect(await confirm().perform()).toMatchObject({ kind: 'duplicate' });
    for (const row of documents('sale.order')) row.state = 'cancel';
    expect(await confirm().perform()).toMatchObject({ kind: 'rejected', code: 'invalid_state' });
    expect(documents('sale.order')).toHaveLength(1);
  });

  it('a race is tried again: of load in its messages, of the confirmation in a validation', async () => {
    world.odoo.buttons['sale.order/load'] = () => loadLost;
    expect(await confirm().perform()).toMatchObject({ kind: 'retryable', reason: 'conflict' });
    delete world.odoo.buttons['sale.order/load'];
    world.odoo.buttons['sale.order/action_confirm'] = () => {
      throw new OdooError({
        name: 'odoo.exceptions.ValidationError',
        message: 'Error, a partner cannot follow twice the same object.',
        status: 422,
      });
    };
    expect(await confirm().perform()).toMatchObject({ kind: 'retryable', reason: 'conflict' });
  });

  it('a missing mandatory field is refused by its name in the input', async () => {
    const message =
      'The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n\n' +
      'Model: Sales Order (sale.order), Field: Customer (partner_id)';
    world.odoo.buttons['sale.order/load'] = () => ({ ids: false, messages: [{ type: 'error', message }] });
    expect(await confirm().perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'field_required' },
      fieldErrors: [{ field: 'customer.customerId' }],
    });
  });

  it('a total that Odoo computes otherwise is refused before it is confirmed', async () => {
    expect(await world.run('sale.confirm', sale, key).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'total_mismatch' },
      fieldErrors: [{ field: 'total', rule: 'Odoo computes 27.35 EUR for this order, with its own taxes' }],
    });
    expect(documents('sale.order')).toMatchObject([{ state: 'draft' }]);
    expect(world.count('sale.order/action_confirm')).toBe(0);
  });

  it('an unknown article is refused by its line, and nothing was written', async () => {
    const lines = [order.lines[0], { ...order.lines[1], sku: 'SKU-9' }];
    expect(await world.run('sale.confirm', { ...order, lines }, key).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'unknown_sku' },
      fieldErrors: [{ field: 'lines[1].sku' }],
    });
    expect(world.odoo.requests.some(({ write }) => write)).toBe(false);
  });

  it('a customer is not changed by an order, and is found by its reference', async () => {
    world.odoo.rows['res.partner'] = [{ id: 7, ref: 'c-1', name: 'Countess Lovelace', active: true }];
    await confirm().perform();
    expect(documents('res.partner')).toMatchObject([{ name: 'Countess Lovelace' }]);
    expect(documents('sale.order')).toMatchObject([{ partner_id: [7, ''] }]);
  });

  it('a cancellation does not answer the dialogue, and is a duplicate where it was done', async () => {
    await confirm().perform();
    const cancel = world.run('sale.cancel', { orderId: '1001' });
    expect(await cancel.lookup()).toEqual({ kind: 'not_found' });
    expect(await cancel.perform()).toMatchObject({ kind: 'succeeded', document: { state: 'cancelled' } });
    expect(await cancel.perform()).toMatchObject({ kind: 'duplicate' });
    expect(await world.run('sale.cancel', { orderId: '404' }).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'unknown_order' },
      fieldErrors: [{ field: 'orderId' }],
    });
  });

  it('a button that opens a wizard has done nothing, and is refused by its name', async () => {
    await confirm().perform();
    world.odoo.buttons['sale.order/action_cancel'] = () => ({
      ...{ type: 'ir.actions.act_window', res_model: 'sale.order.cancel', res_id: false },
    });
    expect(await world.run('sale.cancel', { orderId: '1001' }).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'wizard_required' },
      message: expect.stringContaining('sale.order.cancel'),
    });
  });

  describe('of an order that is confirmed', () => {
    const invoice = () => world.run('invoice.post', { orderId: '1001', invoiceDate: '2026-11-20' });
    beforeEach(async () => {
      await confirm().perform();
    });

    it('the invoice is posted once, on its day', async () => {
      expect(await invoice().perform()).toMatchObject({
        kind: 'succeeded',
        document: {
          state: 'posted',
          total: '27.35',
          accountingDate: '2026-11-20',
          documentNumber: 'INV/2026/00001',
        },
      });
      expect(await invoice().perform()).toMatchObject({ kind: 'duplicate' });
      expect(documents('account.move')).toHaveLength(1);
    });

    it('a draft that is there is posted, and no other one made', async () => {
      world.odoo.loseAnswerOf('account.move/action_post');
      const post = world.odoo.buttons['account.move/action_post'];
      world.odoo.buttons['account.move/action_post'] = () => null;
      expect(await invoice().perform()).toMatchObject({ kind: 'call_failed' });
      if (post !== undefined) world.odoo.buttons['account.move/action_post'] = post;
      const found = await invoice().lookup();
      if (found.kind !== 'unfinished') throw new Error(`the draft was ${found.kind}`);
      expect(await invoice().perform(found.answer)).toMatchObject({ kind: 'succeeded' });
      expect(documents('account.move')).toHaveLength(1);
    });

    it('a locked day is refused, for Odoo would move it without a word', async () => {
      world.odoo.rows['res.company'] = [{ id: 1, fiscalyear_lock_date: '2026-11-30' }];
      expect(await invoice().perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'period_closed' },
        fieldErrors: [{ field: 'invoiceDate' }],
      });
      expect(documents('account.move')).toEqual([]);
    });

    it('the payment is registered once against it, and nothing left to pay is read first', async () => {
      await invoice().perform();
      const pay = world.run('payment.register', paid);
      expect(await pay.perform()).toMatchObject({
        kind: 'succeeded',
        document: { state: 'posted', amount: '27.35', paymentId: 'pi_1' },
      });
      expect(await pay.perform()).toMatchObject({ kind: 'duplicate' });
      expect(await world.run('payment.register', { ...paid, paymentId: 'pi_2' }).perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'nothing_left_to_pay' },
      });
      expect(documents('account.payment')).toHaveLength(1);
    });

    it('a payment whose answer was lost is found by its memo', async () => {
      await invoice().perform();
      world.odoo.loseAnswerOf('account.payment.register/action_create_payments');
      const pay = world.run('payment.register', paid);
      expect(await pay.perform()).toMatchObject({ kind: 'call_failed' });
      expect(await pay.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
      expect(documents('account.payment')).toHaveLength(1);
    });

    it('a payment without a posted invoice is refused, and said', async () => {
      expect(await world.run('payment.register', paid).perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'unknown_invoice' },
        fieldErrors: [{ field: 'orderId' }],
      });
    });

    it('a credit note of all, and one of a part, come to what was asked for', async () => {
      await invoice().perform();
      const whole = world.run('credit_note.issue', { ...credited, lines: undefined });
      expect(await whole.perform()).toMatchObject({
        kind: 'succeeded',
        document: { amount: '27.35', state: 'posted' },
      });
      expect(await whole.perform()).toMatchObject({ kind: 'duplicate' });
      const part = world.run('credit_note.issue', { ...credited, refundId: 're_12', amount: '12.00' });
      expect(await part.perform()).toMatchObject({
        kind: 'succeeded',
        document: { amount: '12', refundId: 're_12' },
      });
      const notes = documents('account.move').filter(({ move_type: type }) => type === 'out_refund');
      expect(notes).toMatchObject([{ amount_total: 27.35 }, { amount_total: 12 }]);
      expect(await whole.lookupAndVerify()).toMatchObject({
        kind: 'duplicate',
        document: { amount: '27.35' },
      });
    });

    it('goods to restock are refused, for they come back by an operation of their own', async () => {
      await invoice().perform();
      expect(await world.run('credit_note.issue', { ...credited, restock: true }).perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'restock_unsupported' },
      });
    });
  });

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

describe('a request', () => {
  it('over JSON-2 is the method with its arguments by name, the key in a header', async () => {
    const { odoo, run, adapter } = createWorld('json2');
    await run('sale.confirm', order, key).perform();
    const sent = odoo.requests.find(({ path }) => path === '/json/2/sale.order/action_confirm');
    expect(sent).toMatchObject({
      method: 'POST',
      headers: { 'x-odoo-database': 'shop' },
      body: { ids: [1] },
      write: true,
    });
    expect(adapter.session.authorize('k1')).toEqual({ authorization: 'Bearer k1' });
    expect(adapter.credentialFields).toEqual(['apiKey']);
  });

  it('over JSON-RPC is execute_kw, and what is recorded of it holds no key', async () => {
    const { odoo, run, adapter } = createWorld('jsonrpc');
    await run('sale.confirm', order, key).perform();
    const sent = odoo.requests.find(({ body }) => JSON.stringify(body).includes('action_confirm'));
    if (sent === undefined) throw new Error('no confirmation was sent');
    expect(sent.body).toMatchObject({
      params: {
        service: 'object',
        method: 'execute_kw',
        args: ['shop', null, null, 'sale.order', 'action_confirm', [[1]], {}],
      },
    });
    expect(adapter.session.place?.(sent, '2:the-key').body).toMatchObject({
      params: { args: ['shop', 2, 'the-key', 'sale.order', 'action_confirm', [[1]], {}] },
    });
    expect(adapter.session.authorize('2:the-key')).toEqual({});
  });
});

describe('the options', () => {
  it.each([
    [{ api: 'soap' as never }, 'api'],
    [{ api: 'jsonrpc' as const }, 'database'],
    [{ module: 'My Module' }, 'module'],
    [{ rotateAfterDays: 60 }, 'rotateAfterDays'],
    [{ locations: { MAIN: 0 } }, 'locations or priceLists.MAIN'],
  ])('%j are refused at %s', (options, field) => {
    expect(createOdooAdapter(options).problems).toMatchObject([{ field }]);
  });
});
