// Invoices, payments, credit notes and the ledger of the sandbox ERP: what they post and every rule that refuses.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeSettings,
  createErpClient,
  createInvoicedOrder,
  creditNote,
  type ErpClient,
  order,
  payment,
  reset,
  state,
} from './support/erp-client.ts';

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

async function balanceOf(account: string): Promise<string | undefined> {
  const { body } = await erp.get('/api/trial-balance');
  expect(body.balanced).toBe(true);
  return body.accounts.find((entry: { account: string }) => entry.account.startsWith(account))?.balance;
}

describe('an invoice', () => {
  it('takes two calls: made as a draft of the order, then posted in balance', async () => {
    await erp.post('/api/orders', order('1001'));
    const draft = await erp.post('/api/invoices', { orderId: '1001', relayKey: 'k' });
    expect(draft).toMatchObject({
      state: 'draft',
      documentNumber: 'INV/2026/00001',
      total: '29.35',
      residual: '29.35',
    });
    expect(await balanceOf('1100')).toBeUndefined();
    const posted = await erp.post(`/api/invoices/${draft.documentId}/post`);
    expect(posted).toMatchObject({ state: 'posted', relayKey: 'k', paymentState: 'unpaid' });
    expect(await balanceOf('1100')).toBe('29.35');
    expect(await balanceOf('4000')).toBe('-24.35');
    expect(await balanceOf('4100')).toBe('-5.00');
    expect(await balanceOf('2200')).toBe('-2.00');
    expect(await balanceOf('4900')).toBe('2.00');
  });

  it('is refused for an order that is unknown, unconfirmed, cancelled or invoiced', async () => {
    expect((await erp.refused('/api/invoices', { orderId: 'none' })).code).toBe('unknown_order');
    await erp.post('/api/orders', order('1001', { state: 'draft' }));
    expect((await erp.refused('/api/invoices', { orderId: '1001' })).code).toBe('order_not_confirmed');
    const { documentId } = await erp.post('/api/orders', order('1002'));
    await erp.post(`/api/orders/${documentId}/cancel`);
    expect((await erp.refused('/api/invoices', { orderId: '1002' })).code).toBe('order_cancelled');
    await createInvoicedOrder(erp, '1003');
    expect((await erp.refused('/api/invoices', { orderId: '1003' })).code).toBe('nothing_to_invoice');
  });

  it('is posted once, also where two drafts were made', async () => {
    await erp.post('/api/orders', order('1001'));
    const first = await erp.post('/api/invoices', { orderId: '1001' });
    const second = await erp.post('/api/invoices', { orderId: '1001' });
    await erp.post(`/api/invoices/${first.documentId}/post`);
    expect((await erp.refused(`/api/invoices/${first.documentId}/post`)).code).toBe('invalid_state');
    expect((await erp.refused(`/api/invoices/${second.documentId}/post`)).code).toBe('nothing_to_invoice');
    expect(await balanceOf('1100')).toBe('29.35');
  });

  it('can be changed as a draft and not once it is posted', async () => {
    await erp.post('/api/orders', order('1001'));
    const { documentId } = await erp.post('/api/invoices', { orderId: '1001' });
    const changed = await erp.call('PATCH', `/api/invoices/${documentId}`, { invoiceDate: '2026-01-31' });
    expect(changed.body.invoiceDate).toBe('2026-01-31');
    await erp.post(`/api/invoices/${documentId}/post`);
    const refused = await erp.call('PATCH', `/api/invoices/${documentId}`, { invoiceDate: '2026-02-01' });
    expect(refused.body.error.code).toBe('posted_entry_changed');
  });
});

