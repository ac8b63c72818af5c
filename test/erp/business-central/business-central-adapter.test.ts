// The Business Central adapter against a company in memory: bound actions answer nothing and are read back, and an order that
// was invoiced is gone and its invoice shows it.
import { describe, expect, it } from 'vitest';
import { createBusinessCentralAdapter } from '../../../src/erp/business-central/business-central-adapter.ts';
import { bodyOf, says, scriptedConnection, timedOut } from '../rest/support/scripted-connection.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { companyId, paymentJournalId, sale, startCompany } from './support/fake-company.ts';

const adapter = createBusinessCentralAdapter({
  ...{ companyId, currency: 'EUR', releaseAction: 'Microsoft.NAV.release' },
  ...{ paymentJournalId, refundAccount: '6910' },
});

describe('sale.confirm on Business Central', () => {
  it('makes the order, releases it and reads it back', async () => {
    const company = startCompany();
    const erp = scriptedConnection(company.answer);
    const run = runOperation({ adapter, erp, name: 'sale.confirm', input: sale });
    expect(await run.perform()).toMatchObject({
      kind: 'succeeded',
      document: { state: 'confirmed', orderId: '450789469', lines: [{ sku: '1896-S', quantity: 2 }] },
    });
  });

  it('that broke off before the release is released, and stays one order', async () => {
    const company = startCompany();
    const breaking = scriptedConnection((request) =>
      request.path.endsWith('release') ? timedOut : company.answer(request),
    );
    const first = runOperation({ adapter, erp: breaking, name: 'sale.confirm', input: sale });
    expect(await first.perform()).toMatchObject({ kind: 'call_failed' });
    const run = runOperation({
      adapter,
      erp: scriptedConnection(company.answer),
      name: 'sale.confirm',
      input: sale,
    });
    const found = await run.lookup();
    expect(found.kind).toBe('unfinished');
    expect(await run.perform(found.kind === 'unfinished' ? found.answer : undefined)).toMatchObject({
      kind: 'succeeded',
    });
    expect(company.rowsOf('salesOrders')).toHaveLength(1);
  });

  it('releases nothing that comes to another total', async () => {
    const company = startCompany();
    const erp = scriptedConnection((request) => {
      const answer = company.answer(request);
      const isOrder = request.method === 'POST' && request.path.endsWith('/salesOrders');
      return isOrder ? says(201, { id: 'x', totalAmountIncludingTax: 24.2 }) : answer;
    });
    const ended = await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform();
    expect(ended).toMatchObject({
      kind: 'rejected',
      code: 'total_mismatch',
      fieldErrors: [{ field: 'total' }],
    });
    expect(erp.sent.some(({ path }) => path.endsWith('release'))).toBe(false);
  });

  it('is not supported without an action that releases', () => {
    const plain = createBusinessCentralAdapter({ companyId, currency: 'EUR' });
    expect(Object.keys(plain.operations)).not.toContain('sale.confirm');
    const wrong = createBusinessCentralAdapter({ companyId: '1)/x', currency: 'EUR', releaseAction: 'a/b' });
    expect(wrong.problems?.map(({ field }) => field)).toEqual(['companyId', 'releaseAction']);
  });
});

