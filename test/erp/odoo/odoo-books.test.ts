// What else is kept in Odoo's books, over both APIs: money before its invoice, payments matched with invoices, prices and the lock
// date. Written from Odoo's source: nothing of it has been recorded.
import { beforeEach, describe, expect, it } from 'vitest';
import { OdooError } from './support/fake-odoo.ts';
import { key, order, paid } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';

describe.each(['json2', 'jsonrpc'] as const)('over %s', (api) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(api);
    await world.run('sale.confirm', order, key).perform();
  });

  const documents = (model: string) => world.odoo.rows[model] ?? [];
  const pay = (changes: object = {}) => world.run('payment.register', { ...paid, ...changes });
  const invoice = () => world.run('invoice.post', { orderId: '1001' }).perform();

  describe('money for an order that is not invoiced', () => {
    it('is one payment that stands open, and paid again a duplicate', async () => {
      expect(await pay().perform()).toMatchObject({
        kind: 'succeeded',
        document: { state: 'posted', amount: '27.35', accountingDate: '2026-11-20', orderId: '1001' },
      });
      expect(documents('account.payment')).toMatchObject([
        {
          partner_id: 1,
          payment_type: 'inbound',
          partner_type: 'customer',
          memo: 'pi_1',
          state: 'in_process',
        },
      ]);
      expect(await pay().lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    });

    it('that was made and not posted is posted, and not made again', async () => {
      world.odoo.loseAnswerOf('account.payment/create');
      expect(await pay().perform()).toMatchObject({ kind: 'call_failed' });
      const found = await pay().lookup();
      expect(found.kind).toBe('unfinished');
      expect(await pay().perform(found.kind === 'unfinished' ? found.answer : undefined)).toMatchObject({
        kind: 'succeeded',
      });
      expect(documents('account.payment')).toHaveLength(1);
    });

    it('in a currency Odoo has not active is refused by its field', async () => {
      expect(await pay({ currency: 'USD' }).perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'currency_mismatch' },
        fieldErrors: [{ field: 'currency' }],
      });
      expect(documents('account.payment')).toEqual([]);
    });
  });

  describe('a payment and an invoice', () => {
    const reconcile = (changes: object = {}) =>
      world.run('invoice.reconcile', { paymentId: 'pi_1', orderId: '1001', currency: 'EUR', ...changes });

    it('are matched once, and leave what was said', async () => {
      await pay().perform();
      await invoice();
      expect(await reconcile().lookupAndVerify()).toMatchObject({ kind: 'not_found' });
      world.odoo.loseAnswerOf('account.move/js_assign_outstanding_line');
      expect(await reconcile().perform()).toMatchObject({ kind: 'call_failed' });
      expect(await reconcile().lookupAndVerify()).toMatchObject({
        kind: 'duplicate',
        document: { state: 'reconciled', residual: '0', invoiceNumber: 'INV/2026/00001' },
      });
      expect(await reconcile().perform()).toMatchObject({ kind: 'duplicate' });
      expect(world.count('account.move/js_assign_outstanding_line')).toBe(1);
    });

    it('that would leave something else are not touched', async () => {
      await pay({ amount: '20.00' }).perform();
      await invoice();
      expect(await reconcile().perform()).toMatchObject({
        ...{ kind: 'rejected', code: 'residual_differs' },
        fieldErrors: [{ field: 'residual', rule: '7.35 would be left to pay' }],
      });
      expect(await reconcile({ writeOffUpTo: '10.00' }).perform()).toMatchObject({
        fieldErrors: [{ field: 'writeOffUpTo' }],
      });
      expect(documents('account.move')[0]).toMatchObject({ amount_residual: 27.35 });
      expect(await reconcile({ residual: '7.35' }).perform()).toMatchObject({
        kind: 'succeeded',
        document: { residual: '7.35' },
      });
    });

    it('one of which is not there are refused by its field', async () => {
      await invoice();
      expect(await reconcile().perform()).toMatchObject({
        ...{ code: 'unknown_payment', fieldErrors: [{ field: 'paymentId' }] },
      });
    });
  });

  describe('a price', () => {
    const price = (changes: object = {}) =>
      world.run('price.set', { sku: 'SKU-1', currency: 'EUR', price: '2.4950', ...changes });

    it('is set on the product, and set again harmless', async () => {
      expect(await price().perform()).toMatchObject({ kind: 'succeeded', document: { price: '2.495' } });
      expect(await price().lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
      expect(documents('product.product')[0]).toMatchObject({ default_code: 'SKU-1', lst_price: 2.495 });
    });

    it('in another currency needs a list', async () => {
      expect(await price({ currency: 'USD' }).perform()).toMatchObject({
        ...{ code: 'currency_mismatch', fieldErrors: [{ field: 'currency' }] },
      });
    });

    it('on a list is one rule, and a promotion beside it is left alone', async () => {
      world.odoo.rows['product.pricelist'] = [{ id: 3, name: 'Retail', currency_id: [2, 'USD'] }];
      const promotion = {
        id: 1,
        pricelist_id: [3, ''],
        product_id: [1, ''],
        min_quantity: 10,
        fixed_price: 2,
      };
      world.odoo.rows['product.pricelist.item'] = [promotion];
      world.odoo.buttons['product.pricelist.item/search_read'] = ({ args }) =>
        documents('product.pricelist.item')
          .filter((rule) => (rule.min_quantity ?? 0) === 0 && rule.pricelist_id[0] === args.domain[0][2])
          .map(({ id, fixed_price }) => ({ id, fixed_price }));
      const listed = { priceList: 'Retail', currency: 'USD' };
      expect(await price(listed).perform()).toMatchObject({
        kind: 'succeeded',
        document: { priceList: 'Retail' },
      });
      expect(await price({ ...listed, price: '3.00' }).perform()).toMatchObject({ kind: 'succeeded' });
      expect(documents('product.pricelist.item')).toMatchObject([
        { fixed_price: 2 },
        { fixed_price: 3, compute_price: 'fixed', applied_on: '0_product_variant' },
      ]);
      expect(await price({ priceList: 'Nowhere' }).perform()).toMatchObject({
        ...{ code: 'unknown_price_list', fieldErrors: [{ field: 'priceList' }] },
      });
    });
  });

  describe('a period', () => {
    const close = (through = '2026-10-31') => world.run('period.close', { through });

    it('is closed by the lock date, which is never moved back', async () => {
      expect(await close().perform()).toMatchObject({
        kind: 'succeeded',
        document: { state: 'closed', closedThrough: '2026-10-31', documentNumber: 'Mugs & Co' },
      });
      expect(await close('2026-09-30').perform()).toMatchObject({
        kind: 'duplicate',
        document: { closedThrough: '2026-10-31' },
      });
      expect(documents('res.company')).toMatchObject([{ fiscalyear_lock_date: '2026-10-31' }]);
    });

    it('of one of several companies is closed only where it is said which', async () => {
      documents('res.company').push({ id: 2, name: 'Cups & Co', fiscalyear_lock_date: false });
      expect(await close().perform()).toMatchObject({ kind: 'rejected', code: 'company_ambiguous' });
      expect(world.count('res.company/write')).toBe(0);
    });

    it('with something unfinished in it is refused in the words of Odoo', async () => {
      const message = 'There are still unposted entries in the period you want to lock.';
      world.odoo.buttons['res.company/write'] = () => {
        throw new OdooError({ name: 'odoo.exceptions.RedirectWarning', message, status: 422 });
      };
      expect(await close().perform()).toMatchObject({ kind: 'rejected', code: 'erp_refused', message });
    });
  });
});
