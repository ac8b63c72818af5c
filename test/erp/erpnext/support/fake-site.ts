// An ERPNext site in memory, as far as its adapter speaks to it: documents that are inserted, found by filters and mapped to the next.
// The custom field of the key is unique, as it has to be set up.
import type { ErpRequest } from '../../../../src/core/erp.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { bodyOf, says } from '../../rest/support/scripted-connection.ts';

export type Site = {
  readonly documents: Map<string, JsonObject>;
  readonly answer: (request: ErpRequest) => ReturnType<typeof says>;
};

type Filter = readonly (string | number | readonly unknown[])[];

/** `[field, operator, value]`, or the same with the doctype before it: of the document, or of one of its rows. */
function fits(doctype: string, document: JsonObject, filter: Filter): boolean {
  const [of, field, operator, value] = filter.length === 4 ? filter : [doctype, ...filter];
  const rows = of === doctype ? [document] : ((document.items ?? []) as readonly JsonObject[]);
  return rows.some((row) => {
    const actual = row[String(field)] ?? 0;
    if (operator === 'in') return (value as unknown[]).includes(actual);
    return operator === '<' ? Number(actual) < Number(value) : actual === value;
  });
}

/** Keeps documents by doctype and name, finds them by equality, as the REST API does. */
export function startSite(): Site {
  const documents = new Map<string, JsonObject>();
  const rowsOf = (doctype: string): readonly JsonObject[] =>
    [...documents].filter(([key]) => key.startsWith(`${doctype}/`)).map(([, row]) => row);
  const map = (request: ErpRequest) => {
    const { source_name: name } = bodyOf(request);
    const source = [...documents.values()].find((document) => document.name === name);
    const isInvoiced = request.path.endsWith('make_sales_invoice') && rowsOf('Sales Invoice').length > 0;
    const items = isInvoiced ? [] : source?.items;
    return says(200, { message: { ...source, name: null, holdfast_key: null, items, docstatus: 0 } });
  };
  const list = (doctype: string, { query = {} }: ErpRequest) => {
    const filters = JSON.parse(query.filters ?? '[]') as Filter[];
    const fields = JSON.parse(query.fields ?? '["name"]') as string[];
    const found = rowsOf(doctype).filter((row) => filters.every((filter) => fits(doctype, row, filter)));
    const shown = found.toReversed().slice(0, Number(query.limit_page_length));
    return says(200, {
      data: shown.map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))),
    });
  };
  const save = (doctype: string, name: string | undefined, body: JsonObject) => {
    const isTaken = (document: JsonObject) => document.holdfast_key === body.holdfast_key;
    if (name === undefined && body.holdfast_key !== undefined && rowsOf(doctype).some(isTaken))
      return says(409, {
        exc_type: 'DuplicateEntryError',
        message: `('${doctype}', IntegrityError(1062, "Duplicate entry for key 'holdfast_key'"))`,
      });
    if (doctype === 'Stock Reconciliation' && !count(documents, body))
      return says(417, {
        exc_type: 'EmptyStockReconciliationItemsError',
        message: 'None of the items have any change in quantity or value.',
      });
    const number = name ?? `${doctype.toUpperCase().replaceAll(' ', '-')}-${documents.size + 1}`;
    const items = (body.items ?? []) as { qty: number; rate: number }[];
    const total = items.reduce((sum, { qty, rate }) => sum + qty * rate, 0);
    const kept = { ...documents.get(`${doctype}/${number}`), ...body, name: number };
    const saved = name === undefined && items.length > 0 ? { ...kept, grand_total: total } : kept;
    documents.set(`${doctype}/${number}`, saved);
    return says(200, { data: saved });
  };
  const answer = (request: ErpRequest) => {
    const [, , , doctype = '', name] = request.path.split('/').map(decodeURIComponent);
    if (request.path.startsWith('/api/method/')) return map(request);
    if (request.method !== 'GET') return save(doctype, name, bodyOf(request));
    if (name === undefined) return list(doctype, request);
    const found = documents.get(`${doctype}/${name}`);
    if (found !== undefined) return says(200, { data: found });
    return says(404, { exc_type: 'DoesNotExistError', message: `${doctype} ${name} not found` });
  };
  return { documents, answer };
}

/** Sets the bins; false where nothing would change. */
function count(documents: Map<string, JsonObject>, { items }: JsonObject): boolean {
  const rows = items as readonly { item_code: string; warehouse: string; qty: number }[];
  const changed = rows.filter(({ item_code: sku, warehouse, qty }) => {
    const name = `BIN-${sku}-${warehouse}`;
    const isNew = documents.get(`Bin/${name}`)?.actual_qty !== qty;
    documents.set(`Bin/${name}`, { name, item_code: sku, warehouse, actual_qty: qty });
    return isNew;
  });
  return changed.length > 0;
}

export const sale = {
  orderId: '450789469',
  customer: { customerId: '207119551', name: 'Ada Lovelace' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' }],
  total: '20.00',
  orderedAt: '2026-11-24T09:00:00Z',
};
