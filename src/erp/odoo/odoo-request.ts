// One call of a method of Odoo's models, as a request of either API. Pure. The body of a JSON-RPC call holds the key, so it is put
// there by the session at the last moment: what is recorded never has it.

import type { ErpRequest } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { OdooSettings } from './odoo-options.ts';

export type OdooCall = {
  readonly model: string;
  readonly method: string;
  /** The records it is called on. */
  readonly ids?: readonly number[];
  /** By name. */
  readonly args?: JsonObject;
  readonly context?: JsonObject;
  readonly write: boolean;
};

export function toOdooRequest(
  call: OdooCall,
  { api, database }: Pick<OdooSettings, 'api' | 'database'>,
): ErpRequest {
  return api === 'json2' ? toJson2(call, database) : toJsonRpc(call, database ?? '');
}

function toJson2({ model, method, ids, args = {}, context, write }: OdooCall, database?: string): ErpRequest {
  return {
    method: 'POST',
    path: `/json/2/${model}/${method}`,
    headers: database === undefined ? {} : { 'x-odoo-database': database },
    body: {
      ...(ids === undefined ? {} : { ids }),
      ...args,
      ...(context === undefined ? {} : { context }),
    },
    write,
  };
}

/** `create` takes its values by position there; all else by name. */
function toJsonRpc(
  { model, method, ids, args = {}, context, write }: OdooCall,
  database: string,
): ErpRequest {
  const { vals_list: values, ...named } = args;
  const isCreate = method === 'create' && values !== undefined;
  const positional: JsonValue[] = ids === undefined ? [] : [ids];
  if (isCreate) positional.push(values);
  const keywords = { ...(isCreate ? named : args), ...(context === undefined ? {} : { context }) };
  return {
    method: 'POST',
    path: '/jsonrpc',
    body: toEnvelope('object', 'execute_kw', [database, null, null, model, method, positional, keywords]),
    write,
  };
}

export function toEnvelope(service: string, method: string, args: readonly JsonValue[]): JsonObject {
  return { jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } };
}

/** The user's id and key where `execute_kw` takes them. */
export function placeKey(
  request: ErpRequest,
  user: { readonly id: number; readonly key: string },
): ErpRequest {
  const { body } = request;
  const params = isJsonObject(body) ? body.params : undefined;
  if (!isJsonObject(body) || !isJsonObject(params) || !Array.isArray(params.args)) return request;
  const [database, , , ...rest] = params.args as readonly JsonValue[];
  return {
    ...request,
    body: { ...body, params: { ...params, args: [database ?? '', user.id, user.key, ...rest] } },
  };
}
