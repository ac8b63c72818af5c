// What a refusal of Frappe means. The exception decides (`exc_type`), never the status alone: 417 is a missing field as well
// as a document that somebody changed meanwhile, which passes. Pure data, and the reading of the envelope.

import type { ErpResponse } from '../../core/erp.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { Dialect, SaidError } from '../rest/read-rest.ts';
import type { RetryRule } from '../rest/retry-table.ts';

export const erpnextRules: readonly RetryRule[] = [
  { code: /^(TimestampMismatch|DocumentLocked)Error$/, class: 'conflict' },
  { code: /^QueryDeadlockError$|^QueryTimeoutError$/, class: 'conflict' },
  { code: /^OperationalError$/, message: /deadlock|lock wait timeout/i, class: 'conflict' },
  { code: /^InternalError$/, message: /deadlock|lock wait timeout/i, class: 'conflict' },
  { code: /^(RateLimitExceeded|TooManyRequests)Error$/, class: 'rate_limited' },
  { code: /^SessionStopped$|^InReadOnlyMode$/, class: 'erp_unavailable' },
  {
    code: /^(AuthenticationError|SessionExpired|InvalidAuthorizationHeader|InvalidAuthorizationToken)$/,
    class: 'unauthorized',
  },
  { code: /^(DuplicateEntryError|UniqueValidationError)$/, class: 'rejected', as: 'already_exists' },
  { code: /^MandatoryError$/, class: 'rejected', as: 'missing_field' },
  { code: /^ClosedAccountingPeriod$/, class: 'rejected', as: 'period_closed' },
  {
    code: /^ValidationError$/,
    message: /closed accounting period|frozen up ?to/i,
    class: 'rejected',
    as: 'period_closed',
  },
  { code: /^ValidationError$/, message: /mandatory/i, class: 'rejected', as: 'missing_field' },
  { code: /^LinkValidationError$/, class: 'rejected', as: 'unknown_reference' },
  { code: /^DoesNotExistError$/, class: 'rejected', as: 'not_found' },
  { code: /^PermissionError$/, class: 'rejected', as: 'not_permitted' },
  { status: 403, class: 'rejected', as: 'not_permitted' },
  { status: 508, class: 'conflict' },
];

export const erpnextDialect: Dialect = { rules: erpnextRules, readError };

/** v1 says `exc_type`, v2 `errors[].type`; a refusal of the framework itself only `message`. */
function readError({ status, json }: ErpResponse): SaidError | null {
  if (!isJsonObject(json)) return null;
  const [first] = Array.isArray(json.errors) ? json.errors : [];
  const code = isJsonObject(first) ? first.type : json.exc_type;
  if (typeof code !== 'string' && status < 400) return null;
  const told = isJsonObject(first) ? textFrom(first.message) : null;
  const message =
    told ?? serverMessage(json._server_messages) ?? textFrom(json.message) ?? exceptionText(json);
  if (typeof code !== 'string' && message === null) return null;
  const text = plain(message ?? '');
  return {
    code: typeof code === 'string' ? code : '',
    message: text,
    fields: fieldsIn(text, exceptionText(json)),
  };
}

/** JSON of a list of JSON of messages; the last is the one that stopped it. */
function serverMessage(value: JsonValue | undefined): string | null {
  const list = parsed(value);
  const last = Array.isArray(list) ? list.at(-1) : null;
  const inner = parsed(last ?? undefined);
  return isJsonObject(inner) ? textFrom(inner.message) : textFrom(last ?? undefined);
}

function exceptionText(json: { readonly exception?: JsonValue | undefined }): string | null {
  return textFrom(json.exception);
}

function textFrom(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function parsed(value: JsonValue | undefined): JsonValue | null {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}

/** Frappe writes its messages for a browser. */
function plain(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * `[Sales Order, SO-1]: delivery_date, customer` of a MandatoryError; `Error: Value missing for Sales Order: Customer`;
 * `Target warehouse is mandatory for row 1`; `Could not find Customer: Ada`.
 */
function fieldsIn(message: string, exception: string | null): readonly string[] {
  const listed =
    /MandatoryError: \[[^\]]*\]: ([\w, ]+)$/.exec(exception ?? '') ?? /^\[[^\]]*\]: ([\w, ]+)$/.exec(message);
  if (listed !== null) return (listed[1] ?? '').split(',').map(toFieldName);
  const single =
    /Value missing for [^:]+: (.+)$/i.exec(message) ??
    /^(?:Row #?\d+: )?([A-Za-z][\w ]*?) is mandatory\b/i.exec(message) ??
    /^Could not find (?:Row #\d+: )?([A-Za-z][\w ]*?):/i.exec(message);
  return single === null ? [] : [toFieldName(single[1] ?? '')];
}

/** A label is the field's name in other letters. */
function toFieldName(label: string): string {
  return label.trim().toLowerCase().replace(/ +/g, '_');
}
