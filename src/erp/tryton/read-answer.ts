// Reads an answer of Tryton: HTTP status, error envelope inside a 200, warning inside that. Pure.
// What a result means for the operation at hand is decided by reading the document: Tryton also answers success to a call
// that did nothing.

import type { AdapterFailure, ErpCallFailure, ErpResponse } from '../../core/erp.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { parseRetryAfter } from '../../core/parse-retry-after.ts';
import { toFailure } from './error-rules.ts';
import type { Warning } from './warnings.ts';

export type TrytonAnswer =
  | { readonly kind: 'result'; readonly value: JsonValue }
  | { readonly kind: 'warning'; readonly warning: Warning }
  | AdapterFailure;

/** `isWrite`: the call may have changed the ERP, so an answer that was lost on the way is doubt. */
export function readAnswer(answer: ErpResponse | ErpCallFailure, isWrite: boolean): TrytonAnswer {
  if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
  if (isExpiredSession(answer)) {
    const message = 'Tryton does not know the session';
    return { kind: 'call_failed', failure: { kind: 'unauthorized', message } };
  }
  if (answer.status === 200 && isJsonObject(answer.json)) {
    if (Array.isArray(answer.json.error)) return readError(answer.json.error);
    if ('result' in answer.json) return { kind: 'result', value: answer.json.result ?? null };
  }
  return readStatus(answer, isWrite);
}

/** A session that has ended, or that nobody began: 401, with an empty body or a page. */
export function isExpiredSession({ status }: ErpResponse): boolean {
  return status === 401;
}

function readError([name, detail]: readonly JsonValue[]): TrytonAnswer {
  if (name === 'UserWarning' && Array.isArray(detail)) {
    const [key, message] = detail;
    return { kind: 'warning', warning: { key: String(key), message: String(message) } };
  }
  const text = Array.isArray(detail) ? detail[0] : detail;
  // Python's own exceptions carry a traceback there, which is nobody's business.
  const isTrytons = /^[A-Z][A-Za-z]+$/.test(String(name));
  return toFailure({ name: String(name), text: isTrytons && typeof text === 'string' ? text : '' });
}

function readStatus(answer: ErpResponse, isWrite: boolean): AdapterFailure {
  const { status } = answer;
  const message = `Tryton answered ${status}`;
  const wait = parseRetryAfter(answer.headers['retry-after'], Date.parse(answer.headers.date ?? '') || 0);
  const later = wait === null ? {} : { retryAfterMs: wait };
  if (status === 429) return { kind: 'retryable', reason: 'rate_limited', message, ...later };
  if (status === 503) return { kind: 'retryable', reason: 'erp_unavailable', message, ...later };
  if (status === 403) {
    const refusal =
      'Tryton does not let this user call it: the method is not open, or a module is not activated';
    return { kind: 'rejected', code: 'not_permitted', message: refusal, fieldErrors: [] };
  }
  // Tryton answers its own errors with 200: anything above is the server's or a gateway's, perhaps after the commit.
  if (status === 408 || status >= 500 || status < 300) {
    return isWrite
      ? { kind: 'answer_lost', message }
      : { kind: 'retryable', reason: 'erp_unavailable', message, ...later };
  }
  const issue = { path: '$', expected: 'an answer of Tryton', actual: `status ${status}` };
  return { kind: 'contract_broken', issues: [issue] };
}
