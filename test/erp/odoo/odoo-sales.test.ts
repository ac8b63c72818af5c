// Sales on Odoo, over both APIs: one order whatever is lost on the way, "already done" read before it is believed, wizards not taken
// for effects, and nothing confirmed that comes to something else.
import { beforeEach, describe, expect, it } from 'vitest';
import { sale } from '../sandbox/support/operation-cases.ts';
import { OdooError } from './support/fake-odoo.ts';
import { key, order } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';
import { loadLost } from './support/recorded-bodies.ts';

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
});
