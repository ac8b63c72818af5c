// An ERPNext site in memory, as far as its adapter speaks to it: documents that are inserted, found by filters and mapped to the next.
// The custom field of the key is unique, as it has to be set up.
import type { ErpRequest } from '../../../../src/core/erp.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { bodyOf, says } from '../../rest/support/scripted-connection.ts';

export type Site = {
  readonly documents: Map<string, JsonObject>;
  readonly answer: (request: ErpRequest) => ReturnType<typeof says>;
};

/** Keeps documents by doctype and name, finds them by equality, as the REST API does. */
export function startSite(): Site {
  const documents = new Map<string, JsonObject>();
  const fits = (document: JsonObject, [field, operator, value]: [string, string, unknown]): boolean => {
    const actual = document[field] ?? 0;
    if (operator === 'in') return (value as unknown[]).includes(actual);
    return operator === '<' ? Number(actual) < Number(value) : actual === value;
  };
  const answer = (request: ErpRequest) => {
    const [, , , doctype = '', name] = request.path.split('/').map(decodeURIComponent);
    if (request.path.startsWith('/api/method/')) {
      const order = documents.get(`Sales Order/${String(bodyOf(request).source_name)}`);
      const isInvoiced = [...documents.keys()].some((key) => key.startsWith('Sales Invoice/'));
      return says(200, {
        message: { ...order, name: null, items: isInvoiced ? [] : order?.items, docstatus: 0 },
      });
    }
    if (request.method === 'GET' && name === undefined) {
      const filters = JSON.parse(request.query?.filters ?? '[]') as [string, string, unknown][];
      const found = [...documents].filter(
        ([key, document]) =>
          key.startsWith(`${doctype}/`) && filters.every((filter) => fits(document, filter)),
      );
      return says(200, { data: found.map(([, document]) => ({ name: document.name })).slice(0, 1) });
    }
    if (request.method === 'GET') return says(200, { data: documents.get(`${doctype}/${name}`) });
    const body = bodyOf(request);
    const isTaken = (document: JsonObject) => document.holdfast_key === body.holdfast_key;
    const rows = [...documents].filter(([key]) => key.startsWith(`${doctype}/`)).map(([, row]) => row);
    if (name === undefined && body.holdfast_key !== undefined && rows.some(isTaken))
      return says(409, {
        exc_type: 'DuplicateEntryError',
        message: `('${doctype}', IntegrityError(1062, "Duplicate entry for key 'holdfast_key'"))`,
      });
    const number = name ?? `${doctype.toUpperCase().replaceAll(' ', '-')}-${documents.size + 1}`;
    const items = (body.items ?? []) as { qty: number; rate: number }[];
    const total = items.reduce((sum, { qty, rate }) => sum + qty * rate, 0);
    const kept = { ...documents.get(`${doctype}/${number}`), ...body, name: number };
    const saved = name === undefined && items.length > 0 ? { ...kept, grand_total: total } : kept;
    documents.set(`${doctype}/${number}`, saved);
    return says(200, { data: saved });
  };
  return { documents, answer };
}

export const sale = {
  orderId: '450789469',
  customer: { customerId: '207119551', name: 'Ada Lovelace' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' }],
  total: '20.00',
  orderedAt: '2026-11-24T09:00:00Z',
};
