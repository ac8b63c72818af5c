// The calls the ERPNext adapter makes: list, read, insert (with `docstatus: 1` inserted and submitted in one request, one
// transaction), change, and the methods that map one document to the next. May not decide what an answer means for an operation.

import type { AdapterFailure, ErpConnection } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Found, Written } from '../rest/keyed-operation.ts';
import { broken, objectsOf, readRest, textOf } from '../rest/read-rest.ts';
import { erpnextDialect } from './erpnext-errors.ts';

export type Filter = readonly [string, string, JsonValue] | readonly [string, string, string, JsonValue];
/** A document as it stands in an answer. */
export type Saved = { readonly kind: 'document'; readonly document: JsonObject } | AdapterFailure;

export type Listed = { readonly kind: 'rows'; readonly rows: readonly JsonObject[] } | AdapterFailure;

/** Rows of one list: those of a batch of the largest size in several warehouses. */
const maxRows = 1_000;

export type ErpnextClient = {
  /** The newest document that fits, whole. */
  findOne(doctype: string, filters: readonly Filter[]): Promise<Found>;
  /** By its name; of a document there is one of, the name of its type. */
  read(doctype: string, name: string): Promise<Found>;
  /** Fields of all that fit. */
  list(doctype: string, filters: readonly Filter[], fields: readonly string[]): Promise<Listed>;
  /** A method that reads; its answer. */
  ask(method: string): Promise<Saved>;
  insert(doctype: string, document: JsonObject): Promise<Saved>;
  /** `current`: as it was read; its `modified` goes back, so that a change in between is a conflict. */
  change(doctype: string, current: JsonObject, patch: JsonObject): Promise<Saved>;
  /** An unsaved document made from another, e.g. an invoice from an order. Reads only. */
  make(method: string, args: JsonObject): Promise<Saved>;
};

export function createErpnextClient(
  erp: ErpConnection,
  fieldNames: Readonly<Record<string, string>> = {},
): ErpnextClient {
  const save = async (method: 'POST' | 'PUT', path: string, body: JsonObject): Promise<Saved> => {
    const sent = await erp.send({ method, path, body, write: true });
    const read = readRest(erpnextDialect, sent, { isWrite: true, fieldNames });
    return read.kind === 'answer' ? documentIn(read.json, 'data', true) : read;
  };
  const get = async (path: string, query: Readonly<Record<string, string>> = {}) => {
    const sent = await erp.send({ method: 'GET', path, query, write: false });
    return readRest(erpnextDialect, sent, { isWrite: false, fieldNames });
  };
  const list = async (doctype: string, query: Readonly<Record<string, string>>): Promise<Listed> => {
    const listed = await get(pathOf(doctype), { order_by: 'creation desc', ...query });
    if (listed.kind !== 'answer') return listed;
    const data = isJsonObject(listed.json) ? listed.json.data : undefined;
    return Array.isArray(data) ? { kind: 'rows', rows: objectsOf(data) } : broken('$.data', 'array', data);
  };
  const readDocument = async (doctype: string, name: string): Promise<Saved> => {
    const read = await get(`${pathOf(doctype)}/${encodeURIComponent(name)}`);
    return read.kind === 'answer' ? documentIn(read.json, 'data', false) : read;
  };
  return {
    findOne: async (doctype, filters) => {
      const query = { filters: JSON.stringify(filters), fields: '["name"]', limit_page_length: '1' };
      const listed = await list(doctype, query);
      if (listed.kind !== 'rows') return listed;
      const name = textOf(listed.rows[0]?.name);
      return name === '' ? { kind: 'document', document: null } : readDocument(doctype, name);
    },
    read: async (doctype, name) => {
      const read = await readDocument(doctype, name);
      const isMissing = read.kind === 'rejected' && read.code === 'not_found';
      return isMissing ? { kind: 'document', document: null } : read;
    },
    list: (doctype, filters, fields) =>
      list(doctype, {
        ...{ filters: JSON.stringify(filters), fields: JSON.stringify(fields) },
        limit_page_length: String(maxRows),
      }),
    ask: async (method) => {
      const read = await get(`/api/method/${method}`);
      return read.kind === 'answer' ? documentIn(read.json, 'message', false) : read;
    },
    insert: (doctype, document) => save('POST', pathOf(doctype), document),
    change: (doctype, { name, modified }, patch) =>
      save('PUT', `${pathOf(doctype)}/${encodeURIComponent(textOf(name))}`, {
        ...patch,
        ...(modified === undefined ? {} : { modified }),
      }),
    make: async (method, args) => {
      const sent = await erp.send({
        method: 'POST',
        path: `/api/method/${method}`,
        body: args,
        write: false,
      });
      const read = readRest(erpnextDialect, sent, { isWrite: false, fieldNames });
      return read.kind === 'answer' ? documentIn(read.json, 'message', false) : read;
    },
  };
}

export function toWritten(saved: Saved): Written {
  return saved.kind === 'document' ? { kind: 'written', document: saved.document } : saved;
}

function pathOf(doctype: string): string {
  return `/api/resource/${encodeURIComponent(doctype)}`;
}

function documentIn(json: JsonValue | undefined, member: 'data' | 'message', isWrite: boolean): Saved {
  const document = isJsonObject(json) ? json[member] : undefined;
  if (isJsonObject(document)) return { kind: 'document', document };
  // Done, and not shown: the next attempt looks.
  if (isWrite) return { kind: 'answer_lost', message: 'ERPNext answered success and showed no document' };
  return broken(`$.${member}`, 'object', document);
}
