// What the running ERPNext says of itself: the apps of the site with their versions, its company, the currency of its books and the day
// they are frozen through. Reads only. What the user may not read counts as not said.

import type { ReadInstance } from '../../core/erp-capabilities.ts';
import { isJsonObject } from '../../core/json.ts';
import { textOf } from '../rest/read-rest.ts';
import { readBooks } from './books.ts';
import { createErpnextClient } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';

/** The app that all operations are of. */
export const erpnextApp = 'erpnext';

export const createReadInstance =
  (settings: ErpnextSettings): ReadInstance =>
  async (erp) => {
    const client = createErpnextClient(erp);
    const versions = await client.ask('frappe.utils.change_log.get_versions');
    if (versions.kind !== 'document' && versions.kind !== 'rejected') return versions;
    const apps = versions.kind === 'document' ? versions.document : null;
    const books = await readBooks(client, settings);
    if (books.kind !== 'books' && books.kind !== 'rejected') return books;
    const { company, frozenThrough } =
      books.kind === 'books' ? books : { company: null, frozenThrough: null };
    const app = apps?.[erpnextApp];
    return {
      kind: 'instance',
      instance: {
        version: isJsonObject(app) ? textOf(app.version) || null : null,
        company: textOf(company?.name) || null,
        currency: textOf(company?.default_currency) || null,
        modules: apps === null ? null : Object.keys(apps),
        lockedThrough: frozenThrough,
      },
    };
  };
