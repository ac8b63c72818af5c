// The calls the NetSuite adapter makes: a record by its external id, an upsert, a transform, item ids by number, and a job. A
// write answers 204, or 202 with a job where it was asked to: what it made is read by its external id, not from the answer.

import type { AdapterFailure, ErpCall, ErpRequest } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Found, Written } from '../rest/keyed-operation.ts';
import { broken, objectsOf, readRest, refused, textOf } from '../rest/read-rest.ts';
import { digestOf } from '../rest/stamps.ts';
import { netsuiteDialect } from './netsuite-errors.ts';
import { type NetsuiteOptions, pollAfterMs } from './netsuite-options.ts';

const records = '/services/rest/record/v1';

type Names = Readonly<Record<string, string>>;

type Selected = { readonly kind: 'rows'; readonly rows: readonly JsonObject[] } | AdapterFailure;

export type NetsuiteClient = {
  find(type: string, externalId: string): Promise<Found>;
  /** Makes it or writes over it. `step`: which write of the operation this is. */
  upsert(type: string, externalId: string, body: JsonObject): Promise<Written>;
  transform(
    from: { readonly type: string; readonly id: string },
    to: string,
    body: JsonObject,
  ): Promise<Written>;
  /** Internal ids by item number. */
  itemIds(
    numbers: readonly string[],
  ): Promise<{ readonly kind: 'items'; readonly idOf: (number: string) => string | null } | AdapterFailure>;
  /** The purchase order of that number, as people see it. */
  findPurchase(number: string): Promise<Found>;
  /** The invoice of that number, as people see it. */
  findInvoice(number: string): Promise<Found>;
  /** Rows of a SuiteQL query. */
  select(query: string): Promise<Selected>;
  /** Internal id of the invoice of that number. */
  invoiceId(number: string): Promise<{ readonly kind: 'id'; readonly id: string | null } | AdapterFailure>;
};

export function createNetsuiteClient(
  call: Pick<ErpCall<unknown>, 'erp' | 'idempotencyKey'>,
  { respondAsync = false }: Pick<NetsuiteOptions, 'respondAsync'>,
  fieldNames: Names = {},
): NetsuiteClient {
  const write = createWrite(call, fieldNames);
  const select = async (q: string): Promise<Selected> => {
    const sent = await call.erp.send({
      ...{ method: 'POST', path: '/services/rest/query/v1/suiteql', query: { limit: '1000' } },
      ...{ headers: { prefer: 'transient' }, body: { q }, write: false },
    });
    const read = readRest(netsuiteDialect, sent, { isWrite: false, fieldNames });
    if (read.kind !== 'answer') return read;
    const items = isJsonObject(read.json) ? read.json.items : undefined;
    return Array.isArray(items)
      ? { kind: 'rows', rows: objectsOf(items) }
      : broken('$.items', 'array', items);
  };
  const find = async (type: string, id: string): Promise<Found> => {
    const query = { expandSubResources: 'true' };
    const sent = await call.erp.send({
      method: 'GET',
      path: `${records}/${type}/${id}`,
      query,
      write: false,
    });
    const read = readRest(netsuiteDialect, sent, { isWrite: false, fieldNames });
    if (read.kind === 'rejected' && read.code === 'not_found') return { kind: 'document', document: null };
    if (read.kind !== 'answer') return read;
    return isJsonObject(read.json)
      ? { kind: 'document', document: read.json }
      : broken('$', 'object', read.json);
  };
  const idOf = async (type: 'CustInvc' | 'PurchOrd', number: string) => {
    const where = `type = '${type}' AND tranid = ${quoted(number)}`;
    const rows = await select(`SELECT id FROM transaction WHERE ${where}`);
    return rows.kind === 'rows' ? ({ kind: 'id', id: textOf(rows.rows[0]?.id) || null } as const) : rows;
  };
  const findNumbered = async (
    kind: 'CustInvc' | 'PurchOrd',
    type: string,
    number: string,
  ): Promise<Found> => {
    const found = await idOf(kind, number);
    if (found.kind !== 'id') return found;
    return found.id === null ? { kind: 'document', document: null } : find(type, found.id);
  };
  return {
    select,
    find: (type, externalId) => find(type, `eid:${externalId}`),
    findPurchase: (number) => findNumbered('PurchOrd', 'purchaseOrder', number),
    findInvoice: (number) => findNumbered('CustInvc', 'invoice', number),
    // At once: what depends on it needs it there.
    upsert: (type, externalId, body) =>
      write(
        { method: 'PUT', path: `${records}/${type}/eid:${externalId}`, body },
        type !== 'customer' && respondAsync,
      ),
    transform: ({ type, id }, to, body) =>
      write({ method: 'POST', path: `${records}/${type}/${id}/!transform/${to}`, body }, respondAsync),
    itemIds: async (numbers) => {
      const list = [...new Set(numbers)].map(quoted).join(',');
      const rows = await select(`SELECT id, itemid AS number FROM item WHERE itemid IN (${list})`);
      if (rows.kind !== 'rows') return rows;
      const ids = new Map(rows.rows.map(({ id, number }) => [textOf(number), textOf(id)]));
      return { kind: 'items', idOf: (number) => ids.get(number) ?? null };
    },
    invoiceId: (number) => idOf('CustInvc', number),
  };
}

type Write = (request: Omit<ErpRequest, 'write' | 'headers'>, isAsync: boolean) => Promise<Written>;

function createWrite(call: Pick<ErpCall<unknown>, 'erp' | 'idempotencyKey'>, fieldNames: Names): Write {
  return async (request, isAsync) => {
    // The key is NetSuite's for jobs only, and 36 characters, a UUID, are what its examples show.
    const headers = isAsync
      ? {
          prefer: 'respond-async',
          'x-netsuite-idempotency-key': digestOf(`${call.idempotencyKey} ${request.path}`),
        }
      : {};
    const sent = await call.erp.send({ ...request, headers, write: true });
    const job = sent.kind === 'response' ? jobIn(sent.headers.location) : null;
    const read = readRest(netsuiteDialect, sent, { isWrite: true, fieldNames });
    const isTaken = read.kind === 'answer' && read.status === 202;
    // The same key again: the first one's job is ours, and is followed.
    const isKnown = read.kind === 'rejected' && read.code === 'already_submitted';
    if ((isTaken || isKnown) && job !== null) return { kind: 'accepted', jobRef: job, pollAfterMs };
    if (isTaken) return { kind: 'answer_lost', message: 'NetSuite took it as a job and did not say which' };
    if (isKnown)
      return { kind: 'answer_lost', message: 'NetSuite has had it and does not say which job it is' };
    return read.kind === 'answer' ? { kind: 'written', document: null } : read;
  };
}

/** `…/services/rest/async/v1/job/{id}` */
function jobIn(location: string | undefined): string | null {
  return /\/async\/v1\/job\/([A-Za-z0-9_-]{1,100})$/.exec(location ?? '')?.[1] ?? null;
}

/** A text inside SuiteQL: a quote is written twice. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function unknownItem(index: number, sku: string) {
  return refused('unknown_reference', `NetSuite has no item ${sku}`, `lines[${index}].sku`);
}
