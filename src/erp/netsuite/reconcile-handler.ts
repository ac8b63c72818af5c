// invoice.reconcile on NetSuite: a deposit is applied to an invoice by a deposit application, which its transform makes. A payment that
// was made from its invoice is applied to it as it is made: then there is nothing left to do. What would be left is worked out before.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoiceReconcile } from '../../operations/invoicing.ts';
import { type Found, keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { broken, refused, textOf } from '../rest/read-rest.ts';
import { dated } from './document-operation.ts';
import { amountIn, currencyOf, dayOf, headOf } from './documents.ts';
import { externalIdOf, externalIdOfKey } from './external-id.ts';
import { createNetsuiteClient, type NetsuiteClient } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { pollNetsuiteJob } from './poll-netsuite-job.ts';

type Input = InputOf<typeof invoiceReconcile>;
type Call = ErpCall<Input>;

const fieldNames = {
  'apply.items.doc': 'orderId',
  'apply.items.amount': 'residual',
  tranDate: 'postingDate',
};

export function createReconcileHandler(options: NetsuiteOptions): OperationHandler<typeof invoiceReconcile> {
  const clientOf = (call: Call) => createNetsuiteClient(call, options, fieldNames);
  const find = async (call: Call): Promise<Found> => {
    const client = clientOf(call);
    const application = await client.find('depositApplication', externalIdOfKey(call.key));
    if (application.kind !== 'document' || application.document !== null) return application;
    return client.find('customerPayment', externalIdOf('payment', call.input.paymentId));
  };
  return keyedOperation<typeof invoiceReconcile>({
    find,
    isDone: () => true,
    write: async (call): Promise<Written> => {
      const applied = await find(call);
      if (applied.kind !== 'document') return applied;
      if (applied.document !== null) return { kind: 'already', document: applied.document };
      return apply(clientOf(call), options, call);
    },
    verify: async (call, document) => {
      const { paymentId, orderId = null } = call.input;
      const invoice = await findInvoice(clientOf(call), call.input);
      if (invoice.kind !== 'invoice') return invoice;
      const { document: paid } = invoice;
      return {
        kind: 'verified',
        output: {
          ...{ ...headOf(document), state: 'reconciled', paymentId, orderId },
          ...{ invoiceNumber: textOf(paid.tranId) || null, currency: currencyOf(paid, options.currencies) },
          ...{ residual: amountIn(paid, 'amountRemaining'), accountingDate: dayOf(document) },
        },
      };
    },
    poll: pollNetsuiteJob(find, fieldNames),
  });
}

async function apply(
  client: NetsuiteClient,
  options: NetsuiteOptions,
  { input, key }: Call,
): Promise<Written> {
  const { paymentId, currency, postingDate } = input;
  const id = externalIdOf('payment', paymentId);
  const deposit = await client.find('customerDeposit', id);
  if (deposit.kind !== 'document') return deposit;
  if (deposit.document === null)
    return refused('unknown_payment', `NetSuite has no payment ${paymentId}`, 'paymentId');
  const invoice = await findInvoice(client, input);
  if (invoice.kind !== 'invoice') return invoice;
  const own = currencyOf(invoice.document, options.currencies);
  if (own !== currency) return refused('currency_mismatch', `the invoice is in ${own}`, 'currency');
  const amount = toApply(input, invoice.document, deposit.document);
  if (typeof amount !== 'number') return amount;
  const from = { type: 'customerDeposit', id: `eid:${id}` };
  return client.transform(from, 'depositApplication', {
    ...{ externalId: externalIdOfKey(key), ...dated(postingDate) },
    apply: { items: [{ doc: { id: textOf(invoice.document.id) }, apply: true, amount }] },
  });
}

/** As much as is left to pay and the deposit has; a refusal where something else would be left than is expected. */
function toApply(
  { residual = '0', writeOffUpTo }: Input,
  invoice: JsonObject,
  deposit: JsonObject,
): number | AdapterFailure {
  const remaining = amountIn(invoice, 'amountRemaining');
  if (remaining === null) return broken('$.amountRemaining', 'number', invoice.amountRemaining);
  const amount = Math.min(Number(remaining), Number(amountIn(deposit, 'payment')));
  const left = Math.round((Number(remaining) - amount) * 10_000) / 10_000;
  if (left === Number(residual)) return amount;
  const message = `${left} would be left to pay`;
  return writeOffUpTo === undefined
    ? refused('residual_differs', message, 'residual')
    : refused('write_off_unsupported', `${message}: nothing is written off`, 'writeOffUpTo');
}

type Invoice = { readonly kind: 'invoice'; readonly document: JsonObject } | AdapterFailure;

async function findInvoice(client: NetsuiteClient, { invoiceNumber, orderId = '' }: Input): Promise<Invoice> {
  const found =
    invoiceNumber === undefined
      ? await client.find('invoice', externalIdOf('invoice', orderId))
      : await client.findInvoice(invoiceNumber);
  if (found.kind !== 'document') return found;
  if (found.document !== null) return { kind: 'invoice', document: found.document };
  const field = invoiceNumber === undefined ? 'orderId' : 'invoiceNumber';
  return refused('not_invoiced', 'NetSuite has no invoice of it', field);
}
