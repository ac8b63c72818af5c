// Reads an answer of a REST ERP by that ERP's dialect: where its error stands and what its codes mean. Pure.
// An answer without a body is an answer: several of these ERPs say 204 and nothing else.

import type { AdapterFailure, ErpCallFailure, ErpResponse } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { FieldError } from '../../core/outcome.ts';
import { parseRetryAfter } from '../../core/parse-retry-after.ts';
import { classify, type RetryRule, toSnakeCase } from './retry-table.ts';

export type SaidError = {
  readonly code: string;
  readonly message: string;
  /** Names or paths of the fields it blames, as the ERP writes them. */
  readonly fields: readonly string[];
};

export type Dialect = {
  readonly rules: readonly RetryRule[];
  /** Null: the body holds no error of this ERP. */
  readError(response: ErpResponse): SaidError | null;
};

export type RestAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly json: JsonValue | undefined;
      readonly headers: Readonly<Record<string, string>>;
    }
  | AdapterFailure;

export type Reading = {
  readonly isWrite: boolean;
  /** The ERP's names of fields → the input's. A name that is missing is shown as the ERP writes it. */
  readonly fieldNames: Readonly<Record<string, string>>;
};

/** Characters of an ERP's message that are kept. */
const maxMessageChars = 500;

export function readRest(
  dialect: Dialect,
  answer: ErpResponse | ErpCallFailure,
  reading: Reading,
): RestAnswer {
  if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
  const error = dialect.readError(answer);
  const { status, json, headers, text } = answer;
  if (status >= 200 && status < 300 && error === null) {
    // Half a body is no answer; none at all is.
    if (json === undefined && text.trim() !== '')
      return lost(reading, 'the ERP answered success and no JSON', answer);
    return { kind: 'answer', status, json, headers };
  }
  return readFailure({ dialect, answer, error, reading });
}

type Failed = {
  readonly dialect: Dialect;
  readonly answer: ErpResponse;
  readonly error: SaidError | null;
  readonly reading: Reading;
};

function readFailure({ dialect, answer, error, reading }: Failed): AdapterFailure {
  const { status } = answer;
  const message = (error?.message ?? `the ERP answered ${status}`).slice(0, maxMessageChars);
  const rule = classify(dialect.rules, { status, code: error?.code ?? '', message });
  switch (rule.class) {
    case 'unauthorized':
      return { kind: 'call_failed', failure: { kind: 'unauthorized', message } };
    case 'answer_lost':
      return lost(reading, message, answer);
    case 'rejected':
      // A refusal in a form that is not this ERP's: the base URL leads somewhere else, or the ERP has changed.
      if (error === null) return broken('$', 'an error of this ERP', answer.json);
      return {
        kind: 'rejected',
        code: rule.as ?? toSnakeCase(error.code),
        message,
        fieldErrors: error.fields.map((field) => toFieldError(field, message, reading)),
      };
    default:
      return { kind: 'retryable', reason: rule.class, message, ...waitOf(answer) };
  }
}

function toFieldError(field: string, message: string, { fieldNames }: Reading): FieldError {
  // `item.items[0].item` is `item.items.item` in the table.
  const plain = field.replace(/\[\d+\]/g, '');
  const name = fieldNames[field] ?? fieldNames[plain] ?? fieldNames[plain.split('.').at(-1) ?? ''];
  return { field: name ?? field, rule: message };
}

function lost({ isWrite }: Reading, message: string, answer: ErpResponse): AdapterFailure {
  if (isWrite) return { kind: 'answer_lost', message };
  return { kind: 'retryable', reason: 'erp_unavailable', message, ...waitOf(answer) };
}

/** Seconds only: a date would need a clock, and none of these ERPs sends one. */
function waitOf({ headers }: ErpResponse): { readonly retryAfterMs?: number } {
  const value = headers['retry-after'];
  const waitMs = value !== undefined && /^\s*\d+\s*$/.test(value) ? parseRetryAfter(value, 0) : null;
  return waitMs === null ? {} : { retryAfterMs: waitMs };
}

export function broken(path: string, expected: string, actual: JsonValue | undefined): AdapterFailure {
  const name = actual === null ? 'null' : Array.isArray(actual) ? 'array' : typeof actual;
  return {
    kind: 'contract_broken',
    issues: [{ path, expected, actual: actual === undefined ? 'missing' : name }],
  };
}

/** Refused by the adapter itself, before the ERP is asked. */
export function refused(
  code: string,
  message: string,
  field?: string,
): Extract<AdapterFailure, { kind: 'rejected' }> {
  const fieldErrors = field === undefined ? [] : [{ field, rule: message }];
  return { kind: 'rejected', code, message, fieldErrors };
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** An amount the ERP wrote as a number or a text; null where it is none. */
export function amountOf(value: JsonValue | undefined): string | null {
  const text = textOf(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? text : null;
}
