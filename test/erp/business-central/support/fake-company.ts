// A company of Business Central in memory, as far as its adapter speaks to it: rows that are made and filtered, and bound actions that
// answer nothing.
import type { ErpRequest, ErpResponse } from '../../../../src/core/erp.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { bodyOf, says } from '../../rest/support/scripted-connection.ts';

export const companyId = 'f64eba74-dacd-4854-a584-1834f68cfc3a';
export const paymentJournalId = '0a0a0a0a-dacd-4854-a584-1834f68cfc3a';

type Row = Record<string, unknown> & { id: string };

export function startCompany() {
  const tables: Record<string, Row[]> = {};
  const rowsOf = (table: string): Row[] => {
    tables[table] ??= [];
    return tables[table];
  };
  const post = (path: string): ErpResponse => {
    const order = rowsOf('salesOrders').find(({ id }) => path.includes(`(${id})`));
    if (path.endsWith('release') && order !== undefined) order.status = 'Open';
    if (path.endsWith('shipAndInvoice') && order !== undefined) {
      const { externalDocumentNumber, totalAmountIncludingTax, currencyCode, postingDate, customerId } =
        order;
      const copied = {
        externalDocumentNumber,
        totalAmountIncludingTax,
        currencyCode,
        postingDate,
        customerId,
      };
      rowsOf('salesInvoices').push({ id: 'inv-1', number: '103001', status: 'Open', ...copied });
      tables.salesOrders = [];
    }
    if (path.includes('/journals(')) {
      const lines = rowsOf('customerPayments').splice(0);
      for (const { id, documentNumber, postingDate, amount } of lines)
        rowsOf('generalLedgerEntries').push({
          id,
          documentNumber,
          postingDate,
          debitAmount: -Number(amount),
        });
    }
    const memo = rowsOf('salesCreditMemos').find(({ id }) => path.includes(`(${id})`));
    if (memo !== undefined) memo.status = 'Open';
    return says(204);
  };
  const create = (table: string, body: JsonObject): ErpResponse => {
    const lines = (body.salesOrderLines ?? body.salesCreditMemoLines ?? []) as {
      quantity: number;
      unitPrice: number;
    }[];
    const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
    const row = { currencyCode: 'EUR', status: 'Draft', ...body, totalAmountIncludingTax: total };
    rowsOf(table).push({
      ...row,
      id: `${table}-${rowsOf(table).length + 1}`,
      number: String(body.number ?? `N${rowsOf(table).length + 1}`),
    });
    return says(201, rowsOf(table).at(-1) as unknown as JsonObject);
  };
  const list = (table: string, filter: string): ErpResponse => {
    const wanted = [...filter.matchAll(/(\w+) eq '([^']*)'/g)];
    const fits = (row: Row): boolean => wanted.some(([, field = '', value]) => row[field] === value);
    return says(200, { value: rowsOf(table).filter(fits) as unknown as JsonObject[] });
  };
  const answer = (request: ErpRequest): ErpResponse => {
    const table = request.path.split('/').at(-1)?.split('(')[0] ?? '';
    if (request.method === 'GET') return list(table, request.query?.$filter ?? '');
    if (request.path.includes('Microsoft.NAV')) return post(request.path);
    return request.method === 'POST' ? create(table, bodyOf(request)) : says(200, bodyOf(request));
  };
  return { tables, rowsOf, answer };
}

export const sale = {
  orderId: '450789469',
  customer: { customerId: '207119551', name: 'Ada Lovelace' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: '1896-S', quantity: 2, unitPrice: '10.00' }],
  total: '20.00',
};
