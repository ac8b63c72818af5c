// What a company of ERPNext has: its currency, and the day up to which its books are frozen. Since ERPNext 16 that day stands in the
// company, before in the settings of the site. Reads only, but for the day.

import type { AdapterFailure } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Found } from '../rest/keyed-operation.ts';
import { textOf } from '../rest/read-rest.ts';
import type { ErpnextClient } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';

const companyField = 'accounts_frozen_till_date';
const siteField = 'acc_frozen_upto';
const siteSettings = 'Accounts Settings';

export type Books = {
  readonly kind: 'books';
  /** Null: there is none, or its name is not configured and there are several. */
  readonly company: JsonObject | null;
  /** Where the day stands, to be changed; null where it cannot be read. */
  readonly holder: { readonly doctype: string; readonly document: JsonObject; readonly field: string } | null;
  readonly frozenThrough: string | null;
};

export async function readBooks(
  client: ErpnextClient,
  settings: ErpnextSettings,
): Promise<Books | AdapterFailure> {
  const found = await findCompany(client, settings);
  if (found.kind !== 'document') return found;
  const company = found.document;
  if (company !== null && Object.hasOwn(company, companyField))
    return toBooks(company, { doctype: 'Company', document: company, field: companyField });
  const site = await client.read(siteSettings, siteSettings);
  if (site.kind === 'rejected') return toBooks(company, null);
  if (site.kind !== 'document') return site;
  const { document } = site;
  const isHere = document !== null && Object.hasOwn(document, siteField);
  return toBooks(company, isHere ? { doctype: siteSettings, document, field: siteField } : null);
}

/** Of several companies none is meant where none is named. */
async function findCompany(client: ErpnextClient, { company }: ErpnextSettings): Promise<Found> {
  if (company !== undefined) return client.read('Company', company);
  const all = await client.list('Company', [], ['name']);
  if (all.kind !== 'rows') return all;
  const [only, ...others] = all.rows;
  return only === undefined || others.length > 0
    ? { kind: 'document', document: null }
    : client.read('Company', textOf(only.name));
}

function toBooks(company: JsonObject | null, holder: Books['holder']): Books {
  const day = holder === null ? '' : textOf(holder.document[holder.field]);
  return { kind: 'books', company, holder, frozenThrough: day === '' ? null : day };
}
