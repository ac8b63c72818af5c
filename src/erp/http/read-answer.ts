// Reads an answer by the table of the description: the first row that holds decides, then what every HTTP API means by its
// statuses. An error in a 200 is an error. Pure.

import type { AdapterFailure, ErpCallFailure, ErpResponse } from '../../core/erp.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { FieldError } from '../../core/outcome.ts';
import { retryable } from '../retryable.ts';
import type { AnswerRules, CompiledErrorPlaces, CompiledRow } from './compiled.ts';
import { allHold } from './condition.ts';
import type { AnswerKind } from './description.ts';
import { type Place, readPlace, readSegments, type Scope } from './place.ts';

export type Refusal = Extract<AdapterFailure, { kind: 'rejected' }>;

export type HttpAnswer =
  | { readonly kind: 'answer'; readonly scope: Scope }
  /** There is no such document; as a refusal, where one was needed. */
  | { readonly kind: 'missing'; readonly refusal: Refusal }
  /** A refusal that may mean "done before". */
  | { readonly kind: 'done_before'; readonly refusal: Refusal }
  | AdapterFailure;

export function scopeOf({ status, headers, json }: ErpResponse): Scope {
  return { status, headers, body: json ?? null };
}

/** `isWrite`: the call may have changed the ERP, so an answer that was lost on the way is doubt. */
export function readHttpAnswer(
  answer: ErpResponse | ErpCallFailure,
  rules: AnswerRules,
  isWrite: boolean,
): HttpAnswer {
  if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
  const scope = scopeOf(answer);
  const row = findRow(rules.rows, scope);
  const kind = row?.is ?? usualKind(answer, rules, scope);
  if (kind === 'success') return { kind: 'answer', scope };
  return toFailure({ answer, scope, kind, code: row?.code ?? null, rules, isWrite });
}

/** Whether an answer says that the token is no longer good. */
export function saysUnauthorized(answer: ErpResponse, rules: AnswerRules): boolean {
  const scope = scopeOf(answer);
  return (findRow(rules.rows, scope)?.is ?? usualKind(answer, rules, scope)) === 'unauthorized';
}

function findRow(rows: readonly CompiledRow[], scope: Scope): CompiledRow | undefined {
  return rows.find(
    ({ status, when }) => (status === null || status.includes(Number(scope.status))) && allHold(when, scope),
  );
}

/** What a status means where the description says nothing. A 500 may have come after the commit: only the ERP's maker knows. */
function usualKind({ status, json, text }: ErpResponse, { error }: AnswerRules, scope: Scope): AnswerKind {
  const hasCode = error.code !== null && isThere(readPlace(error.code, scope));
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'unavailable';
  if (status === 408 || status >= 500) return 'answer_lost';
  if (status >= 400) return hasCode || error.code === null ? 'rejected' : 'contract_broken';
  if (status >= 300) return 'contract_broken';
  if (hasCode) return 'rejected';
  // A body that is no JSON is half of one.
  return json === undefined && text !== '' ? 'answer_lost' : 'success';
}

