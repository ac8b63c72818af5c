// Receipts on purchase orders, reconciliation, prices and periods of the sandbox ERP: what is asked for, and what is refused.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  changeSettings,
  createErpClient,
  createInvoicedOrder,
  creditNote,
  type ErpClient,
  type Json,
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
  const { accounts } = (await erp.get('/api/trial-balance')).body;
  return accounts.find((row: Json) => row.account === account)?.balance;
}

describe('a receipt on a purchase order', () => {
  const receipt = (receiptId: string, change: Record<string, unknown> = {}) => ({
    ...{ receiptId, purchaseOrder: 'PO-1', lines: [{ sku: 'SKU-1', quantity: 60 }] },
    ...change,
  });
  const purchase = async (): Promise<Json> =>
    (await erp.get('/api/purchase-orders?purchaseOrder=PO-1')).body.items[0];

  it('keeps the rest expected, or gives it up', async () => {
    expect(await erp.post('/api/purchase-receipts', receipt('r1', { backorder: 'create' }))).toMatchObject({
      hasBackorder: true,
      lines: [{ sku: 'SKU-1', quantity: 60, onHand: 1060 }],
    });
    expect((await purchase()).state).toBe('open');
    const last = receipt('r2', { lines: [{ sku: 'SKU-1', quantity: 10 }], backorder: 'cancel' });
    expect((await erp.post('/api/purchase-receipts', last)).hasBackorder).toBe(false);
    expect(await purchase()).toMatchObject({ state: 'closed' });
    expect((await purchase()).lines[0]).toMatchObject({ received: 70, cancelled: 30 });
    for (const path of ['/api/purchase-receipts', '/api/receipts'])
      expect((await erp.refused(path, receipt('r3', { lines: [{ sku: 'SKU-1', quantity: 1 }] }))).code).toBe(
        'over_receipt',
      );
  });

  it('needs a purchase order that was issued', async () => {
    const refused = await erp.refused('/api/purchase-receipts', receipt('r1', { purchaseOrder: 'PO-404' }));
    expect(refused).toMatchObject({ code: 'unknown_purchase_order', fields: [{ field: 'purchaseOrder' }] });
    expect(await erp.post('/api/receipts', receipt('r1', { purchaseOrder: 'PO-404' }))).toMatchObject({
      hasBackorder: null,
    });
  });
});

describe('a receipt without a purchase order', () => {
  it('warns where the settings say so, and passes where the warning is named', async () => {
    const receipt = { receiptId: 'r1', lines: [{ sku: 'SKU-1', quantity: 1 }] };
    await changeSettings({ receiptWithoutOrder: 'warn' });
    expect(await erp.refused('/api/receipts', receipt)).toMatchObject({
      code: 'warning_not_acknowledged',
      fields: [{ field: 'acknowledgeWarnings', code: 'receipt_without_order' }],
    });
    const other = { ...receipt, acknowledgeWarnings: ['price_below_cost'] };
    expect((await erp.refused('/api/receipts', other)).code).toBe('warning_not_acknowledged');
    await erp.post('/api/receipts', { ...receipt, acknowledgeWarnings: ['receipt_without_order'] });
    await erp.post('/api/receipts', { ...receipt, purchaseOrder: 'PO-1' });
  });
});

