// payment.register on NetSuite: a payment of the invoice; for an order without one a customer deposit, which stands open until
// invoice.reconcile applies it. Both bear the payment's id, by which they are found.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import { type Found, keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { dated } from './document-operation.ts';
import { amountIn, currencyOf, dayOf, headOf, idIn } from './documents.ts';
import { externalIdOf } from './external-id.ts';
import { createNetsuiteClient, type NetsuiteClient } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { pollNetsuiteJob } from './poll-netsuite-job.ts';

type Input = InputOf<typeof paymentRegister>;
type Call = ErpCall<Input>;

const fieldNames = {
  payment: 'amount',
  tranDate: 'paidAt',
  currency: 'currency',
  memo: 'paymentId',
  customer: 'orderId',
};

export function createPaymentHandler(options: NetsuiteOptions): OperationHandler<typeof paymentRegister> {
  const clientOf = (call: Call) => createNetsuiteClient(call, options, fieldNames);
  const find = (call: Call) => findPayment(clientOf(call), call.input.paymentId);
  return keyedOperation<typeof paymentRegister>({
    find,
    isDone: () => true,
    write: async (call): Promise<Written> => {
      const client = clientOf(call);
      const invoice = await findPaid(client, call.input);
      if (invoice.kind !== 'paid') return invoice;
      if (invoice.id === null) return deposit(client, options, call.input);
      const { amount, paidAt, paymentId } = call.input;
      const externalId = externalIdOf('payment', paymentId);
      const body = { externalId, payment: Number(amount), memo: paymentId, ...dated(paidAt.slice(0, 10)) };
      return client.transform({ type: 'invoice', id: invoice.id }, 'customerPayment', body);
    },
    verify: ({ input }, payment) => ({
      kind: 'verified',
      output: {
        ...{ ...headOf(payment), state: 'posted', paymentId: textOf(payment.memo) || input.paymentId },
        ...{ currency: currencyOf(payment, options.currencies), amount: amountIn(payment, 'payment') },
        accountingDate: dayOf(payment),
      },
    }),
    poll: pollNetsuiteJob(find, fieldNames),
  });
}

/** Of an invoice, or before there was one. */
export async function findPayment(client: NetsuiteClient, paymentId: string): Promise<Found> {
  const id = externalIdOf('payment', paymentId);
  const payment = await client.find('customerPayment', id);
  return payment.kind === 'document' && payment.document === null
    ? client.find('customerDeposit', id)
    : payment;
}

/** Null: the order is not invoiced yet. */
type Paid = { readonly kind: 'paid'; readonly id: string | null } | AdapterFailure;

async function findPaid(client: NetsuiteClient, { invoiceNumber, orderId = '' }: Input): Promise<Paid> {
  if (invoiceNumber === undefined) {
    const id = externalIdOf('invoice', orderId);
    const invoice = await client.find('invoice', id);
    if (invoice.kind !== 'document') return invoice;
    return { kind: 'paid', id: invoice.document === null ? null : `eid:${id}` };
  }
  const found = await client.invoiceId(invoiceNumber);
  if (found.kind !== 'id') return found;
  return found.id === null
    ? refused('not_invoiced', `NetSuite has no invoice ${invoiceNumber}`, 'invoiceNumber')
    : { kind: 'paid', id: found.id };
}

async function deposit(client: NetsuiteClient, options: NetsuiteOptions, input: Input): Promise<Written> {
  const { orderId = '', paymentId, amount, currency, paidAt } = input;
  const order = await client.find('salesOrder', externalIdOf('order', orderId));
  if (order.kind !== 'document') return order;
  if (order.document === null)
    return refused('order_unknown', `NetSuite has neither an invoice nor an order ${orderId}`, 'orderId');
  const own = currencyOf(order.document, options.currencies);
  if (own !== currency) return refused('currency_mismatch', `the order is in ${own}`, 'currency');
  return client.upsert('customerDeposit', externalIdOf('payment', paymentId), {
    ...{ customer: { id: idIn(order.document.entity) }, salesOrder: { id: textOf(order.document.id) } },
    ...{ currency: { id: idIn(order.document.currency) }, payment: Number(amount), memo: paymentId },
    ...dated(paidAt.slice(0, 10)),
  });
}
