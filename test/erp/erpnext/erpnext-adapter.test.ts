// The ERPNext adapter against a site in memory that keeps what is inserted: one document however often it is asked, "already
// done" told from a refusal, and a submit in the same request as the insert.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { createErpnextAdapter } from '../../../src/erp/erpnext/erpnext-adapter.ts';
import { bodyOf, says, scriptedConnection, timedOut } from '../rest/support/scripted-connection.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { type Site, sale, startSite } from './support/fake-site.ts';

const adapter = createErpnextAdapter({ company: 'Acme', defaultWarehouse: 'Stores - A' });
const countOf = ({ documents }: Site, doctype: string): number =>
  [...documents.keys()].filter((key) => key.startsWith(`${doctype}/`)).length;

describe('sale.confirm on ERPNext', () => {
  it('inserts and submits the order in one request', async () => {
    const site = startSite();
    const erp = scriptedConnection(site.answer);
    const ended = await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform();
    expect(ended).toMatchObject({ kind: 'succeeded', document: { state: 'confirmed', total: '20' } });
    const orders = erp.writes().filter(({ path }) => path === '/api/resource/Sales%20Order');
    expect(orders.map(bodyOf)).toEqual([expect.objectContaining({ docstatus: 1, po_no: '450789469' })]);
  });

  it('whose answer was lost is one order: the next attempt finds it', async () => {
    const site = startSite();
    const erp = scriptedConnection((request) => {
      const answer = site.answer(request);
      return request.method === 'POST' && request.path.endsWith('Sales%20Order') ? timedOut : answer;
    });
    const run = runOperation({ adapter, erp, name: 'sale.confirm', input: sale });
    expect(await run.perform()).toMatchObject({ kind: 'call_failed', failure: { kind: 'no_answer' } });
    expect(await run.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    expect(countOf(site, 'Sales Order')).toBe(1);
  });

  it('that ERPNext refuses as a duplicate is a duplicate once the order is read', async () => {
    const site = startSite();
    const first = scriptedConnection(site.answer);
    await runOperation({ adapter, erp: first, name: 'sale.confirm', input: sale }).perform();
    const erp = scriptedConnection((request) =>
      request.write ? says(409, { exc_type: 'DuplicateEntryError', message: 'taken' }) : site.answer(request),
    );
    const ended = await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform();
    expect(ended).toMatchObject({ kind: 'duplicate', document: { orderId: '450789469' } });
  });

  it('that meets a lock is tried again, and refused with the field that is missing', async () => {
    const site = startSite();
    const refusing = (exception: JsonObject) =>
      scriptedConnection((request) =>
        request.path.endsWith('Sales%20Order') && request.write ? says(417, exception) : site.answer(request),
      );
    const locked = refusing({ exc_type: 'TimestampMismatchError', message: 'changed' });
    expect(
      await runOperation({ adapter, erp: locked, name: 'sale.confirm', input: sale }).perform(),
    ).toMatchObject({
      kind: 'retryable',
      reason: 'conflict',
    });
    const missing = refusing({
      exc_type: 'MandatoryError',
      exception: 'frappe.exceptions.MandatoryError: [Sales Order, new]: customer',
    });
    expect(
      await runOperation({ adapter, erp: missing, name: 'sale.confirm', input: sale }).perform(),
    ).toMatchObject({
      kind: 'rejected',
      code: 'missing_field',
      fieldErrors: [{ field: 'customer.customerId' }],
    });
  });

  it('submits a draft that an earlier attempt left', async () => {
    const site = startSite();
    const erp = scriptedConnection(site.answer);
    const run = runOperation({ adapter, erp, name: 'sale.confirm', input: sale });
    await run.perform();
    const [[key, order] = ['', {}]] = [...site.documents].filter(([name]) => name.startsWith('Sales Order/'));
    site.documents.set(key, { ...order, docstatus: 0 });
    const found = await run.lookup();
    expect(found.kind).toBe('unfinished');
    expect(await run.perform(found.kind === 'unfinished' ? found.answer : undefined)).toMatchObject({
      kind: 'succeeded',
    });
    expect(countOf(site, 'Sales Order')).toBe(1);
  });
});

describe('what follows an order on ERPNext', () => {
  it('is invoiced once: an order with nothing left to invoice is a duplicate', async () => {
    const site = startSite();
    const erp = scriptedConnection(site.answer);
    await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }, 'k/sale').perform();
    const input = { orderId: '450789469', total: '20.00', currency: 'EUR', invoiceDate: '2026-11-25' };
    const invoice = runOperation({ adapter, erp, name: 'invoice.post', input }, 'k/invoice');
    expect(await invoice.perform()).toMatchObject({
      kind: 'succeeded',
      document: { state: 'posted', accountingDate: '2026-11-25' },
    });
    const again = runOperation({ adapter, erp, name: 'invoice.post', input }, 'k/another');
    expect(await again.perform()).toMatchObject({ kind: 'duplicate' });
    expect(countOf(site, 'Sales Invoice')).toBe(1);
  });

  it('is cancelled once', async () => {
    const site = startSite();
    const erp = scriptedConnection(site.answer);
    await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform();
    const cancel = runOperation({ adapter, erp, name: 'sale.cancel', input: { orderId: '450789469' } });
    expect(await cancel.perform()).toMatchObject({ kind: 'succeeded', document: { state: 'cancelled' } });
    expect(await cancel.perform()).toMatchObject({ kind: 'duplicate' });
  });

  it('is refused where a policy cannot be kept', async () => {
    const erp = scriptedConnection(startSite().answer);
    const lines = [{ lineId: '1', sku: 'SKU-1', quantity: 1 }];
    const input = { shipmentId: 's', orderId: 'o', lines, backorder: 'cancel' };
    expect(await runOperation({ adapter, erp, name: 'shipment.deliver', input }).perform()).toMatchObject({
      kind: 'rejected',
      code: 'backorder_unsupported',
    });
    expect(erp.writes()).toEqual([]);
  });
});

describe('stock.set on ERPNext', () => {
  it('that changes nothing is refused by ERPNext and reached by the bin', async () => {
    const bin = { name: 'BIN-1', item_code: 'SKU-1', warehouse: 'Stores - A', actual_qty: 7 };
    const erp = scriptedConnection((request) => {
      if (request.write)
        return says(417, {
          exc_type: 'EmptyStockReconciliationItemsError',
          message: 'None of the items have any change',
        });
      return says(200, { data: request.path.endsWith('Bin') ? [{ name: 'BIN-1' }] : bin });
    });
    const input = { sku: 'SKU-1', quantity: 7 };
    expect(await runOperation({ adapter, erp, name: 'stock.set', input }).perform()).toMatchObject({
      kind: 'duplicate',
      document: { onHand: 7 },
    });
  });
});

describe('the session of ERPNext', () => {
  it('sends the key as a token, never as a bearer', async () => {
    const { session } = adapter;
    const erp = scriptedConnection(() => says(200));
    const login = await session.login(erp, { apiKey: 'k', apiSecret: 's' }, 1_800_000_000_000);
    expect(login).toMatchObject({ kind: 'logged_in', token: 'k:s' });
    expect(session.authorize('k:s')).toEqual({ authorization: 'token k:s' });
    expect(createErpnextAdapter({ authentication: 'oauth' }).session.strategy).toBe('oauth2_refresh_token');
  });
});