function isThere(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

type Failed = {
  readonly answer: ErpResponse;
  readonly scope: Scope;
  readonly kind: Exclude<AnswerKind, 'success'>;
  readonly code: string | null;
  readonly rules: AnswerRules;
  readonly isWrite: boolean;
};

function toFailure(failed: Failed): Exclude<HttpAnswer, { kind: 'answer' }> {
  const { kind, answer, scope, rules, isWrite } = failed;
  const message = messageOf(rules.error, scope) ?? `the ERP answered ${answer.status}`;
  switch (kind) {
    case 'unauthorized':
      return { kind: 'call_failed', failure: { kind: 'unauthorized', message } };
    case 'rate_limited':
      return retryable('rate_limited', message, answer);
    case 'unavailable':
      return retryable('erp_unavailable', message, answer);
    case 'server_error':
      return retryable('server_error', message, answer);
    case 'conflict':
      return retryable('conflict', message, answer);
    case 'answer_lost':
      return isWrite ? { kind: 'answer_lost', message } : retryable('erp_unavailable', message, answer);
    case 'contract_broken': {
      const expected = rules.error.code === null ? 'an answer of the ERP' : 'an error of the ERP';
      return {
        kind: 'contract_broken',
        issues: [{ path: '$', expected, actual: `status ${answer.status}` }],
      };
    }
    case 'done_before':
    case 'missing':
      return { kind, refusal: toRefusal(failed, message) };
    case 'module_disabled':
      return { ...toRefusal(failed, message), code: 'module_disabled' };
    case 'rejected':
      return toRefusal(failed, message);
  }
}

function toRefusal({ answer, scope, code, rules }: Failed, message: string): Refusal {
  const refusal = refusalOf(rules, scope, message);
  return { ...refusal, code: code ?? (refusal.code === unnamed ? `http_${answer.status}` : refusal.code) };
}

const unnamed = 'refused';

/** A refusal of the ERP's, wherever in an answer it stands. */
export function refusalOf(rules: AnswerRules, scope: Scope, fallback: string): Refusal {
  const { error } = rules;
  const own = error.code === null ? undefined : readPlace(error.code, scope);
  const named = typeof own === 'string' || typeof own === 'number' ? toCode(String(own)) : null;
  const message = messageOf(error, scope) ?? fallback;
  return {
    kind: 'rejected',
    code: named ?? unnamed,
    message,
    fieldErrors: fieldErrorsOf(rules, scope, message),
  };
}

/** An ERP's code in the form of all codes: `Application_FieldValidation` → `application_field_validation`. */
function toCode(text: string): string | null {
  const code = text
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase()
    .slice(0, 100);
  return code === '' ? null : code;
}

function messageOf({ message }: CompiledErrorPlaces, scope: Scope): string | null {
  const value = message === null ? undefined : readPlace(message, scope);
  return typeof value === 'string' && value !== '' ? value.slice(0, 1_000) : null;
}

function fieldErrorsOf({ error, fields }: AnswerRules, scope: Scope, message: string): readonly FieldError[] {
  const found: FieldError[] = [];
  if (error.fields !== null) {
    const list = readPlace(error.fields.list, scope);
    for (const item of Array.isArray(list) ? list : []) {
      const name = nameOf(readItem(error.fields.field, item));
      const rule = error.fields.rule === null ? undefined : readItem(error.fields.rule, item);
      if (name !== null) found.push({ field: name, rule: typeof rule === 'string' ? rule : message });
    }
  }
  if (error.field !== null) {
    const value = nameOf(readPlace(error.field.place, scope));
    const { matches } = error.field;
    const name = value === null || matches === null ? value : (matches.exec(value)?.[1] ?? null);
    if (name !== null) found.push({ field: name, rule: message });
  }
  return found.map(({ field, rule }) => ({ field: toInputField(field, fields), rule }));
}

function readItem(place: Place, item: JsonValue): JsonValue | undefined {
  return readSegments(item, place.segments);
}

/** A text, or a path as a list: `["body", "lines", 1, "sku"]`, as JSON-Schema validators give it. */
function nameOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (!Array.isArray(value)) return null;
  const parts = value[0] === 'body' ? value.slice(1) : value;
  const text = parts.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? null : text.replace(/^\./, '');
}

/** By the description's table; `[]` there stands for any index. */
function toInputField(name: string, fields: AnswerRules['fields']): string {
  const indexes = [...name.matchAll(/\[(\d+)\]/g)].map(([, index]) => index ?? '');
  const general = name.replace(/\[\d+\]/g, '[]');
  const to = fields.find(([from]) => from === general)?.[1];
  if (to === undefined) return name;
  let next = 0;
  return to.replaceAll('[]', () => {
    const index = indexes[next++];
    return index === undefined ? '' : `[${index}]`;
  });
}

/** What stands in the answer where something else was expected. */
export function brokenAt(path: string, expected: string, actual: JsonValue | undefined): AdapterFailure {
  return { kind: 'contract_broken', issues: [{ path, expected, actual: typeName(actual) }] };
}

function typeName(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return isJsonObject(value) ? 'object' : typeof value;
}
