// What the running NetSuite account says of itself: its company, the currency of its books, the last closed period, and which of the
// record types that operations need are there, which is what its features are told by. Reads only. What the role may not read counts as
// not said; the release is said nowhere.

import type { ReadInstance } from '../../core/erp-capabilities.ts';
import { isJsonObject } from '../../core/json.ts';
import { objectsOf, readRest, textOf } from '../rest/read-rest.ts';
import { createNetsuiteClient } from './netsuite-client.ts';
import { netsuiteDialect } from './netsuite-errors.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';

const catalog = '/services/rest/record/v1/metadata-catalog';

/** Of the periods that are no quarters and no years. */
const closedPeriods =
  "SELECT TO_CHAR(enddate, 'YYYY-MM-DD') AS day FROM accountingperiod WHERE closed = 'T' AND isquarter = 'F' AND isyear = 'F' ORDER BY enddate DESC";
const headCompany = 'SELECT name FROM subsidiary WHERE parent IS NULL';
const baseCurrency = "SELECT symbol FROM currency WHERE isbasecurrency = 'T'";

/** @param modules record types that operations need: the catalog lists hundreds */
export const createReadInstance =
  (options: NetsuiteOptions, modules: ReadonlySet<string>): ReadInstance =>
  async (erp) => {
    const client = createNetsuiteClient({ erp, idempotencyKey: '' }, options);
    const sent = await erp.send({ method: 'GET', path: catalog, write: false });
    const types = readRest(netsuiteDialect, sent, { isWrite: false, fieldNames: {} });
    if (types.kind !== 'answer' && types.kind !== 'rejected') return types;
    const json = types.kind === 'answer' ? types.json : undefined;
    const names = objectsOf(isJsonObject(json) ? json.items : undefined).map(({ name }) => textOf(name));
    const said: (string | null)[] = [];
    for (const [query, field] of [
      [headCompany, 'name'],
      [baseCurrency, 'symbol'],
      [closedPeriods, 'day'],
    ] as const) {
      const rows = await client.select(query);
      if (rows.kind !== 'rows' && rows.kind !== 'rejected') return rows;
      said.push(rows.kind === 'rows' ? textOf(rows.rows[0]?.[field]) || null : null);
    }
    const [company = null, currency = null, lockedThrough = null] = said;
    return {
      kind: 'instance',
      instance: {
        ...{ version: null, company, currency, lockedThrough },
        modules: names.length === 0 ? null : names.filter((name) => modules.has(name)),
      },
    };
  };
