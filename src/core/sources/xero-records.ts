// Xero's invoices, contacts and credit notes, fetched when a webhook announces them. Pure; I/O is the given API's.
// The address in the body is not used: the id is checked and put into the path of the configured API.

import type { SenderApi, SenderApiDefinition } from '../enrich.ts';
import type { IdentifiedEvent } from '../source.ts';
import {
  bearing,
  checkedId,
  defineRecords,
  type Fetched,
  notEnrichable,
  type RecordsApi,
  type SenderRecords,
  unwrap,
} from './define-records.ts';
import { objectOf } from './items.ts';
import { xero } from './xero.ts';

export type XeroContact = {
  readonly ContactID: string;
  readonly ContactNumber?: string;
  readonly ContactStatus: 'ACTIVE' | 'ARCHIVED' | 'GDPRREQUEST';
  readonly Name: string;
  readonly FirstName?: string;
  readonly LastName?: string;
  readonly EmailAddress?: string;
  readonly TaxNumber?: string;
  readonly IsSupplier?: boolean;
  readonly IsCustomer?: boolean;
  readonly UpdatedDateUTC: string;
};

export type XeroLine = {
  readonly LineItemID: string;
  readonly Description?: string;
  readonly ItemCode?: string;
  readonly Quantity?: number;
  readonly UnitAmount?: number;
  readonly AccountCode?: string;
  readonly TaxType?: string;
  readonly TaxAmount?: number;
  readonly LineAmount?: number;
};

/** Money is a number; dates are `/Date(…)/`, but for `DateString`. */
type XeroDocument = {
  readonly Status: 'DRAFT' | 'SUBMITTED' | 'DELETED' | 'AUTHORISED' | 'PAID' | 'VOIDED';
  readonly Contact: Pick<XeroContact, 'ContactID' | 'Name'>;
  readonly DateString?: string;
  /** ISO 4217. */
  readonly CurrencyCode: string;
  readonly LineAmountTypes: 'Exclusive' | 'Inclusive' | 'NoTax';
  readonly LineItems: readonly XeroLine[];
  readonly SubTotal: number;
  readonly TotalTax: number;
  readonly Total: number;
  readonly Reference?: string;
  readonly UpdatedDateUTC: string;
};

export type XeroInvoice = XeroDocument & {
  readonly InvoiceID: string;
  readonly InvoiceNumber?: string;
  /** `ACCREC`: a sale; `ACCPAY`: a bill. */
  readonly Type: 'ACCREC' | 'ACCPAY';
  readonly DueDateString?: string;
  readonly AmountDue: number;
  readonly AmountPaid: number;
  readonly AmountCredited: number;
};

export type XeroCreditNote = XeroDocument & {
  readonly CreditNoteID: string;
  readonly CreditNoteNumber?: string;
  readonly Type: 'ACCRECCREDIT' | 'ACCPAYCREDIT';
  readonly RemainingCredit?: number;
};

export type XeroRecordTopics = {
  readonly 'INVOICE.CREATE': XeroInvoice;
  readonly 'INVOICE.UPDATE': XeroInvoice;
  readonly 'CONTACT.CREATE': XeroContact;
  readonly 'CONTACT.UPDATE': XeroContact;
  readonly 'CREDITNOTE.CREATE': XeroCreditNote;
  readonly 'CREDITNOTE.UPDATE': XeroCreditNote;
};

const guidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By event category: the collection, which is its name in the answer too, and the field with the id. */
const collections = new Map([
  ['INVOICE', { name: 'Invoices', idField: 'InvoiceID' }],
  ['CONTACT', { name: 'Contacts', idField: 'ContactID' }],
  ['CREDITNOTE', { name: 'CreditNotes', idField: 'CreditNoteID' }],
]);

async function fetchRecord(event: IdentifiedEvent, api: SenderApi, tenantId: string): Promise<Fetched> {
  const { resourceId, tenantId: tenant } = objectOf(event.payload);
  // The token may open several tenants: a record is asked for where the header says, so that must be the event's.
  if (checkedId(tenant, guidForm)?.toLowerCase() !== tenantId.toLowerCase())
    return notEnrichable('the event is about another tenant than the configured one');
  const collection = collections.get(event.type.split('.')[0] ?? '');
  const id = checkedId(resourceId, guidForm);
  if (collection === undefined || id === null) return notEnrichable('the event names no record as Xero does');
  const { name, idField } = collection;
  const record = unwrap(await api.get(`/${name}/${id}`), name);
  return record.ok ? bearing(record.value, idField, id) : record;
}

/**
 * `baseUrl` names the variable that holds `https://api.xero.com/api.xro/2.0`, `token` the secret with an access token,
 * `tenantId` is the organisation the source is about. An announcement tells its time in milliseconds: that is the version.
 */
export function xeroRecords(
  options: RecordsApi & { readonly tenantId: string },
): SenderRecords<XeroRecordTopics> {
  const { tenantId, ...api } = options;
  if (!guidForm.test(tenantId)) throw new Error('xeroRecords: tenantId must be a GUID');
  const authorize: SenderApiDefinition['authorize'] = (token) => ({
    authorization: `Bearer ${token}`,
    'xero-tenant-id': tenantId,
  });
  return defineRecords<XeroRecordTopics>({
    preset: xero,
    api: { ...api, authorize },
    types: [
      'INVOICE.CREATE',
      'INVOICE.UPDATE',
      'CONTACT.CREATE',
      'CONTACT.UPDATE',
      'CREDITNOTE.CREATE',
      'CREDITNOTE.UPDATE',
    ],
    record: ({ payload }) => {
      const { resourceId, eventDateUtc } = objectOf(payload);
      if (typeof resourceId !== 'string' || typeof eventDateUtc !== 'string') return null;
      return { id: resourceId, version: eventDateUtc };
    },
    fetch: (event, sender) => fetchRecord(event, sender, tenantId),
  });
}
