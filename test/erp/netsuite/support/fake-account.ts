// A NetSuite account in memory, as far as its adapter speaks to it: records by their external ids, which are unique, transforms, and
// SuiteQL for what a test lists.
import type { ErpRequest, ErpResponse } from '../../../../src/core/erp.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createNetsuiteAdapter } from '../../../../src/erp/netsuite/netsuite-adapter.ts';
import { bodyOf, says, scriptedConnection } from '../../rest/support/scripted-connection.ts';
import { runOperation } from '../../sandbox/support/run-operation.ts';

export const itemIds = [
  { id: '42', number: 'SKU-1' },
  { id: '43', number: 'REFUND' },
];

export function refusal(status: number, code: string, detail: string): JsonObject {
  return { title: 'Bad Request', status, 'o:errorDetails': [{ detail, 'o:errorCode': code }] };
}

export function startAccount() {
  const records = new Map<string, JsonObject>();
  const save = (type: string, externalId: string, body: JsonObject): ErpResponse => {
    const key = `${type}/eid:${externalId}`;
    const item = body.item as
      | { items?: { item?: { id: string }; quantity: number; rate: number }[] }
      | undefined;
    const items = item?.items?.map((line, index) => ({
      ...{ ...line, line: index + 1 },
      item: {
        id: line.item?.id ?? '42',
        refName: itemIds.find(({ id }) => id === line.item?.id)?.number ?? 'SKU-1',
      },
    }));
    const total = items?.reduce((sum, { quantity, rate }) => sum + quantity * rate, 0);
    const defaults = { id: String(records.size + 100), tranId: `T${records.size + 1}`, externalId };
    const adjusted = body.inventory as { items?: { item: { id: string } }[] } | undefined;
    const named = adjusted?.items?.map(({ item: { id }, ...line }) => ({
      ...{ ...line, item: { id, refName: itemIds.find((known) => known.id === id)?.number } },
    }));
    const lines = {
      ...(items === undefined ? {} : { item: { items }, total }),
      ...(named === undefined ? {} : { inventory: { items: named } }),
    };
    records.set(key, { ...defaults, ...records.get(key), ...body, ...lines } as JsonObject);
    return says(204, undefined, { location: `https://x/services/rest/record/v1/${type}/${records.size}` });
  };
  const pay = (fits: (record: JsonObject) => boolean, amount: unknown): void => {
    for (const [key, record] of records)
      if (key.startsWith('invoice/') && fits(record))
        records.set(key, { ...record, amountRemaining: Number(record.amountRemaining) - Number(amount) });
  };
  const answer = (request: ErpRequest): ErpResponse => {
    if (request.path.endsWith('/suiteql')) return says(200, { items: itemIds });
    const rest = request.path.replace('/services/rest/record/v1/', '');
    if (request.method === 'GET') {
      const found = records.get(rest);
      return found === undefined ? says(404, refusal(404, 'NONEXISTENT_ID', 'not there')) : says(200, found);
    }
    const [source = '', to] = rest.split('/!transform/');
    if (to === undefined)
      return save(source.split('/')[0] ?? '', source.split('eid:')[1] ?? '', bodyOf(request));
    const from = records.get(source);
    if (from === undefined) return says(404, refusal(404, 'NONEXISTENT_ID', 'not there'));
    const externalId = String(bodyOf(request).externalId);
    if (records.has(`${to}/eid:${externalId}`))
      return says(400, refusal(400, 'DUP_RCRD', 'This record already exists'));
    const body = bodyOf(request);
    if (to === 'customerPayment') pay(({ id }) => id === from.id, body.payment);
    const apply = body.apply as { items: { doc: { id: string }; amount: number }[] } | undefined;
    for (const { doc, amount } of apply?.items ?? []) pay(({ id }) => id === doc.id, amount);
    const { item, currency, entity, total } = from;
    const amountRemaining = to === 'invoice' ? { amountRemaining: total } : {};
    return save(to, externalId, { item, currency, entity, total, ...amountRemaining, ...body } as JsonObject);
  };
  return { records, answer };
}

export const sale = {
  orderId: '450789469',
  customer: { customerId: '207119551', name: 'Ada Lovelace' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' }],
  total: '20.00',
};
export const invoice = { orderId: '450789469', total: '20.00', currency: 'EUR' };

/** An account that has confirmed the sale. */
export async function startSold() {
  const account = startAccount();
  const adapter = createNetsuiteAdapter({ currencies: { EUR: '4' } });
  const erp = scriptedConnection(account.answer);
  const run = runOperation({ adapter, erp, name: 'sale.confirm', input: sale });
  if ((await run.perform()).kind !== 'succeeded') throw new Error('the sale was not confirmed');
  return account;
}
