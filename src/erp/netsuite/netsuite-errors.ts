// What a refusal of NetSuite means, by `o:errorCode`. 400 holds what is final, what passes (too many calls) and what was done
// before; 401 holds a dead token and, under load, too many calls as well. Pure data, and the reading of the envelope.

import type { ErpResponse } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import { type Dialect, objectsOf, type SaidError, textOf } from '../rest/read-rest.ts';
import type { RetryRule } from '../rest/retry-table.ts';

export const netsuiteRules: readonly RetryRule[] = [
  // One pool of calls an account, over REST, SOAP and RESTlets.
  {
    code: /^(SSS_REQUEST_LIMIT_EXCEEDED|CONCURRENCY_LIMIT_EXCEEDED|WS_CONCUR_SESSION_DISALLWD|EXCEEDED_CONCURRENCY_LIMIT)/,
    class: 'rate_limited',
  },
  { code: /^(RCRD_HAS_BEEN_CHANGED|RECORD_LOCKED|COLLISION|CUSTOM_RECORD_COLLISION)/, class: 'conflict' },
  { status: 412, class: 'conflict' },
  { code: /^INVALID_LOGIN/, class: 'unauthorized' },
  { code: /^(INSUFFICIENT_PERMISSION|USER_ERROR_PERMISSION)/, class: 'rejected', as: 'not_permitted' },
  { code: /^(UNEXPECTED_ERROR|SERVER_ERROR)/, class: 'server_error' },
  { code: /^(DUP_RCRD|DUP_ENTITY|UNIQUE_)/, class: 'rejected', as: 'already_exists' },
  { code: /^IDEMPOTENCY_ERROR$/, class: 'rejected', as: 'already_submitted' },
  { code: /^NONEXISTENT_ID$|^RCRD_DSNT_EXIST$/, class: 'rejected', as: 'not_found' },
  { status: 404, class: 'rejected', as: 'not_found' },
  { message: /period (is )?(closed|locked)/i, class: 'rejected', as: 'period_closed' },
  { message: /please enter (a )?value/i, class: 'rejected', as: 'missing_field' },
  { code: /^INVALID_CONTENT$/, class: 'rejected', as: 'invalid_input' },
];

export const netsuiteDialect: Dialect = { rules: netsuiteRules, readError };

function readError({ json, status }: ErpResponse): SaidError | null {
  if (!isJsonObject(json)) return null;
  const details = objectsOf(json['o:errorDetails']);
  const [first] = details;
  if (first === undefined) return null;
  const said = details.map(({ detail }) => textOf(detail)).filter((detail) => detail !== '');
  const fields = details.flatMap((detail) => fieldOf(textOf(detail['o:errorPath']), textOf(detail.detail)));
  return {
    code: textOf(first['o:errorCode']),
    message: said.join('; ') || textOf(json.title) || `NetSuite answered ${status}`,
    fields: [...new Set(fields)],
  };
}

/** `item.items[0].item`, or `… for the following field: item`, or `Please enter value(s) for: Item`. */
function fieldOf(path: string, detail: string): readonly string[] {
  if (path !== '') return [path];
  const named = /for the following field: ([\w.]+)/.exec(detail) ?? /value\(s\) for: ([\w ,]+)/i.exec(detail);
  return (named?.[1] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