describe('a payment', () => {
  it('ahead of the invoice waits as a prepayment that the invoice uses up', async () => {
    await erp.post('/api/orders', order('1001'));
    const paid = await erp.post('/api/payments', payment('p1', '1001', { amount: '20.00' }));
    expect(paid).toMatchObject({
      state: 'posted',
      amount: '20.00',
      invoiceNumber: null,
      accountingDate: '2026-11-20',
    });
    expect(await balanceOf('2300')).toBe('-20.00');
    const { documentId } = await erp.post('/api/invoices', { orderId: '1001' });
    const invoice = await erp.post(`/api/invoices/${documentId}/post`);
    expect(invoice).toMatchObject({ residual: '9.35', paymentState: 'partial' });
    expect(await balanceOf('2300')).toBe('0.00');
    await erp.post('/api/payments', payment('p2', '1001', { amount: '9.35' }));
    expect((await erp.get(`/api/invoices/${documentId}`)).body).toMatchObject({
      residual: '0.00',
      paymentState: 'paid',
    });
    expect(await balanceOf('1000')).toBe('29.35');
  });

  it('can name the invoice instead of the order', async () => {
    const { invoice } = await createInvoicedOrder(erp, '1001');
    const byInvoice = { orderId: undefined, invoiceNumber: invoice.documentNumber };
    const paid = await erp.post('/api/payments', payment('p1', '1001', byInvoice));
    expect(paid).toMatchObject({ orderId: '1001', invoiceNumber: invoice.documentNumber });
    expect(await balanceOf('1100')).toBe('0.00');
  });

  it.each([
    ['more than is owed', { amount: '29.36' }, { code: 'payment_exceeds_residual', field: 'amount' }],
    ['nothing', { amount: '0.00' }, { code: 'amount_not_positive', field: 'amount' }],
    ['a negative amount', { amount: '-1.00' }, { code: 'amount_not_positive', field: 'amount' }],
    ['another currency', { currency: 'USD' }, { code: 'currency_mismatch', field: 'currency' }],
    ['an unknown order', { orderId: 'none' }, { code: 'unknown_order', field: 'orderId' }],
    ['an unknown invoice', { invoiceNumber: 'INV/1' }, { code: 'unknown_invoice', field: 'invoiceNumber' }],
    ['neither order nor invoice', { orderId: undefined }, { code: 'order_missing', field: 'orderId' }],
    [
      'an invoice of another order',
      { orderId: 'x', invoiceNumber: 'INV/2026/00001' },
      { code: 'order_mismatch', field: 'orderId' },
    ],
  ])('of %s is refused', async (_what, change, refusal) => {
    await createInvoicedOrder(erp, '1001');
    expect(await erp.refused('/api/payments', payment('p1', '1001', change))).toMatchObject({
      code: refusal.code,
      fields: [refusal],
    });
    expect((await state()).payments).toEqual([]);
  });

  it('of a paid order is refused as nothing left to pay', async () => {
    await createInvoicedOrder(erp, '1001');
    await erp.post('/api/payments', payment('p1', '1001'));
    expect((await erp.refused('/api/payments', payment('p1', '1001'))).code).toBe('nothing_left_to_pay');
  });

  it('of an order that was credited before is taken, and stands as the credit of the customer', async () => {
    const { invoice } = await createInvoicedOrder(erp, '1001');
    await erp.post('/api/credit-notes', creditNote('r1', '1001'));
    expect(await erp.post('/api/payments', payment('p1', '1001'))).toMatchObject({ state: 'posted' });
    expect((await erp.get(`/api/invoices/${invoice.documentId}`)).body).toMatchObject({ residual: '-10.00' });
  });

  it('on an invoice that is still a draft is refused', async () => {
    await erp.post('/api/orders', order('1001'));
    const { documentNumber } = await erp.post('/api/invoices', { orderId: '1001' });
    const early = payment('p1', '1001', { invoiceNumber: documentNumber });
    expect((await erp.refused('/api/payments', early)).code).toBe('invoice_not_posted');
  });
});

describe('a credit note', () => {
  it('gives back a part with its share of the tax and brings the residual down', async () => {
    const { invoice } = await createInvoicedOrder(erp, '1001');
    const note = await erp.post('/api/credit-notes', creditNote('r1', '1001'));
    expect(note).toMatchObject({
      state: 'posted',
      documentNumber: 'RINV/2026/00001',
      amount: '10.00',
      restocked: false,
    });
    expect((await erp.get(`/api/invoices/${invoice.documentId}`)).body).toMatchObject({
      creditedTotal: '10.00',
      residual: '19.35',
    });
    // 10.00 × 2.00 / 29.35 is 0.68 of tax.
    expect(await balanceOf('4800')).toBe('9.32');
    expect(await balanceOf('2200')).toBe('-1.32');
  });

  it('lets reserved goods go where they were never delivered', async () => {
    await createInvoicedOrder(erp, '1001');
    const lines = [{ lineId: '1', sku: 'SKU-1', quantity: 1, amount: '10.00' }];
    await erp.post('/api/credit-notes', creditNote('r1', '1001', { lines, restock: true }));
    expect((await erp.get('/api/stock/SKU-1')).body).toMatchObject({ onHand: 1000, reserved: 1 });
  });

  it('takes delivered goods back into stock and out of the cost of goods', async () => {
    const { sale } = await createInvoicedOrder(erp, '1001');
    await erp.post(`/api/orders/${sale.documentId}/deliver`);
    const lines = [{ lineId: '1', sku: 'SKU-1', quantity: 2, amount: '20.00' }];
    const whole = creditNote('r1', '1001', { lines, restock: true, amount: '20.00' });
    expect((await erp.post('/api/credit-notes', whole)).restocked).toBe(true);
    expect((await erp.get('/api/stock/SKU-1')).body).toMatchObject({ onHand: 1000, reserved: 0 });
    expect(await balanceOf('5000')).toBe('11.25');
  });

  const line = (change: Record<string, unknown>) => ({
    lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1, amount: '10.00', ...change }],
  });

  it.each([
    ['more than was invoiced', { amount: '29.36' }, { code: 'credit_exceeds_invoice', field: 'amount' }],
    ['nothing', { amount: '0' }, { code: 'amount_not_positive', field: 'amount' }],
    ['another currency', { currency: 'USD' }, { code: 'currency_mismatch', field: 'currency' }],
    ['an unknown order', { orderId: 'none' }, { code: 'unknown_order', field: 'orderId' }],
    ['a line it does not have', line({ lineId: '9' }), { code: 'unknown_line', field: 'lines[0].lineId' }],
    ['a line of another product', line({ sku: 'SKU-9' }), { code: 'unknown_line', field: 'lines[0].sku' }],
    [
      'more pieces than were invoiced',
      line({ quantity: 3 }),
      { code: 'over_return', field: 'lines[0].quantity' },
    ],
    ['negative pieces', line({ quantity: -1 }), { code: 'negative_quantity', field: 'lines[0].quantity' }],
  ])('over %s is refused', async (_what, change, refusal) => {
    await createInvoicedOrder(erp, '1001');
    const error = await erp.refused('/api/credit-notes', creditNote('r1', '1001', change));
    expect(error).toMatchObject({ code: refusal.code, fields: [refusal] });
    expect((await state()).creditNotes).toEqual([]);
  });

  it('is refused without an invoice, and where earlier ones took all', async () => {
    await erp.post('/api/orders', order('1001'));
    expect((await erp.refused('/api/credit-notes', creditNote('r1', '1001'))).code).toBe('nothing_invoiced');
    await createInvoicedOrder(erp, '1002');
    await erp.post('/api/credit-notes', creditNote('r1', '1002', { amount: '29.35' }));
    expect((await erp.refused('/api/credit-notes', creditNote('r2', '1002'))).code).toBe(
      'credit_exceeds_invoice',
    );
  });

  it('may not credit one line twice beyond what it holds', async () => {
    await createInvoicedOrder(erp, '1001');
    const half = { lineId: '1', sku: 'SKU-1', quantity: 1.5, amount: '5.00' };
    const twice = creditNote('r1', '1001', { lines: [half, half] });
    expect((await erp.refused('/api/credit-notes', twice)).code).toBe('over_return');
  });
});