describe('a payment and its invoice', () => {
  const match = (change: Record<string, unknown> = {}) => ({
    ...{ paymentId: 'p1', orderId: '1001', currency: 'EUR' },
    ...change,
  });
  const invoiceNow = async (): Promise<Json> => (await erp.get('/api/invoices?orderId=1001')).body.items[0];

  it('are reconciled at once, before and after the posting', async () => {
    await erp.post('/api/orders', order('1001'));
    await erp.post('/api/payments', payment('p1', '1001', { amount: '20.00' }));
    await erp.post('/api/invoices', { orderId: '1001', state: 'posted' });
    await erp.post('/api/payments', payment('p2', '1001', { amount: '9.35' }));
    const { reconciliations, operationCounts } = { ...(await state()), ...(await state('?summary=1')) };
    expect(reconciliations).toMatchObject([
      { paymentId: 'p1', amount: '20.00', residual: '9.35' },
      { paymentId: 'p2', amount: '9.35', residual: '0.00' },
    ]);
    expect(operationCounts['invoice.reconcile']).toBeUndefined();
    expect((await erp.refused('/api/reconciliations', match())).code).toBe('already_reconciled');
  });

  describe('that stand open', () => {
    beforeEach(async () => {
      await changeSettings({ reconcilePayments: 'by_hand' });
      await erp.post('/api/orders', order('1001'));
      await erp.post('/api/payments', payment('p1', '1001', { amount: '29.30' }));
      await erp.post('/api/invoices', { orderId: '1001', state: 'posted' });
    });

    it('are matched, with what is left as it was asked for', async () => {
      expect((await invoiceNow()).residual).toBe('29.35');
      expect(await balanceOf('2300 Customer prepayments')).toBe('-29.30');
      expect(await erp.post('/api/reconciliations', match({ residual: '0.05' }))).toMatchObject({
        ...{ state: 'reconciled', amount: '29.30', residual: '0.05', writtenOff: '0.00' },
      });
      expect(await invoiceNow()).toMatchObject({ residual: '0.05', paymentState: 'partial' });
      expect(await balanceOf('2300 Customer prepayments')).toBe('0.00');
      expect(await balanceOf('1100 Accounts receivable')).toBe('0.05');
      expect((await erp.refused('/api/reconciliations', match())).code).toBe('already_reconciled');
    });

    it('are matched with a difference written off, within what was allowed', async () => {
      expect((await erp.refused('/api/reconciliations', match())).code).toBe('residual_differs');
      expect((await erp.refused('/api/reconciliations', match({ writeOffUpTo: '0.04' }))).code).toBe(
        'residual_differs',
      );
      const { invoiceNumber } = await erp.post('/api/reconciliations', match({ writeOffUpTo: '0.05' }));
      expect(await invoiceNow()).toMatchObject({
        ...{ documentNumber: invoiceNumber, residual: '0.00', writtenOffTotal: '0.05', paymentState: 'paid' },
      });
      expect(await balanceOf('7800 Payment differences')).toBe('0.05');
      expect(await balanceOf('1100 Accounts receivable')).toBe('0.00');
    });

    it('are refused where they do not fit', async () => {
      await erp.post('/api/orders', order('1002'));
      await erp.post('/api/payments', payment('p2', '1002'));
      const refused = async (change: Record<string, unknown>) =>
        (await erp.refused('/api/reconciliations', match(change))).code;
      expect(await refused({ paymentId: 'p404' })).toBe('unknown_payment');
      expect(await refused({ paymentId: 'p2' })).toBe('order_mismatch');
      expect(await refused({ paymentId: 'p2', orderId: '1002' })).toBe('nothing_invoiced');
      expect(await refused({ orderId: null, invoiceNumber: 'INV/404' })).toBe('unknown_invoice');
      expect(await refused({ currency: 'USD' })).toBe('currency_mismatch');
      expect(await refused({ orderId: null })).toBe('order_missing');
      await changeSettings({ reconcilePayments: 'by_hand', closedThrough: '2099-12-31' });
      expect(await refused({ residual: '0.05' })).toBe('period_closed');
    });

    it('count a credit note in between', async () => {
      await erp.post('/api/credit-notes', creditNote('re1', '1001', { amount: '0.05' }));
      expect(await erp.post('/api/reconciliations', match())).toMatchObject({ residual: '0.00' });
    });
  });
});

