// What the running Business Central says of itself: the version of the service, the company, the currency of its ledger and the first
// day it takes postings on. The standard API lists no modules: what is off refuses by itself. Reads only.

import type { ReadInstance } from '../../core/erp-capabilities.ts';
import { isJsonObject } from '../../core/json.ts';
import { objectsOf, readRest, textOf } from '../rest/read-rest.ts';
import { bcDialect } from './bc-errors.ts';
import type { BusinessCentralOptions } from './bc-options.ts';
import { dayOf } from './orders.ts';

const dayMs = 86_400_000;

export const createReadInstance =
  ({ companyId }: BusinessCentralOptions): ReadInstance =>
  async (erp) => {
    const read = async (path: string) => {
      const sent = await erp.send({ method: 'GET', path, write: false });
      return readRest(bcDialect, sent, { isWrite: false, fieldNames: {} });
    };
    const company = await read(`/companies(${companyId})`);
    if (company.kind !== 'answer') return company;
    const setup = await read(`/companies(${companyId})/generalLedgerSetup`);
    // Another permission than the rest: what may not be read counts as not said.
    if (setup.kind !== 'answer' && setup.kind !== 'rejected') return setup;
    const json = setup.kind === 'answer' ? setup.json : undefined;
    const [ledger] = objectsOf(isJsonObject(json) ? json.value : undefined);
    const { name, displayName, systemVersion } = isJsonObject(company.json) ? company.json : {};
    return {
      kind: 'instance',
      instance: {
        version: textOf(systemVersion) || null,
        company: textOf(displayName) || textOf(name) || null,
        currency: textOf(ledger?.localCurrencyCode) || null,
        modules: null,
        lockedThrough: dayBefore(dayOf(ledger?.allowPostingFrom)),
      },
    };
  };

function dayBefore(day: string | null): string | null {
  return day === null ? null : new Date(Date.parse(day) - dayMs).toISOString().slice(0, 10);
}
