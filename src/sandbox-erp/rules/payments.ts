// Customer payments, posted as they are registered: on a posted invoice, or on an order ahead of its invoice.
// May take no more than is still owed, and no other currency than the order's.

import * as z from 'zod';
import { formatMoney, storedMoney } from '../decimal.ts';
import type { InvoiceDocument, OrderDocument, PaymentDocument } from '../documents.ts';
import { type Erp, isoTime, parseBody } from '../erp.ts';
import { refuse } from '../refusal.ts';
import { postEntry } from './accounting.ts';
import {
  currencyField,
  idField,
  moneyField,
  positiveAmount,
  postingFields,
  relayKeyField,
  timeField,
} from './fields.ts';
import { accountingDate } from './periods.ts';
import { orderOfDocument, updateOrder } from './sales.ts';
import { insertReconciliation, postedInvoice, settledInvoice } from './settlement.ts';

const paymentBody = z.object({
  relayKey: relayKeyField,
  paymentId: idField,
  orderId: idField.nullish(),
  invoiceNumber: idField.nullish(),
  amount: moneyField,
  currency: currencyField,
  paidAt: timeField,
  method: z.string().max(100).nullish(),
  whenLocked: postingFields.whenLocked,
});

type PaymentBody = z.infer<typeof paymentBody>;

export function registerPayment(erp: Erp, body: unknown): PaymentDocument {
  const input = parseBody(paymentBody, body);
  const { currency } = input;
  const amount = positiveAmount(input.amount, 'amount');
  const { order, invoice } = payable(erp, input);
  if (order.currency !== currency) {
    refuse(
      'currency_mismatch',
      `${order.documentNumber} is in ${order.currency}, not in ${currency}.`,
      'currency',
    );
  }
  // What was credited does not lower it: the payment of an order may be registered after its refund, and then stands as
  // the customer's credit, which the credit note uses up.
  const owed = storedMoney(order.total) - storedMoney(order.paidTotal);
  if (owed <= 0)
    refuse('nothing_left_to_pay', `There is nothing left to pay on ${order.documentNumber}.`, 'amount');
  if (amount > owed) {
    const left = `${formatMoney(owed, currency)} ${currency}`;
    refuse('payment_exceeds_residual', `Only ${left} are left to pay on ${order.documentNumber}.`, 'amount');
  }
  const day = accountingDate(erp, { ...input, wanted: input.paidAt, field: 'paidAt' });
  const payment: PaymentDocument = {
    ...erp.store.next('payment', `PAY/${day.slice(0, 4)}/`),
    ...{
      state: 'posted',
      relayKey: input.relayKey ?? null,
      createdAt: isoTime(erp.now),
      paymentId: input.paymentId,
    },
    ...{ orderId: order.orderId, invoiceNumber: invoice?.documentNumber ?? null, currency },
    ...{
      amount: formatMoney(amount, currency),
      method: input.method ?? null,
      paidAt: input.paidAt,
      accountingDate: day,
    },
  };
  erp.store.insert('payment', payment);
  const matched = erp.settings.reconcilePayments === 'at_once' ? invoice : null;
  if (matched !== null) {
    const settled = settledInvoice(matched, { paid: amount });
    erp.store.update('invoice', settled);
    insertReconciliation(erp, { payment, invoice: settled, day });
  }
  const paidTotal = formatMoney(storedMoney(order.paidTotal) + amount, currency);
  const openPayments = matched === null ? [...order.openPayments, payment.documentId] : order.openPayments;
  updateOrder(erp, { ...order, paidTotal, openPayments });
  postPayment(erp, payment, matched === null ? 'prepayments' : 'receivable');
  return payment;
}

/** The order a payment is for, and its posted invoice where there is one. */
function payable(erp: Erp, input: PaymentBody): { order: OrderDocument; invoice: InvoiceDocument | null } {
  const { orderId, invoiceNumber } = input;
  if (invoiceNumber !== null && invoiceNumber !== undefined) {
    const invoice = postedInvoice(erp, { invoiceNumber, orderId });
    return { order: orderOfDocument(erp, invoice.orderId, 'invoiceNumber'), invoice };
  }
  if (orderId === null || orderId === undefined) {
    return refuse('order_missing', 'A payment names an order or an invoice.', 'orderId');
  }
  const order = orderOfDocument(erp, orderId, 'orderId');
  return { order, invoice: order.invoiceId === null ? null : erp.store.get('invoice', order.invoiceId) };
}

function postPayment(erp: Erp, payment: PaymentDocument, against: 'prepayments' | 'receivable'): void {
  const { currency, accountingDate: day, documentId, relayKey, paymentId } = payment;
  const amount = storedMoney(payment.amount);
  postEntry(erp, {
    ...{ currency, accountingDate: day, narrative: `Payment ${paymentId}`, sourceId: documentId },
    postings: [
      { account: 'bank', amount },
      { account: against, amount: -amount },
    ],
  });
  erp.store.appendEffect({
    at: erp.now,
    operation: 'payment.register',
    relayKey,
    documentId,
    reference: paymentId,
  });
}