describe('the ledger', () => {
  const entry = (change: Record<string, unknown> = {}) => ({
    ...{ currency: 'EUR', narrative: 'by hand', date: '2026-11-01' },
    lines: [
      { account: 'bank', debit: '5.00' },
      { account: 'revenue', credit: '5.00' },
    ],
    ...change,
  });

  it('takes a manual entry that balances and refuses one that does not', async () => {
    expect((await erp.post('/api/journal-entries', entry())).documentNumber).toMatch(/^JE\/2026\/\d{5}$/);
    const lines = [
      { account: 'bank', debit: '5.00' },
      { account: 'revenue', credit: '4.99' },
    ];
    expect((await erp.refused('/api/journal-entries', entry({ lines }))).code).toBe('entry_unbalanced');
    expect(await balanceOf('1000')).toBe('5.00');
  });

  it('never changes what is posted', async () => {
    const { documentId } = await erp.post('/api/journal-entries', entry());
    for (const method of ['PATCH', 'DELETE']) {
      const refused = await erp.call(method, `/api/journal-entries/${documentId}`, {});
      expect(refused.body.error.code).toBe('posted_entry_changed');
    }
  });

  it('refuses to post into a closed period, whatever the document', async () => {
    await erp.post('/api/orders', order('1001'));
    await changeSettings({ closedThrough: '2026-11-20' });
    const invoice = await erp.post('/api/invoices', { orderId: '1001', invoiceDate: '2026-11-20' });
    expect((await erp.refused(`/api/invoices/${invoice.documentId}/post`)).code).toBe('period_closed');
    expect((await erp.refused('/api/payments', payment('p1', '1001'))).code).toBe('period_closed');
    expect((await erp.refused('/api/journal-entries', entry())).code).toBe('period_closed');
    const open = payment('p1', '1001', { paidAt: '2026-11-21T00:00:00Z' });
    expect((await erp.post('/api/payments', open)).accountingDate).toBe('2026-11-21');
    await changeSettings({ closedThrough: '2099-12-31' });
    const receipt = { receiptId: 'r', lines: [{ sku: 'SKU-1', quantity: 1 }] };
    expect((await erp.refused('/api/receipts', receipt)).code).toBe('period_closed');
  });

  it('can move a posting out of a closed period without a word, as some ERPs do', async () => {
    await erp.post('/api/orders', order('1001'));
    await changeSettings({ closedThrough: '2020-12-31', closedPeriod: 'post_today' });
    const { documentId } = await erp.post('/api/invoices', { orderId: '1001', invoiceDate: '2020-12-01' });
    const posted = await erp.post(`/api/invoices/${documentId}/post`);
    expect(posted.invoiceDate).toBe('2020-12-01');
    expect(posted.accountingDate).not.toBe('2020-12-01');
  });

  it('says of every entry whether it balances', async () => {
    await createInvoicedOrder(erp, '1001');
    const { journalEntries } = await state();
    expect(journalEntries).toHaveLength(25);
    expect(journalEntries.every(({ balanced }: { balanced: boolean }) => balanced)).toBe(true);
  });
});
