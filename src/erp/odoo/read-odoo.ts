// Reads an answer of Odoo, of either API, from its status and its body. Four layers: the transport, the error in a 200, the success
// that says failure (`load`), and the success that did nothing (a wizard instead of an effect). Pure.

import type { AdapterFailure, ErpCallFailure, ErpResponse } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { retryable } from '../retryable.ts';
import { fieldOfMessage, findOdooError, loadRaceMessage } from './odoo-errors.ts';
import type { OdooSettings } from './odoo-options.ts';

export type Refusal = Extract<AdapterFailure, { kind: 'rejected' }>;

export type OdooAnswer =
  /** Null: it answered nothing, which is a success too. */
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'done_before'; readonly refusal: Refusal }
  | AdapterFailure;

/** Odoo's names of fields → the input's. */
export type FieldNames = Readonly<Record<string, string>>;

type Reading = {
  readonly api: OdooSettings['api'];
  readonly isWrite: boolean;
  readonly fields: FieldNames;
};

type OdooError = { readonly name: string; readonly message: string };

export function readOdoo(answer: ErpResponse | ErpCallFailure, reading: Reading): OdooAnswer {
  if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
  const error = errorOf(answer, reading.api);
  if (error !== null) return toOdooFailure(error, answer, reading);
  const transport = readStatus(answer, reading.isWrite);
  if (transport !== null) return transport;
  if (reading.api === 'json2') return { kind: 'value', value: answer.json ?? null };
  // A success without a value has no `result` at all.
  return isJsonObject(answer.json)
    ? { kind: 'value', value: answer.json.result ?? null }
    : broken('$', 'object', answer.json);
}

/** True where the key or the session is no longer good, whatever the status. */
export function isOdooExpired(answer: ErpResponse, api: OdooSettings['api']): boolean {
  const error = errorOf(answer, api);
  if (error === null) return answer.status === 401;
  return findOdooError(error.name, error.message)?.is === 'unauthorized';
}

/** JSON-2: `{ name, message, … }` under a status. JSON-RPC: `error.data` in a 200. Tracebacks are left where they are. */
function errorOf({ status, json }: ErpResponse, api: OdooSettings['api']): OdooError | null {
  if (!isJsonObject(json)) return null;
  if (api === 'json2') {
    const { name, message } = json;
    if (status < 400 || typeof name !== 'string') return null;
    return { name, message: typeof message === 'string' ? message : name };
  }
  if (!isJsonObject(json.error)) return null;
  const { data, message: outer, code } = json.error;
  if (code === 100) return { name: 'odoo.http.SessionExpiredException', message: String(outer ?? '') };
  const { name, message } = isJsonObject(data) ? data : {};
  return { name: String(name ?? 'unknown'), message: String(message ?? outer ?? 'Odoo Server Error') };
}

function readStatus(answer: ErpResponse, isWrite: boolean): AdapterFailure | null {
  const { status, json, text } = answer;
  const message = `the ERP answered ${status}`;
  if (status === 401) return { kind: 'call_failed', failure: { kind: 'unauthorized', message } };
  if (status === 429) return retryable('rate_limited', message, answer);
  if (status === 503) return retryable('erp_unavailable', message, answer);
  const isCut = status < 300 && json === undefined && text !== '';
  if (status === 408 || status >= 500 || isCut) {
    // Not Odoo's own 500, which has a body: a proxy's, or half an answer.
    return isWrite ? { kind: 'answer_lost', message } : retryable('erp_unavailable', message, answer);
  }
  return status < 300 ? null : broken('$', 'an answer of Odoo', `status ${status}`);
}

