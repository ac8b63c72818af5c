// The calls an Odoo operation is made of: find rows, read one, load by external ids, press a button. Every answer goes through
// readOdoo before anyone looks at it. May not know an operation.

import type { AdapterFailure, ErpConnection } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { OdooSettings } from './odoo-options.ts';
import { type OdooCall, toOdooRequest } from './odoo-request.ts';
import {
  type Action,
  broken,
  type FieldNames,
  type Loaded,
  type OdooAnswer,
  type Refusal,
  type Row,
  readAction,
  readLoaded,
  readOdoo,
} from './read-odoo.ts';

export type Found = { readonly kind: 'found'; readonly rows: readonly Row[] } | AdapterFailure;
export type FoundOne = { readonly kind: 'row'; readonly row: Row | null } | AdapterFailure;
export type Pressed = Action | { readonly kind: 'done_before'; readonly refusal: Refusal } | AdapterFailure;
export type Created = { readonly kind: 'created'; readonly id: number } | AdapterFailure;
export type CreatedMany = { readonly kind: 'created'; readonly ids: readonly number[] } | AdapterFailure;

/** A domain in Odoo's notation: `[["state", "=", "sale"]]`. */
export type Domain = readonly JsonValue[];

export type OdooClient = {
  readonly settings: OdooSettings;
  readonly call: (call: OdooCall) => Promise<OdooAnswer>;
  readonly find: (model: string, domain: Domain, fields: readonly string[]) => Promise<Found>;
  /** A call that answers with rows. */
  readonly rows: (call: OdooCall) => Promise<Found>;
  /** The newest. */
  readonly findOne: (model: string, domain: Domain, fields: readonly string[]) => Promise<FoundOne>;
  readonly load: (model: string, table: LoadTable) => Promise<Loaded>;
  readonly press: (call: Omit<OdooCall, 'write'>) => Promise<Pressed>;
  readonly create: (model: string, values: JsonObject, context?: JsonObject) => Promise<Created>;
  /** Several in one call, which is one transaction; the ids are in the order of the values. */
  readonly createMany: (
    model: string,
    values: readonly JsonObject[],
    context?: JsonObject,
  ) => Promise<CreatedMany>;
  readonly write: (model: string, id: number, values: JsonObject) => Promise<AdapterFailure | null>;
};

export type LoadTable = {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** Rows of one read: the lines of a document of the largest size, and some. */
const maxRows = 1_000;

export function createOdooClient(
  erp: ErpConnection,
  settings: OdooSettings,
  fieldNames: FieldNames = {},
): OdooClient {
  const call: OdooClient['call'] = async (request) =>
    readOdoo(await erp.send(toOdooRequest(request, settings)), {
      ...{ api: settings.api, isWrite: request.write, fields: fieldNames },
    });
  const rows: OdooClient['rows'] = async (request) => {
    const answer = toPlain(await call(request));
    if (answer.kind !== 'value') return answer;
    const { value } = answer;
    if (!Array.isArray(value)) return broken('$', 'array', value);
    const index = value.findIndex((row) => !isJsonObject(row));
    return index >= 0
      ? broken(`$[${index}]`, 'object', value[index])
      : { kind: 'found', rows: value as Row[] };
  };
  const find: OdooClient['find'] = (model, domain, fields) => {
    const args = { domain, fields, limit: maxRows, order: 'id desc' };
    return rows({ model, method: 'search_read', args, write: false });
  };
  const createMany: OdooClient['createMany'] = async (model, values, context) => {
    const args = { vals_list: values };
    const answer = toPlain(
      await call({ model, method: 'create', args, ...(context ? { context } : {}), write: true }),
    );
    if (answer.kind !== 'value') return answer;
    const ids = Array.isArray(answer.value) ? answer.value : [answer.value];
    const isWhole = ids.length === values.length && ids.every((id) => typeof id === 'number');
    return isWhole
      ? { kind: 'created', ids: ids as readonly number[] }
      : broken('$', 'the id of each record', answer.value);
  };
  return {
    settings,
    call,
    rows,
    find,
    findOne: async (model, domain, fields) => {
      const found = await find(model, domain, fields);
      return found.kind === 'found' ? { kind: 'row', row: found.rows[0] ?? null } : found;
    },
    load: async (model, { fields, rows }) => {
      const answer = toPlain(
        await call({ model, method: 'load', args: { fields, data: rows }, write: true }),
      );
      return answer.kind === 'value' ? readLoaded(answer.value, fieldNames) : answer;
    },
    press: async (button) => {
      const answer = await call({ ...button, write: true });
      return answer.kind === 'value' ? readAction(answer.value) : answer;
    },
    createMany,
    create: async (model, values, context) => {
      const created = await createMany(model, [values], context);
      return created.kind === 'created' ? { kind: 'created', id: created.ids[0] ?? 0 } : created;
    },
    write: async (model, id, values) => {
      const answer = toPlain(
        await call({ model, method: 'write', ids: [id], args: { vals: values }, write: true }),
      );
      return answer.kind === 'value' ? null : answer;
    },
  };
}

/** Where "done before" can mean nothing else than a refusal. */
function toPlain(answer: OdooAnswer): Exclude<OdooAnswer, { kind: 'done_before' }> {
  return answer.kind === 'done_before' ? answer.refusal : answer;
}

export function refused(code: string, message: string, field?: string): Refusal {
  const fieldErrors = field === undefined ? [] : [{ field, rule: message }];
  return { kind: 'rejected', code, message, fieldErrors };
}
