// Counts and invoicing runs of many on Business Central, and prices: what is set by its own state, with the etag it was read with.
import { describe, expect, it } from 'vitest';
import type { BatchCall, ErpCallFailure, ErpRequest } from '../../../src/core/erp.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { createBusinessCentralAdapter } from '../../../src/erp/business-central/business-central-adapter.ts';
import { bodyOf, says, scriptedConnection, timedOut } from '../rest/support/scripted-connection.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { companyId, paymentJournalId, sale, startCompany } from './support/fake-company.ts';

const adapter = createBusinessCentralAdapter({
  ...{ companyId, currency: 'EUR', releaseAction: 'Microsoft.NAV.release' },
  ...{ paymentJournalId, refundAccount: '6910' },
});

describe('a count of many items on Business Central', () => {
  const items = [
    { id: 'i-1', number: 'A', inventory: 1, '@odata.etag': 'W/"1"' },
    { id: 'i-2', number: 'B', inventory: 2, '@odata.etag': 'W/"2"' },
  ];
  const records = [
    { recordId: 'A', key: 'k/A', index: 0, input: { sku: 'A', quantity: 5 } },
    { recordId: 'B', key: 'k/B', index: 1, input: { sku: 'B', quantity: 6 } },
  ];
  const batch = adapter.batches?.['stock.set_many'];

  function count(responses: JsonObject[] | ErpCallFailure) {
    const stock = items.map((item) => ({ ...item }));
    const erp = scriptedConnection((request) => {
      if (request.method === 'GET') return says(200, { value: stock });
      if (!Array.isArray(responses)) return responses;
      const isAllDone = responses.every(({ status }) => status === 200);
      const counts = [5, 6];
      if (isAllDone) for (const [place, item] of stock.entries()) item.inventory = counts[place] ?? 0;
      return says(200, { responses });
    });
    const call: BatchCall = { records, key: 'k', idempotencyKey: 'k#h', erp };
    return { erp, call };
  }

  it('is one call with snapshot isolation, each record with its etag', async () => {
    const { erp, call } = count([
      { id: '1', status: 200, body: {} },
      { id: '0', status: 200, body: {} },
    ]);
    const ended = await batch?.perform(call, { atomic: true });
    expect(ended).toMatchObject({
      kind: 'performed',
      done: [{ answer: { onHand: 5 } }, { answer: { onHand: 6 } }],
      refused: [],
    });
    const [write] = erp.writes();
    expect(write).toMatchObject({ path: '/$batch', headers: { isolation: 'snapshot' } });
    expect(bodyOf(write as ErpRequest).requests).toEqual([
      expect.objectContaining({
        url: `companies(${companyId})/items(i-1)`,
        headers: expect.objectContaining({ 'If-Match': 'W/"1"' }),
      }),
      expect.objectContaining({ body: { inventory: 6 } }),
    ]);
  });

  const refusal = { error: { code: 'Application_DialogException', message: 'Item B is blocked.' } };

  it('is refused whole where one is refused, naming the record', async () => {
    const { call } = count([
      { id: '0', status: 200, body: {} },
      { id: '1', status: 400, body: refusal },
    ]);
    expect(await batch?.perform(call, { atomic: true })).toMatchObject({
      kind: 'rejected',
      fieldErrors: [{ field: 'records[1]' }],
    });
  });

  it('keeps what was done where it may be in part', async () => {
    const { call, erp } = count([
      { id: '0', status: 200, body: {} },
      { id: '1', status: 400, body: refusal },
    ]);
    expect(await batch?.perform(call, { atomic: false })).toMatchObject({
      kind: 'performed',
      done: [{ recordId: 'A' }],
      refused: [{ recordId: 'B' }],
    });
    expect(erp.writes()[0]?.headers).toEqual({ prefer: 'odata.continue-on-error' });
  });

  it('is tried again where a record was changed meanwhile', async () => {
    const changed = { error: { code: 'Request_EntityChanged', message: 'changed' } };
    const { call } = count([{ id: '0', status: 409, body: changed }]);
    expect(await batch?.perform(call, { atomic: true })).toMatchObject({
      kind: 'retryable',
      reason: 'conflict',
    });
  });

  it('whose answer was lost is found by what is on hand', async () => {
    const { call } = count(timedOut);
    expect(await batch?.perform(call, { atomic: true })).toMatchObject({ kind: 'call_failed' });
    const { call: later } = count([]);
    expect(
      await batch?.lookup({
        ...later,
        records: [{ ...records[0], input: { sku: 'A', quantity: 1 } } as (typeof records)[0]],
      }),
    ).toMatchObject({
      done: [{ recordId: 'A', answer: { onHand: 1 } }],
    });
  });
});

describe('a price on Business Central', () => {
  const item = { id: 'i-1', number: 'A', unitPrice: 2, '@odata.etag': 'W/"1"' };
  const priceOn = (changes: object = {}) => {
    const row = { ...item };
    const erp = scriptedConnection((request) => {
      if (request.method === 'GET') return says(200, { value: [row] });
      Object.assign(row, bodyOf(request));
      return says(200, row);
    });
    const input = { sku: 'A', currency: 'EUR', price: '2.4950', ...changes };
    return { erp, run: runOperation({ adapter, erp, name: 'price.set', input }) };
  };

  it('is set with the etag it was read with, and set again harmless', async () => {
    const { erp, run } = priceOn();
    expect(await run.lookup()).toEqual({ kind: 'not_found' });
    expect(await run.perform()).toMatchObject({ kind: 'succeeded', document: { price: '2.495', sku: 'A' } });
    expect(await run.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    expect(erp.writes()).toMatchObject([{ headers: { 'if-match': 'W/"1"' }, body: { unitPrice: 2.495 } }]);
  });

  it.each([
    [{ priceList: 'RETAIL' }, 'priceList'],
    [{ currency: 'USD' }, 'currency'],
  ])('with %j is refused at %s', async (changes, field) => {
    const { erp, run } = priceOn(changes);
    expect(await run.perform()).toMatchObject({ kind: 'rejected', fieldErrors: [{ field }] });
    expect(erp.writes()).toEqual([]);
  });
});

describe('an invoicing run on Business Central', () => {
  it('posts the orders one by one, each once, and names the one that is not there', async () => {
    const company = startCompany();
    const erp = scriptedConnection(company.answer);
    await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform();
    const inputs = [{ orderId: '450789469' }, { orderId: 'unknown' }];
    const records = inputs.map((input, index) => ({
      recordId: `r${index}`,
      key: `k/${index}`,
      index,
      input,
    }));
    const call: BatchCall = { records, key: 'k', idempotencyKey: 'k#h', erp };
    const run = adapter.batches?.['invoice.post_many'];
    expect(run?.atomic).toBe(false);
    for (let time = 0; time < 2; time += 1)
      expect(await run?.perform(call, { atomic: false })).toMatchObject({
        done: [{ recordId: 'r0', answer: { documentNumber: '103001' } }],
        refused: [{ recordId: 'r1', code: 'order_unknown' }],
      });
    expect(company.rowsOf('salesInvoices')).toHaveLength(1);
  });
});