function toOdooFailure({ name, message }: OdooError, answer: ErpResponse, reading: Reading): OdooAnswer {
  const row = findOdooError(name, message);
  const text = message.slice(0, 1_000);
  // One call is one transaction, and an error is its rollback: nothing was done.
  if (row === null) {
    return answer.status === 429 || answer.status >= 500 || reading.api === 'jsonrpc'
      ? retryable('server_error', `${name}: ${text}`, answer)
      : refuse('erp_refused', text, reading.fields);
  }
  switch (row.is) {
    case 'unauthorized':
      return { kind: 'call_failed', failure: { kind: 'unauthorized', message: text } };
    case 'race':
      return retryable('conflict', text, answer);
    case 'unavailable':
      return retryable('erp_unavailable', text, answer);
    case 'done_before':
      return { kind: 'done_before', refusal: refuse(row.code ?? 'invalid_state', text, reading.fields) };
    case 'configuration':
      return refuse(row.code ?? 'erp_configuration', `${name}: ${text}`, reading.fields);
    case 'missing':
    case 'final':
      return refuse(row.code ?? 'erp_refused', text, reading.fields);
  }
}

function refuse(code: string, message: string, fields: FieldNames): Refusal {
  const name = fieldOfMessage(message);
  const field = name === null ? null : (fields[name] ?? name);
  return { kind: 'rejected', code, message, fieldErrors: field === null ? [] : [{ field, rule: message }] };
}

export type Loaded = { readonly kind: 'loaded'; readonly ids: readonly number[] } | AdapterFailure;

/** `load` answers a success whose `ids` are false where it did nothing. */
export function readLoaded(value: JsonValue, fields: FieldNames): Loaded {
  if (!isJsonObject(value)) return broken('$', 'object', value);
  const { ids, messages } = value;
  if (Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'number')) {
    return { kind: 'loaded', ids: ids as readonly number[] };
  }
  const found = Array.isArray(messages) ? messages.filter(isJsonObject) : [];
  const message = found.map(({ message: text }) => String(text ?? '').trim()).join('; ');
  if (message.includes(loadRaceMessage)) return { kind: 'retryable', reason: 'conflict', message };
  const fieldErrors = found.flatMap(({ field, message: text }) => {
    const name = typeof field === 'string' && field !== '' ? field : fieldOfMessage(String(text ?? ''));
    return name === null ? [] : [{ field: fields[name] ?? name, rule: String(text ?? '').trim() }];
  });
  return {
    kind: 'rejected',
    code: message.includes('mandatory field') ? 'field_required' : 'invalid_input',
    message: message === '' ? 'Odoo loaded nothing and did not say why' : message.slice(0, 1_000),
    fieldErrors,
  };
}

/** What a button did: `created`, `done`, or nothing, because it wants a person to answer a wizard. */
export type Action = { readonly kind: 'done'; readonly createdId: number | null } | Refusal;

export function readAction(value: JsonValue): Action {
  if (!isJsonObject(value)) return { kind: 'done', createdId: null };
  const { res_id: id, res_model: model, type } = value;
  if (typeof id === 'number' && id > 0) return { kind: 'done', createdId: id };
  if (type !== 'ir.actions.act_window') return { kind: 'done', createdId: null };
  const message = `Odoo asks a person first (${String(model ?? 'a wizard')}) and has done nothing`;
  return { kind: 'rejected', code: 'wizard_required', message, fieldErrors: [] };
}

export function broken(path: string, expected: string, actual: JsonValue | undefined): AdapterFailure {
  const type =
    actual === undefined
      ? 'missing'
      : actual === null
        ? 'null'
        : Array.isArray(actual)
          ? 'array'
          : typeof actual;
  return { kind: 'contract_broken', issues: [{ path, expected, actual: type }] };
}

/** The id of a many2one, which is `[id, name]`, an id, or false. */
export function idOf(value: JsonValue | undefined): number | null {
  const id = Array.isArray(value) ? value[0] : value;
  return typeof id === 'number' ? id : null;
}

export function nameOf(value: JsonValue | undefined): string | null {
  const name = Array.isArray(value) ? value[1] : value;
  return typeof name === 'string' ? name : null;
}

/** An amount as Odoo writes it, a float rounded to its currency: 29.35 → "29.35". */
export function amountText(value: JsonValue | undefined): string | null {
  return typeof value === 'number' && Number.isFinite(value) ? String(Number(value.toFixed(6))) : null;
}

export function numbersOf(value: JsonValue | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

export type Row = JsonObject;
