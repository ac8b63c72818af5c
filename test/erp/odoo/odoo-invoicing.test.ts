// Invoices, payments and credit notes on Odoo, over both APIs: each once, on its day and to its amount.
import { beforeEach, describe, expect, it } from 'vitest';
import { credited, key, order, paid } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';

describe.each(['json2', 'jsonrpc'] as const)('over %s', (api) => {
  let world: World;
  beforeEach(() => {
    world = createWorld(api);
  });

  const confirm = () => world.run('sale.confirm', order, key);
  const documents = (model: string) => world.odoo.rows[model] ?? [];

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
        document: { state: 'posted', amount: '27.35', paymentId: 'pi_1', accountingDate: '2026-11-20' },
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

    it('a payment of an invoice that is not there is refused, and said', async () => {
      const { orderId: _order, ...rest } = paid;
      const unknown = { ...rest, invoiceNumber: 'INV/2026/00099' };
      expect(await world.run('payment.register', unknown).perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'unknown_invoice' },
        fieldErrors: [{ field: 'invoiceNumber' }],
      });
    });

    it('a payment on a locked day is refused, for Odoo would move it without a word', async () => {
      world.odoo.rows['res.company'] = [{ id: 1, fiscalyear_lock_date: '2026-11-30' }];
      expect(await world.run('payment.register', paid).perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'period_closed' },
        fieldErrors: [{ field: 'paidAt' }],
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
});
