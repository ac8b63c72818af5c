// QuickBooks' records: where each is asked for in both forms of the webhook, and what is never asked for.
import { describe, expect, it } from 'vitest';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { quickbooksRecords } from '../../../src/core/sources/quickbooks-records.ts';
import { announced, fetchWith, stepOf } from '../../support/scripted-sender-api.ts';

const books = defineThinSource({
  id: 'quickbooks',
  secret: 'QUICKBOOKS_VERIFIER_TOKEN',
  ...quickbooksRecords({ baseUrl: 'QUICKBOOKS_API_URL', token: 'QUICKBOOKS_ACCESS_TOKEN' }),
});

const lastUpdated = '2026-09-08T20:52:31.657Z';
const old = (type: string, fields: object = {}) =>
  announced(type, { realmId: '310687', id: '95', lastUpdated, ...fields });
const cloud = (type: string, fields: object = {}) =>
  announced(type, {
    id: '88cd52aa-33b6-4351-9aa4-47572edbd068',
    ...{ intuitaccountid: '310687', intuitentityid: '95', time: lastUpdated },
    ...fields,
  });

describe('a record of QuickBooks', () => {
  it.each([
    [old('Invoice.Update'), 'invoice', 'Invoice'],
    [old('Payment.Void'), 'payment', 'Payment'],
    [cloud('qbo.customer.created.v1'), 'customer', 'Customer'],
    [cloud('qbo.vendor.updated.v1'), 'vendor', 'Vendor'],
  ])('of $type is asked for of its company', async (event, path, name) => {
    const record = { Id: '95', SyncToken: '3' };
    const place = `/v3/company/310687/${path}/95`;
    const { asked, result } = await fetchWith(books, event, { [place]: { [name]: record, time: 'now' } });
    expect(asked).toEqual([place]);
    expect(result).toEqual({ ok: true, value: record });
    expect(stepOf(books).types).toContain(event.type);
  });

  it('has the time of its announcement as its version', () => {
    const { record } = stepOf(books);
    expect(record?.(old('Invoice.Update'))).toEqual({ id: '310687:95', version: lastUpdated });
    expect(record?.(cloud('qbo.invoice.updated.v1'))).toEqual({ id: '310687:95', version: lastUpdated });
    expect(record?.(old('Invoice.Update', { lastUpdated: null }))).toBeNull();
  });

  it('is not fetched when it was deleted or merged away', () => {
    const types = stepOf(books).types ?? [];
    expect(types.filter((type) => /delete|merge/i.test(type))).toEqual([]);
  });
});

describe('fetching from QuickBooks', () => {
  it.each(['not_found', 'unauthorized', 'rate_limited', 'unavailable'] as const)(
    'hands on %s',
    async (reason) => {
      const failure = { reason, message: 'as the API says', retryAfterMs: 5_000 };
      const { result } = await fetchWith(books, old('Invoice.Update'), {
        '/v3/company/310687/invoice/95': failure,
      });
      expect(result).toEqual({ ok: false, error: failure });
    },
  );

  it.each([
    old('Invoice.Update', { id: '95/../96' }),
    old('Invoice.Update', { id: '95?minorversion=1' }),
    old('Invoice.Update', { id: '' }),
    old('Invoice.Update', { realmId: '1/query' }),
    old('Invoice.Update', { realmId: null }),
    old('Preferences.Update'),
    cloud('qbo.invoice.updated.v1', { intuitentityid: '..' }),
    cloud('qbo.invoice.updated.v1', { intuitaccountid: {} }),
    cloud('qbo.../query.updated.v1'),
  ])('asks nothing for $type of $payload', async (event) => {
    const { asked, result } = await fetchWith(books, event);
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ error: { reason: 'not_enrichable' } });
  });

  it('takes no answer about another record', async () => {
    const { result } = await fetchWith(books, old('Invoice.Update'), {
      '/v3/company/310687/invoice/95': { Invoice: { Id: '96' } },
    });
    expect(result).toMatchObject({ error: { reason: 'enrich_failed' } });
  });
});
