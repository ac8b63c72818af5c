// What becomes of an order on NetSuite besides its invoice: cancelled, paid before, invoiced among many; and goods that nobody ordered.
import { describe, expect, it } from 'vitest';
import { createNetsuiteAdapter } from '../../../src/erp/netsuite/netsuite-adapter.ts';
import { says, scriptedConnection, timedOut } from '../rest/support/scripted-connection.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { invoice, startAccount, startSold } from './support/fake-account.ts';

const options = { currencies: { EUR: '4' }, refundItem: 'REFUND', locations: { main: '1' } };
const adapter = createNetsuiteAdapter(options);
const asking = createNetsuiteAdapter({ ...options, respondAsync: true });

describe('an order on NetSuite', () => {
  const cancel = { orderId: '450789469' };

  it('is cancelled once, by its status', async () => {
    const account = await startSold();
    const erp = scriptedConnection(account.answer);
    const run = runOperation({ adapter, erp, name: 'sale.cancel', input: cancel });
    expect(await run.lookup()).toEqual({ kind: 'not_found' });
    expect(await run.perform()).toMatchObject({ kind: 'succeeded', document: { state: 'cancelled' } });
    expect(await run.perform()).toMatchObject({ kind: 'duplicate' });
    expect(erp.writes()).toHaveLength(1);
  });

  it('that NetSuite does not cancel is not taken for cancelled', async () => {
    const account = await startSold();
    const erp = scriptedConnection((request) => (request.write ? says(204) : account.answer(request)));
    expect(await runOperation({ adapter, erp, name: 'sale.cancel', input: cancel }).perform()).toMatchObject({
      ...{ kind: 'state_mismatch', differences: [{ field: 'state', actual: 'confirmed' }] },
    });
    const unknown = runOperation({ adapter, erp, name: 'sale.cancel', input: { orderId: 'nobody' } });
    expect(await unknown.perform()).toMatchObject({ fieldErrors: [{ field: 'orderId' }] });
  });
});

describe('goods that come in on NetSuite', () => {
  const received = { receiptId: 'asn-5', location: 'main', lines: [{ sku: 'SKU-1', quantity: 6 }] };
  const stocked = createNetsuiteAdapter({ ...options, adjustmentAccountId: '58' });

  it('without a purchase order are one adjustment, whatever is lost', async () => {
    const account = startAccount();
    const losing = scriptedConnection((request) => {
      const answer = account.answer(request);
      return request.write ? timedOut : answer;
    });
    const lost = runOperation({ adapter: stocked, erp: losing, name: 'stock.receive', input: received });
    expect(await lost.perform()).toMatchObject({ kind: 'call_failed' });
    const erp = scriptedConnection(account.answer);
    const run = runOperation({ adapter: stocked, erp, name: 'stock.receive', input: received });
    expect(await run.lookupAndVerify()).toMatchObject({
      ...{ kind: 'duplicate', document: { receiptId: 'asn-5', lines: [{ sku: 'SKU-1', quantity: 6 }] } },
    });
    expect(await run.perform()).toMatchObject({ kind: 'duplicate' });
    expect(erp.writes()).toEqual([]);
    const [[, adjustment] = ['', {}]] = [...account.records];
    expect(adjustment).toMatchObject({
      account: { id: '58' },
      inventory: { items: [{ adjustQtyBy: 6, location: { id: '1' } }] },
    });
  });

  it('are refused where no account or place is configured for them', async () => {
    const erp = scriptedConnection(startAccount().answer);
    const run = (input: object) => runOperation({ adapter, erp, name: 'stock.receive', input }).perform();
    expect(await run(received)).toMatchObject({ code: 'account_missing' });
    expect(await run({ ...received, location: 'NOWHERE' })).toMatchObject({ code: 'location_unknown' });
    expect(erp.writes()).toEqual([]);
  });
});

describe('money for an order that is not invoiced on NetSuite', () => {
  const money = { paymentId: 'pi_3N', orderId: '450789469', currency: 'EUR' };
  const prepaid = { ...money, amount: '15.00', paidAt: '2026-11-24T10:00:00Z' };
  const runOn = (account: Awaited<ReturnType<typeof startSold>>) => {
    const erp = scriptedConnection(account.answer);
    return (name: string, input: object) => runOperation({ adapter, erp, name, input });
  };

  it('is one deposit, applied once to the invoice, with the rest that was said', async () => {
    const account = await startSold();
    const run = runOn(account);
    expect(await run('payment.register', prepaid).perform()).toMatchObject({
      ...{ kind: 'succeeded', document: { amount: '15', currency: 'EUR', accountingDate: '2026-11-24' } },
    });
    expect(await run('payment.register', prepaid).lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    await run('invoice.post', invoice).perform();
    expect(await run('invoice.reconcile', money).perform()).toMatchObject({
      ...{ code: 'residual_differs', fieldErrors: [{ field: 'residual', rule: '5 would be left to pay' }] },
    });
    const matched = { ...money, residual: '5.00' };
    expect(await run('invoice.reconcile', matched).perform()).toMatchObject({
      ...{ kind: 'succeeded', document: { state: 'reconciled', residual: '5' } },
    });
    expect(await run('invoice.reconcile', matched).perform()).toMatchObject({ kind: 'duplicate' });
    expect([...account.records.keys()].filter((key) => /^(customerDeposit|depositApp)/.test(key))).toEqual([
      ...['customerDeposit/eid:payment-pi_3N', expect.stringMatching(/^depositApplication\/eid:hf-/)],
    ]);
  });

  it('that was made from its invoice is applied already', async () => {
    const run = runOn(await startSold());
    await run('invoice.post', invoice).perform();
    await run('payment.register', { ...prepaid, amount: '20.00' }).perform();
    expect(await run('invoice.reconcile', money).perform()).toMatchObject({
      ...{ kind: 'duplicate', document: { residual: '0' } },
    });
  });

  it('is refused by the field that does not fit', async () => {
    const run = runOn(await startSold());
    expect(await run('payment.register', { ...prepaid, currency: 'USD' }).perform()).toMatchObject({
      fieldErrors: [{ field: 'currency' }],
    });
    expect(await run('payment.register', { ...prepaid, orderId: 'nobody' }).perform()).toMatchObject({
      ...{ code: 'order_unknown', fieldErrors: [{ field: 'orderId' }] },
    });
    expect(await run('invoice.reconcile', money).perform()).toMatchObject({ code: 'unknown_payment' });
  });
});

describe('an invoicing run on NetSuite', () => {
  it('is one by one, and none where documents are jobs', async () => {
    const account = await startSold();
    const erp = scriptedConnection(account.answer);
    const record = { recordId: 'r0', key: 'k/0', index: 0, input: invoice };
    const call = { records: [record], key: 'k', idempotencyKey: 'k#h', erp };
    const run = adapter.batches?.['invoice.post_many'];
    for (let time = 0; time < 2; time += 1)
      expect(await run?.perform(call, { atomic: false })).toMatchObject({
        ...{ done: [{ recordId: 'r0', answer: { total: '20' } }], refused: [] },
      });
    expect([...account.records.keys()].filter((key) => key.startsWith('invoice/'))).toHaveLength(1);
    expect(asking.batches).toBeUndefined();
  });
});
