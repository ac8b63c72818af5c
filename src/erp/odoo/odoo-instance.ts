// What the running Odoo says of itself: its company and, where the user may read them, its installed modules. May not guess: what
// the user may not read counts as not said, for then Odoo refuses by itself.

import type { ReadInstance } from '../../core/erp-capabilities.ts';
import { createOdooClient } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findCompany } from './orders.ts';
import { nameOf } from './read-odoo.ts';

const base = 'base';

export function createReadInstance(settings: OdooSettings): ReadInstance {
  return async (erp) => {
    const client = createOdooClient(erp, settings);
    const company = await findCompany(client);
    if (company.kind !== 'row' && company.kind !== 'rejected') return company;
    const row = company.kind === 'row' ? company.row : null;
    const domain = [['state', '=', 'installed']];
    const installed = await client.find('ir.module.module', domain, ['name', 'latest_version']);
    if (installed.kind !== 'found' && installed.kind !== 'rejected') return installed;
    const modules = installed.kind === 'found' ? installed.rows : null;
    const lock = row?.fiscalyear_lock_date;
    return {
      kind: 'instance',
      instance: {
        // `19.0.1.3`: the release of Odoo, then the module's own.
        version: releaseOf(modules?.find(({ name }) => name === base)?.latest_version),
        company: typeof row?.name === 'string' ? row.name : null,
        currency: nameOf(row?.currency_id),
        modules: modules?.map(({ name }) => String(name)) ?? null,
        lockedThrough: typeof lock === 'string' ? lock : null,
      },
    };
  };
}

function releaseOf(version: unknown): string | null {
  return typeof version === 'string' ? version.split('.').slice(0, 2).join('.') : null;
}
