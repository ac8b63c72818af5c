// Xero's records: where each is asked for and of which tenant, and what is never asked for.
import { describe, expect, it } from 'vitest';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { xeroRecords } from '../../../src/core/sources/xero-records.ts';
import { announced, fetchWith, stepOf } from '../../support/scripted-sender-api.ts';

const tenantId = 'c2cc9b6e-9458-4c7d-93cc-f02b81b0594f';
const id = '717f2bfc-c6d4-41fd-b238-3f2f0c0cf777';
const api = { baseUrl: 'XERO_API_URL', token: 'XERO_ACCESS_TOKEN' };
const books = defineThinSource({
  id: 'xero',
  secret: 'XERO_WEBHOOK_KEY',
  ...xeroRecords({ ...api, tenantId }),
});

const event = (type: string, fields: object = {}) =>
  announced(type, {
    resourceUrl: 'https://evil.test/api.xro/2.0/Invoices/1',
    resourceId: id,
    tenantId,
    eventDateUtc: '2026-06-21T01:15:39.902',
    ...fields,
  });

describe('a record of Xero', () => {
  it.each([
    ['INVOICE.UPDATE', 'Invoices', 'InvoiceID'],
    ['CONTACT.CREATE', 'Contacts', 'ContactID'],
    ['CREDITNOTE.UPDATE', 'CreditNotes', 'CreditNoteID'],
  ])('of %s is asked for by its id, never by the address in the body', async (type, name, idField) => {
    const record = { [idField]: id.toUpperCase(), Name: 'a' };
    const { asked, result } = await fetchWith(books, event(type), {
      [`/${name}/${id}`]: { [name]: [record] },
    });
    expect(asked).toEqual([`/${name}/${id}`]);
    expect(result).toEqual({ ok: true, value: record });
  });

  it('is fetched of the configured tenant', () => {
    expect(stepOf(books).api.authorize('t')).toEqual({
      authorization: 'Bearer t',
      'xero-tenant-id': tenantId,
    });
    expect(() => xeroRecords({ ...api, tenantId: 'my company' })).toThrow('tenantId must be a GUID');
  });

  it('has the time of its announcement as its version', () => {
    const { record } = stepOf(books);
    expect(record?.(event('INVOICE.UPDATE'))).toEqual({ id, version: '2026-06-21T01:15:39.902' });
    expect(record?.(event('INVOICE.UPDATE', { eventDateUtc: null }))).toBeNull();
  });
});

describe('fetching from Xero', () => {
  it.each(['not_found', 'unauthorized', 'rate_limited', 'unavailable'] as const)(
    'hands on %s',
    async (reason) => {
      const failure = { reason, message: 'as the API says', retryAfterMs: 5_000 };
      const { result } = await fetchWith(books, event('INVOICE.UPDATE'), { [`/Invoices/${id}`]: failure });
      expect(result).toEqual({ ok: false, error: failure });
    },
  );

  it.each([
    { tenantId: '00000000-0000-4000-8000-000000000000' },
    { tenantId: null },
    { resourceId: `${id}/../../Users` },
    { resourceId: `../${id}` },
    { resourceId: 'INV-0001' },
    { resourceId: `${id}?page=1` },
    { resourceId: `${id}\n` },
    { resourceId: 5 },
  ])('asks nothing for %j', async (fields) => {
    const { asked, result } = await fetchWith(books, event('INVOICE.UPDATE', fields));
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ error: { reason: 'not_enrichable' } });
  });

  it('takes an empty list for a record that is not there, and another record for none', async () => {
    const fetched = (list: object[]) =>
      fetchWith(books, event('INVOICE.UPDATE'), { [`/Invoices/${id}`]: { Invoices: list as never } });
    expect((await fetched([])).result).toMatchObject({ error: { reason: 'not_found' } });
    expect((await fetched([{ InvoiceID: tenantId }])).result).toMatchObject({
      error: { reason: 'enrich_failed' },
    });
  });
});
