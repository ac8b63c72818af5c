// Goods that come back or in, counts of many, frozen days and what the site says of itself, on ERPNext.
import { describe, expect, it } from 'vitest';
import type { BatchCall } from '../../../src/core/erp.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { createErpnextAdapter } from '../../../src/erp/erpnext/erpnext-adapter.ts';
import { says, scriptedConnection, timedOut } from '../rest/support/scripted-connection.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { type Site, sale, startSite } from './support/fake-site.ts';

const adapter = createErpnextAdapter({
  ...{ company: 'Acme', defaultWarehouse: 'Stores - A', scrapWarehouse: 'Scrap - A' },
});

const rowsOf = ({ documents }: Site, doctype: string): JsonObject[] =>
  [...documents].filter(([key]) => key.startsWith(`${doctype}/`)).map(([, row]) => row);

const on = (site: Site) => {
  const erp = scriptedConnection(site.answer);
  return {
    erp,
    run: (name: string, input: unknown, key?: string) => runOperation({ adapter, erp, name, input }, key),
  };
};

/** The answer to the insert of that doctype is lost. */
const losing = (site: Site, doctype: string) => {
  const path = `/api/resource/${encodeURIComponent(doctype)}`;
  const erp = scriptedConnection((request) => {
    const answer = site.answer(request);
    return request.method === 'POST' && request.path === path ? timedOut : answer;
  });
  return (name: string, input: unknown) => runOperation({ adapter, erp, name, input });
};

describe('goods that come back to ERPNext', () => {
  const back = {
    ...{ returnId: 'rma-1', orderId: '450789469', postingDate: '2026-11-25' },
    lines: [
      { lineId: '1', sku: 'SKU-1', quantity: 1, disposition: 'restock' },
      { lineId: '1', sku: 'SKU-1', quantity: 0.5, disposition: 'scrap' },
    ],
  };

  async function startDelivered(): Promise<Site> {
    const site = startSite();
    await on(site).run('sale.confirm', sale).perform();
    const [order] = rowsOf(site, 'Sales Order');
    const item = { item_code: 'SKU-1', qty: 2, rate: 10, warehouse: 'Stores - A' };
    const items = [{ ...item, against_sales_order: String(order?.name) }];
    site.documents.set('Delivery Note/DN-1', { name: 'DN-1', docstatus: 1, is_return: 0, items });
    return site;
  }

  it('are one return of their delivery, the broken ones in a warehouse of their own', async () => {
    const site = await startDelivered();
    const lost = losing(site, 'Delivery Note')('return.receive', back);
    expect(await lost.perform()).toMatchObject({ kind: 'call_failed' });
    expect(await on(site).run('return.receive', back).lookupAndVerify()).toMatchObject({
      kind: 'duplicate',
      document: {
        ...{ state: 'done', accountingDate: '2026-11-25', orderId: '450789469' },
        restockedLines: [{ sku: 'SKU-1', quantity: 1 }],
      },
    });
    expect(rowsOf(site, 'Delivery Note')[1]).toMatchObject({
      ...{ is_return: 1, docstatus: 1 },
      items: [
        { qty: -1, warehouse: 'Stores - A' },
        { qty: -0.5, warehouse: 'Scrap - A' },
      ],
    });
  });

  it('are refused where nothing left, or nobody says where what is broken goes', async () => {
    const site = startSite();
    await on(site).run('sale.confirm', sale).perform();
    expect(await on(site).run('return.receive', back).perform()).toMatchObject({ code: 'nothing_delivered' });
    const plain = createErpnextAdapter({ company: 'Acme', defaultWarehouse: 'Stores - A' });
    const erp = scriptedConnection((await startDelivered()).answer);
    const run = runOperation({ adapter: plain, erp, name: 'return.receive', input: back });
    expect(await run.perform()).toMatchObject({
      ...{ code: 'scrap_unsupported', fieldErrors: [{ field: 'lines[1].disposition' }] },
    });
    expect(erp.writes()).toEqual([]);
  });
});

describe('goods that nobody ordered on ERPNext', () => {
  const received = { receiptId: 'asn-5', lines: [{ sku: 'SKU-1', quantity: 6 }] };

  it('are one Stock Entry, whatever is lost', async () => {
    const site = startSite();
    expect(await losing(site, 'Stock Entry')('stock.receive', received).perform()).toMatchObject({
      kind: 'call_failed',
    });
    expect(await on(site).run('stock.receive', received).perform()).toMatchObject({ kind: 'duplicate' });
    expect(rowsOf(site, 'Stock Entry')).toMatchObject([
      { stock_entry_type: 'Material Receipt', docstatus: 1, items: [{ t_warehouse: 'Stores - A', qty: 6 }] },
    ]);
  });

  it('of a purchase order go by its Purchase Receipt', async () => {
    const site = startSite();
    const items = [{ item_code: 'SKU-1', qty: 10, purchase_order: 'PUR-1' }];
    site.documents.set('Purchase Order/PUR-1', { name: 'PUR-1', docstatus: 1, items });
    const run = on(site).run('stock.receive', { ...received, purchaseOrder: 'PUR-1' });
    expect(await run.perform()).toMatchObject({ kind: 'succeeded', document: { receiptId: 'asn-5' } });
    expect(rowsOf(site, 'Purchase Receipt')).toMatchObject([{ items: [{ qty: 6 }], docstatus: 1 }]);
  });
});