describe('a price', () => {
  const put = (body: unknown) => erp.call('PUT', '/api/prices/SKU-1', body);

  it('is one for each list and currency, replaced whole', async () => {
    await put({ currency: 'EUR', price: '9.95', relayKey: 'k1' });
    await put({ currency: 'EUR', price: '8.95', priceList: 'retail' });
    await put({ currency: 'JPY', price: '950' });
    const newest = await put({ currency: 'EUR', price: '9.4950', relayKey: 'k2' });
    expect(newest.body).toMatchObject({ price: '9.495', revision: 2, relayKey: 'k2' });
    const { items } = (await erp.get('/api/prices?sku=SKU-1')).body;
    expect(items.map(({ priceList, currency, price }: Json) => [priceList, currency, price])).toEqual([
      [null, 'EUR', '9.495'],
      ['retail', 'EUR', '8.95'],
      [null, 'JPY', '950'],
    ]);
  });

  it('below cost is a warning; a negative one and an unknown product are refused', async () => {
    expect((await put({ currency: 'EUR', price: '2.49' })).body.error).toMatchObject({
      code: 'warning_not_acknowledged',
      fields: [{ code: 'price_below_cost' }],
    });
    const acknowledgeWarnings = ['price_below_cost'];
    expect((await put({ currency: 'EUR', price: '2.49', acknowledgeWarnings })).status).toBe(200);
    expect((await put({ currency: 'EUR', price: '-1' })).body.error.code).toBe('negative_amount');
    await changeSettings({ autoCreateProducts: false });
    const unknown = await erp.call('PUT', '/api/prices/NEW', { currency: 'EUR', price: '1' });
    expect(unknown.body.error.code).toBe('unknown_sku');
  });
});

describe('a period', () => {
  async function close(body: unknown): Promise<Json> {
    const taken = await erp.call('POST', '/api/periods', body);
    expect(taken.status).toBe(202);
    return vi.waitFor(
      async () => {
        const { status, result } = (await erp.get(`/api/jobs/${taken.body.jobId}`)).body;
        if (status === 'working') throw new Error('the job still runs');
        return result;
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  it('is closed by a job, and takes no posting from then on', async () => {
    const relayKey = 'period/2026-10-31/sandbox/period.close/2026-10-31';
    expect(await close({ through: '2026-10-31', relayKey })).toMatchObject({
      status: 201,
      body: { state: 'closed', closedThrough: '2026-10-31', relayKey },
    });
    await erp.post('/api/orders', order('1001'));
    const late = payment('p1', '1001', { paidAt: '2026-10-31T10:00:00Z' });
    expect((await erp.refused('/api/payments', late)).code).toBe('period_closed');
    const moved = await erp.post('/api/payments', { ...late, whenLocked: 'next_open_day' });
    expect(moved.accountingDate).toBe('2026-11-01');
    expect((await erp.get('/api/company')).body).toMatchObject({
      closedThrough: '2026-10-31',
      currency: 'EUR',
    });
  });

  it('is refused where it is closed or not over', async () => {
    await close({ through: '2026-10-31' });
    expect((await close({ through: '2026-09-30' })).body.error.code).toBe('already_closed');
    expect((await close({ through: '2099-12-31' })).body.error.code).toBe('period_not_ended');
    await changeSettings({ closedThrough: '2026-11-05' });
    expect((await close({ through: '2026-11-05' })).body.error.code).toBe('already_closed');
  });

  it('with drafts in it is a warning', async () => {
    await createInvoicedOrder(erp, '1001');
    await erp.post('/api/orders', order('1002'));
    await erp.post('/api/invoices', { orderId: '1002', invoiceDate: '2026-10-15' });
    expect((await close({ through: '2026-10-31' })).body.error).toMatchObject({
      code: 'warning_not_acknowledged',
      message: '1 draft invoice is dated in the period.',
      fields: [{ field: 'acknowledgeWarnings', code: 'draft_documents' }],
    });
    const acknowledgeWarnings = ['draft_documents'];
    expect((await close({ through: '2026-10-31', acknowledgeWarnings })).status).toBe(201);
    expect((await close({ through: '2026-09-30', acknowledgeWarnings })).status).toBe(422);
  });
});

describe('an invoice whose day is closed', () => {
  it('is posted on the next open day where that was asked for', async () => {
    await changeSettings({ closedThrough: '2026-10-31' });
    await erp.post('/api/orders', order('1001'));
    const draft = await erp.post('/api/invoices', { orderId: '1001', invoiceDate: '2026-10-15' });
    const path = `/api/invoices/${draft.documentId}/post`;
    expect((await erp.refused(path, { whenLocked: 'reject' })).code).toBe('period_closed');
    expect(await erp.post(path, { whenLocked: 'next_open_day' })).toMatchObject({
      ...{ invoiceDate: '2026-10-15', accountingDate: '2026-11-01' },
    });
  });
});
