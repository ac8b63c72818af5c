// Reads an answer of the sandbox ERP: from the status AND the body, because neither tells alone.
// Pure. What an answer means for the operation at hand ("already done") is decided by its handler.

import type { AdapterFailure, ErpCallFailure, ErpResponse, Performed } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { FieldError } from '../../core/outcome.ts';

export type ReadAnswer = { readonly kind: 'answer'; readonly json: JsonValue } | AdapterFailure;

export type Accepted = Extract<Performed, { kind: 'accepted' }>;

/** What a write was answered with: 202 names a job that is done later. */
export function readWrite(answer: ErpResponse | ErpCallFailure): ReadAnswer | Accepted {
  const read = readAnswer(answer, true);
  if (answer.kind !== 'response' || answer.status !== 202 || read.kind !== 'answer') return read;
  const { jobId, pollAfterMs } = isJsonObject(read.json) ? read.json : {};
  if (typeof jobId !== 'string') return contractBroken('$.jobId', 'string', jobId);
  if (typeof pollAfterMs !== 'number') return contractBroken('$.pollAfterMs', 'number', pollAfterMs);
  return { kind: 'accepted', jobRef: jobId, pollAfterMs };
}

/** `isWrite`: the call may have changed the ERP, so an answer that was lost on the way is doubt. */
export function readAnswer(answer: ErpResponse | ErpCallFailure, isWrite: boolean): ReadAnswer {
  if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
  const error = errorOf(answer.json);
  if (isExpiredSession(answer)) {
    const message = error?.message ?? 'the ERP refused the token';
    return { kind: 'call_failed', failure: { kind: 'unauthorized', message } };
  }
  // An error in a 200 is an error: the status is not the result.
  if (answer.status < 300 && error === null && answer.json !== undefined) {
    return { kind: 'answer', json: answer.json };
  }
  return readFailure(answer, error, isWrite);
}

/** True where the token is no longer good: a 401, or an error envelope that says so under any status. */
export function isExpiredSession({ status, json }: ErpResponse): boolean {
  return status === 401 || errorOf(json)?.code === 'session_expired';
}

function readFailure(answer: ErpResponse, error: ErpError | null, isWrite: boolean): AdapterFailure {
  const { status } = answer;
  const message = error?.message ?? `the ERP answered ${status}`;
  if (status === 429) return retryable('rate_limited', message, answer);
  if (status === 503) return retryable('erp_unavailable', message, answer);
  // The sandbox ERP runs a call in one transaction: its own 500 means that nothing was committed.
  if (status === 500) return retryable('server_error', message, answer);
  // Refused before anything happened: whoever has the record open will close it.
  if (error?.code === 'record_locked') return retryable('conflict', message, answer);
  const isUnderWay = error?.code === 'request_in_progress';
  if (status === 408 || status > 500 || isUnderWay || (status < 400 && error === null)) {
    // A gateway's answer, half a body, or an earlier call of ours that still runs.
    return isWrite ? { kind: 'answer_lost', message } : retryable('erp_unavailable', message, answer);
  }
  // A refusal in a form that is not this ERP's: the base URL leads somewhere else, or the ERP has changed.
  if (error === null) return contractBroken('$.error', 'object', answer.json);
  const code = error.code === 'validation_failed' ? 'invalid_input' : error.code;
  return { kind: 'rejected', code, message, fieldErrors: error.fieldErrors };
}

function retryable(
  reason: 'rate_limited' | 'erp_unavailable' | 'server_error' | 'conflict',
  message: string,
  answer: ErpResponse,
): AdapterFailure {
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds < 0) return { kind: 'retryable', reason, message };
  return { kind: 'retryable', reason, message, retryAfterMs: seconds * 1_000 };
}

type ErpError = {
  readonly code: string;
  readonly message: string;
  readonly fieldErrors: readonly FieldError[];
};

/** The error of an envelope `{ error: { code, message, fields } }`; null where the body holds none. */
function errorOf(json: JsonValue | undefined): ErpError | null {
  if (!isJsonObject(json) || !isJsonObject(json.error)) return null;
  const { code, message, fields } = json.error;
  if (typeof code !== 'string') return null;
  const fieldErrors = Array.isArray(fields) ? fields.flatMap(toFieldError) : [];
  return { code, message: typeof message === 'string' ? message : code, fieldErrors };
}

/** The ERP's paths are those of the operation's input, because the request body has the input's own shape. */
function toFieldError(field: JsonValue): FieldError[] {
  if (!isJsonObject(field) || typeof field.field !== 'string') return [];
  return [{ field: field.field, rule: String(field.message ?? field.code ?? 'is refused by the ERP') }];
}

/** What stands in the answer where something else was expected. */
export function contractBroken(
  path: string,
  expected: string,
  actual: JsonValue | undefined,
): AdapterFailure {
  return { kind: 'contract_broken', issues: [{ path, expected, actual: typeName(actual) }] };
}

function typeName(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A field that decides what happens next; broken contract where it is no text. */
export function textField(document: JsonObject, name: string): string | AdapterFailure {
  const value = document[name];
  return typeof value === 'string' ? value : contractBroken(`$.${name}`, 'string', value);
}