describe('invoice.post on Business Central', () => {
  const input = { orderId: '450789469', total: '20.00', currency: 'EUR', invoiceDate: '2026-11-24' };

  it('whose answer was lost is one invoice, and asked again a duplicate', async () => {
    const company = startCompany();
    const erp = scriptedConnection(company.answer);
    await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform();
    for (const order of company.rowsOf('salesOrders')) order.postingDate = '2026-11-24';
    const lost = scriptedConnection((request) => {
      const answer = company.answer(request);
      return request.path.endsWith('shipAndInvoice') ? timedOut : answer;
    });
    const run = runOperation({ adapter, erp: lost, name: 'invoice.post', input });
    expect(await run.perform()).toMatchObject({ kind: 'call_failed' });
    expect(await run.lookupAndVerify()).toMatchObject({
      kind: 'duplicate',
      document: { documentNumber: '103001' },
    });
    // The order is gone, which reads like an unknown one: the invoice tells them apart.
    expect(await run.perform()).toMatchObject({ kind: 'duplicate' });
    expect(company.rowsOf('salesInvoices')).toHaveLength(1);
  });

  it('of an order that nobody knows is refused, naming it', async () => {
    const erp = scriptedConnection(startCompany().answer);
    expect(await runOperation({ adapter, erp, name: 'invoice.post', input }).perform()).toMatchObject({
      kind: 'rejected',
      code: 'order_unknown',
      fieldErrors: [{ field: 'orderId' }],
    });
  });

  it('is tried again where somebody changed the order, and sends the etag it was read with', async () => {
    const company = startCompany();
    const order = { id: 'o-1', externalDocumentNumber: '450789469', totalAmountIncludingTax: 20 };
    company.rowsOf('salesOrders').push({ ...order, '@odata.etag': 'W/"7"' });
    const changed = {
      error: { code: 'Request_EntityChanged', message: 'Another user has already changed the record.' },
    };
    const erp = scriptedConnection((request) =>
      request.method === 'PATCH' ? says(409, changed) : company.answer(request),
    );
    expect(await runOperation({ adapter, erp, name: 'invoice.post', input }).perform()).toMatchObject({
      kind: 'retryable',
      reason: 'conflict',
    });
    expect(erp.writes()[0]?.headers).toEqual({ 'if-match': 'W/"7"' });
  });
});

describe('money on Business Central', () => {
  const invoice = {
    id: 'inv-1',
    number: '103001',
    status: 'Open',
    customerId: 'c-1',
    externalDocumentNumber: '450789469',
  };

  it('is registered once: a line that an earlier attempt left is posted, not made again', async () => {
    const company = startCompany();
    company.rowsOf('salesInvoices').push({ ...invoice });
    const input = {
      paymentId: 'pi_3N',
      orderId: '450789469',
      amount: '20.00',
      currency: 'EUR',
      paidAt: '2026-11-24T10:00:00Z',
    };
    const breaking = scriptedConnection((request) =>
      request.path.includes('/journals(') ? timedOut : company.answer(request),
    );
    await runOperation({ adapter, erp: breaking, name: 'payment.register', input }).perform();
    const run = runOperation({
      adapter,
      erp: scriptedConnection(company.answer),
      name: 'payment.register',
      input,
    });
    const found = await run.lookup();
    expect(found.kind).toBe('unfinished');
    expect(await run.perform(found.kind === 'unfinished' ? found.answer : undefined)).toMatchObject({
      kind: 'succeeded',
      document: { amount: '20', paymentId: 'pi_3N' },
    });
    expect(company.rowsOf('generalLedgerEntries')).toHaveLength(1);
  });

  it('for an order that is not invoiced is a payment that stands open, once', async () => {
    const company = startCompany();
    const input = { paymentId: 'pi_4N', orderId: '450789469', amount: '20.00', currency: 'EUR' };
    const prepaid = { ...input, paidAt: '2026-11-24T10:00:00Z' };
    const erp = scriptedConnection(company.answer);
    const run = runOperation({ adapter, erp, name: 'payment.register', input: prepaid });
    expect(await run.perform()).toMatchObject({ code: 'order_unknown', fieldErrors: [{ field: 'orderId' }] });
    company.rowsOf('salesOrders').push({ id: 'o-1', customerId: 'c-1', externalDocumentNumber: '450789469' });
    expect(await run.perform()).toMatchObject({ kind: 'succeeded', document: { amount: '20' } });
    expect(await run.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    const lines = erp.writes().filter(({ path }) => path.endsWith('/customerPayments'));
    expect(lines.map(bodyOf)).toEqual([
      expect.not.objectContaining({ appliesToInvoiceId: expect.anything() }),
    ]);
    expect(lines.map(bodyOf)).toMatchObject([{ customerId: 'c-1', amount: -20 }]);
  });

  it('goes back without goods by the refund account', async () => {
    const company = startCompany();
    company.rowsOf('salesInvoices').push({ ...invoice });
    const input = { refundId: 'r-1', orderId: '450789469', currency: 'EUR', amount: '5.00' };
    const erp = scriptedConnection(company.answer);
    expect(await runOperation({ adapter, erp, name: 'credit_note.issue', input }).perform()).toMatchObject({
      kind: 'succeeded',
      document: { state: 'posted', restocked: false, amount: '5' },
    });
  });
});
