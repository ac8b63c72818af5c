// What a refusal of Business Central means, by its error code. Codes are families: `Application_*` is a business rule,
// `Internal_*` passes, `Authentication_*` is the token. Pure data, and the reading of the envelope.

import type { ErpResponse } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Dialect, SaidError } from '../rest/read-rest.ts';
import type { RetryRule } from '../rest/retry-table.ts';

export const bcRules: readonly RetryRule[] = [
  { code: /^Authentication_/, class: 'unauthorized' },
  { code: /^Authorization_/, class: 'rejected', as: 'not_permitted' },
  // A row that another session holds or has changed: read again, then again.
  { code: /^Request_EntityChanged$/, class: 'conflict' },
  { status: [409, 412], code: /^(?!Internal_EntityWithSameKeyExists)/, class: 'conflict' },
  { code: /^Internal_EntityWithSameKeyExists$/, class: 'rejected', as: 'already_exists' },
  { code: /^Internal_(TenantUnavailable|ServerUnavailable)/, class: 'erp_unavailable' },
  { code: /^Internal_RequestTimeout|^Internal_ServerTimeout/, class: 'answer_lost' },
  { message: /locked by another user|deadlock/i, class: 'conflict' },
  // Before the rule for the rest of Internal_*: what the answer's own time-out means, the status says.
  { status: [408, 504], class: 'answer_lost' },
  { code: /^Internal_/, class: 'server_error' },
  {
    code: /^Application_FieldValidationException$/,
    message: /must have a value/i,
    class: 'rejected',
    as: 'missing_field',
  },
  {
    code: /^Application_/,
    message: /must have a value|is mandatory|must be specified/i,
    class: 'rejected',
    as: 'missing_field',
  },
  {
    code: /^Application_/,
    message: /not within your range of allowed posting dates/i,
    class: 'rejected',
    as: 'period_closed',
  },
  { code: /^Application_CallbackNotAllowed$/, class: 'rejected', as: 'confirmation_needed' },
  { code: /^BadRequest_(NotFound|ResourceNotFound)$/, class: 'rejected', as: 'not_found' },
  { code: /^BadRequest_/, class: 'rejected', as: 'bad_request' },
  { code: /^Unknown$/, class: 'rejected', as: 'invalid_input' },
];

export const bcDialect: Dialect = { rules: bcRules, readError };

function readError({ json, status }: ErpResponse): SaidError | null {
  const error = isJsonObject(json) && isJsonObject(json.error) ? json.error : null;
  if (error === null || typeof error.code !== 'string') return null;
  const message = typeof error.message === 'string' ? error.message : `Business Central answered ${status}`;
  return { code: error.code, message, fields: fieldsIn(message) };
}

/** `Customer Posting Group must have a value in Customer: No.=C00690.` → Customer Posting Group */
function fieldsIn(message: string): readonly string[] {
  const found =
    /^([A-Z][\w .]*?) must have a value in /.exec(message) ??
    /^The field ([A-Z][\w .]*?) of table /.exec(message) ??
    /^The "(\w+)" (?:should|must|cannot) /.exec(message);
  return found === null ? [] : [found[1] ?? ''];
}
