// Bodies recorded on Odoo 18 over JSON-RPC (long messages shortened), each with what it means; the same exceptions over JSON-2
// with the status its source gives them. LockError and those of psycopg2.errors are named by the source alone. Data: a refusal
// nobody has seen is a row here and one in odoo-errors.ts.

import type { ErpResponse } from '../../../../src/core/erp.ts';

export type Meaning = {
  readonly kind: 'retryable' | 'rejected' | 'done_before' | 'unauthorized';
  readonly reason?: string;
  readonly code?: string;
  readonly field?: string;
};

export type RecordedError = {
  readonly name: string;
  readonly message: string;
  /** Over JSON-2. */
  readonly status: number;
  readonly means: Meaning;
};

export const recordedErrors: readonly RecordedError[] = [
  {
    name: 'odoo.exceptions.UserError',
    message: 'Some orders are not in a state requiring confirmation.',
    status: 422,
    means: { kind: 'done_before', code: 'invalid_state' },
  },
  {
    name: 'odoo.exceptions.UserError',
    message: 'The entry INV/2026/00001 (id 1) must be in draft.',
    status: 422,
    means: { kind: 'done_before', code: 'invalid_state' },
  },
  {
    name: 'odoo.exceptions.UserError',
    message:
      "You can't register a payment because there is nothing left to pay on the selected journal items.",
    status: 422,
    means: { kind: 'done_before', code: 'nothing_left_to_pay' },
  },
  {
    name: 'odoo.exceptions.UserError',
    message: 'Cannot create an invoice. No items are available to invoice.',
    status: 422,
    means: { kind: 'done_before', code: 'nothing_to_invoice' },
  },
  {
    name: 'odoo.exceptions.UserError',
    message:
      'You cannot validate a transfer if no quantities are reserved. To force the transfer, encode quantities.',
    status: 422,
    means: { kind: 'done_before', code: 'insufficient_stock' },
  },
  {
    name: 'odoo.exceptions.UserError',
    message: "You cannot cancel a stock move that has been set to 'Done'.",
    status: 422,
    means: { kind: 'rejected', code: 'erp_refused' },
  },
  {
    name: 'odoo.exceptions.ValidationError',
    message:
      'The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires ' +
      'the record being deleted. If possible, archive it instead.\n\nModel: Sales Order (sale.order), Field: Customer (partner_id)',
    status: 422,
    means: { kind: 'rejected', code: 'field_required', field: 'customer.customerId' },
  },
  {
    name: 'odoo.exceptions.ValidationError',
    message: 'The operation cannot be completed: Error, a partner cannot follow twice the same object.',
    status: 422,
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    name: 'odoo.exceptions.AccessError',
    message: "You are not allowed to access 'Sequence' (ir.sequence) records.",
    status: 403,
    means: { kind: 'rejected', code: 'access_denied' },
  },
  {
    name: 'odoo.exceptions.AccessError',
    message: 'Private methods (such as _action_confirm) cannot be called remotely.',
    status: 403,
    means: { kind: 'rejected', code: 'access_denied' },
  },
  {
    name: 'odoo.exceptions.AccessDenied',
    message: 'Access Denied',
    status: 403,
    means: { kind: 'unauthorized' },
  },
  {
    name: 'odoo.exceptions.MissingError',
    message: 'Record does not exist or has been deleted.\n(Record: sale.order(9999,), User: 2)',
    status: 404,
    means: { kind: 'rejected', code: 'unknown_document' },
  },
  {
    name: 'odoo.exceptions.LockError',
    message: 'Another user has locked the record.',
    status: 409,
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    name: 'builtins.ValueError',
    message: "Invalid field 'nme' on model 'res.partner'",
    status: 500,
    means: { kind: 'rejected', code: 'erp_configuration' },
  },
  {
    name: 'builtins.AttributeError',
    message: "The method 'sale.order.nosuch' does not exist",
    status: 500,
    means: { kind: 'rejected', code: 'erp_configuration' },
  },
  ...['SerializationFailure', 'LockNotAvailable', 'DeadlockDetected'].map((error) => ({
    name: `psycopg2.errors.${error}`,
    message: 'could not serialize access due to concurrent update\n',
    status: 500,
    means: { kind: 'retryable', reason: 'conflict' } as const,
  })),
  {
    name: 'psycopg2.OperationalError',
    message: 'FATAL:  database "nodb" does not exist\n',
    status: 500,
    means: { kind: 'rejected', code: 'unknown_database' },
  },
  {
    name: 'psycopg2.OperationalError',
    message: 'server closed the connection unexpectedly\n',
    status: 500,
    means: { kind: 'retryable', reason: 'erp_unavailable' },
  },
  {
    name: 'some.new.Exception',
    message: 'nobody has seen it yet',
    status: 500,
    means: { kind: 'retryable', reason: 'server_error' },
  },
];

/** `debug` is the traceback. */
const data = ({ name, message }: Pick<RecordedError, 'name' | 'message'>) => ({
  ...{ name, message, debug: 'Traceback (most recent call last): …', arguments: [message], context: {} },
});

export const overJsonRpc = (error: Pick<RecordedError, 'name' | 'message'>): ErpResponse =>
  toResponse(200, {
    ...{ jsonrpc: '2.0', id: 1 },
    error: { code: 200, message: 'Odoo Server Error', data: data(error) },
  });

export const overJson2 = (error: Pick<RecordedError, 'name' | 'message' | 'status'>): ErpResponse =>
  toResponse(error.status, data(error));

/** Of `/web/…`: the id is not echoed. */
export const sessionExpired: ErpResponse = toResponse(200, {
  ...{ jsonrpc: '2.0', id: null },
  error: {
    ...{ code: 100, message: 'Odoo Session Expired' },
    data: data({ name: 'odoo.http.SessionExpiredException', message: 'Session expired' }),
  },
});

/** A key JSON-2 does not know. */
export const invalidKey: ErpResponse = toResponse(
  401,
  data({ name: 'werkzeug.exceptions.Unauthorized', message: 'Invalid apikey' }),
);

/** A load that lost against another: nothing was loaded, in a success. */
export const loadLost = {
  ids: false,
  messages: [{ type: 'error', message: 'could not serialize access due to concurrent update\n' }],
};

/** A partial transfer without a policy: nothing was done, in a success. */
export const backorderWizard = {
  ...{ type: 'ir.actions.act_window', name: 'Create Backorder?', view_mode: 'form', target: 'new' },
  ...{ res_model: 'stock.backorder.confirmation', context: {} },
};

/** What the payment wizard's button answers: the payment it made. */
export const paymentAction = (id: number) => ({
  ...{ name: 'Payments', type: 'ir.actions.act_window', res_model: 'account.payment', view_mode: 'form' },
  res_id: id,
});

export function toResponse(status: number, json: unknown): ErpResponse {
  const text = JSON.stringify(json);
  return { kind: 'response', status, headers: {}, json: JSON.parse(text), text };
}