describe('a count of many on ERPNext', () => {
  const handler = adapter.batches?.['stock.set_many'];
  const counts = [
    { sku: 'A', quantity: 5 },
    { sku: 'B', quantity: 6 },
  ];
  const callOn = (site: Site, inputs: readonly object[], refuseSku = ''): BatchCall => ({
    records: inputs.map((input, index) => ({ recordId: `r${index}`, key: `k/${index}`, index, input })),
    ...{ key: 'k', idempotencyKey: 'k#h' },
    erp: scriptedConnection((request) =>
      request.write && refuseSku !== '' && JSON.stringify(request.body).includes(refuseSku)
        ? says(417, { exc_type: 'ValidationError', message: `Item ${refuseSku} is disabled` })
        : site.answer(request),
    ),
  });

  it('is one document, found again by the bins', async () => {
    const site = startSite();
    expect(await handler?.perform(callOn(site, counts), { atomic: true })).toMatchObject({
      ...{ kind: 'performed', refused: [] },
      done: [{ recordId: 'r0', answer: { sku: 'A', onHand: 5 } }, { recordId: 'r1' }],
    });
    expect(rowsOf(site, 'Stock Reconciliation')).toHaveLength(1);
    expect(await handler?.lookup(callOn(site, counts))).toMatchObject({
      done: [{ recordId: 'r0' }, { recordId: 'r1' }],
    });
    // ERPNext refuses a reconciliation that changes nothing: the goal is reached.
    const again = { ...callOn(site, counts), key: 'another' };
    expect(await handler?.perform(again, { atomic: true })).toMatchObject({ kind: 'performed', refused: [] });
  });

  it('is none where one is refused, or all but that one', async () => {
    const site = startSite();
    expect(await handler?.perform(callOn(site, counts, 'B'), { atomic: true })).toMatchObject({
      ...{ kind: 'rejected', message: 'Item B is disabled' },
    });
    expect(rowsOf(site, 'Bin')).toEqual([]);
    expect(await handler?.perform(callOn(site, counts, 'B'), { atomic: false })).toMatchObject({
      ...{ done: [{ recordId: 'r0' }], refused: [{ recordId: 'r1' }] },
    });
    const elsewhere = [{ sku: 'A', quantity: 1, location: 'NOWHERE' }];
    expect(await handler?.perform(callOn(site, elsewhere), { atomic: true })).toMatchObject({
      fieldErrors: [{ field: 'records[0].location' }],
    });
  });
});

describe('an invoicing run on ERPNext', () => {
  it('invoices one order after the other, each once', async () => {
    const site = startSite();
    const { run, erp } = on(site);
    await run('sale.confirm', sale).perform();
    const inputs = [{ orderId: '450789469' }, { orderId: 'unknown' }];
    const records = inputs.map((input, index) => ({
      recordId: `r${index}`,
      key: `k/${index}`,
      index,
      input,
    }));
    const call = { records, key: 'k', idempotencyKey: 'k#h', erp };
    const batch = adapter.batches?.['invoice.post_many'];
    expect(batch?.atomic).toBe(false);
    for (let time = 0; time < 2; time += 1)
      expect(await batch?.perform(call, { atomic: false })).toMatchObject({
        done: [{ recordId: 'r0', answer: { state: 'posted' } }],
        refused: [{ recordId: 'r1', code: 'order_unknown' }],
      });
    expect(rowsOf(site, 'Sales Invoice')).toHaveLength(1);
    expect(await batch?.lookup(call)).toMatchObject({ done: [{ recordId: 'r0' }] });
  });
});

describe('the frozen day of ERPNext', () => {
  const close = (site: Site, through: string) => on(site).run('period.close', { through }).perform();

  it('stands in the company since version 16, and is never moved back', async () => {
    const site = startSite();
    site.documents.set('Company/Acme', { name: 'Acme', accounts_frozen_till_date: null });
    expect(await close(site, '2026-10-31')).toMatchObject({
      kind: 'succeeded',
      document: { state: 'closed', closedThrough: '2026-10-31', documentNumber: 'Acme' },
    });
    expect(await close(site, '2026-09-30')).toMatchObject({
      kind: 'duplicate',
      document: { closedThrough: '2026-10-31' },
    });
  });

  it('stands in the settings of the site before', async () => {
    const site = startSite();
    site.documents.set('Company/Acme', { name: 'Acme' });
    site.documents.set('Accounts Settings/Accounts Settings', {
      name: 'Accounts Settings',
      acc_frozen_upto: null,
    });
    expect(await close(site, '2026-10-31')).toMatchObject({ kind: 'succeeded' });
    expect(rowsOf(site, 'Accounts Settings')).toMatchObject([{ acc_frozen_upto: '2026-10-31' }]);
  });

  it('of one of several companies is set only where it is said which', async () => {
    const site = startSite();
    for (const name of ['Acme', 'Bolt'])
      site.documents.set(`Company/${name}`, { name, accounts_frozen_till_date: null });
    const erp = scriptedConnection(site.answer);
    const unnamed = createErpnextAdapter();
    const input = { through: '2026-10-31' };
    const run = runOperation({ adapter: unnamed, erp, name: 'period.close', input });
    expect(await run.perform()).toMatchObject({ kind: 'rejected', code: 'not_permitted' });
    expect(erp.writes()).toEqual([]);
    site.documents.delete('Company/Bolt');
    expect(await run.perform()).toMatchObject({ kind: 'succeeded', document: { documentNumber: 'Acme' } });
  });

  it('that may not be read is refused', async () => {
    const site = startSite();
    site.documents.set('Company/Acme', { name: 'Acme' });
    expect(await close(site, '2026-10-31')).toMatchObject({ kind: 'rejected', code: 'not_permitted' });
  });
});
