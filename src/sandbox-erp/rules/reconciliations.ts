// Reconciliations: a payment and an invoice matched, by the ERP itself or because it was asked to.
// A payment is matched once and whole. What is left on the invoice is written off only as far as the request allows.

import * as z from 'zod';
import { formatMoney, storedMoney, type Units } from '../decimal.ts';
import type {
  InvoiceDocument,
  OrderDocument,
  PaymentDocument,
  ReconciliationDocument,
} from '../documents.ts';
import { type Erp, parseBody, requireModule } from '../erp.ts';
import { refuse } from '../refusal.ts';
import { postEntry } from './accounting.ts';
import * as fields from './fields.ts';
import { accountingDate } from './periods.ts';
import { orderOfDocument, updateOrder } from './sales.ts';
import { insertReconciliation, postedInvoice, settledInvoice } from './settlement.ts';

const reconciliationBody = z.object({
  relayKey: fields.relayKeyField,
  paymentId: fields.idField,
  orderId: fields.idField.nullish(),
  invoiceNumber: fields.idField.nullish(),
  currency: fields.currencyField,
  /** What must be left on the invoice. */
  residual: fields.moneyField.nullish(),
  writeOffUpTo: fields.moneyField.nullish(),
  ...fields.postingFields,
});

export function reconcile(erp: Erp, body: unknown): ReconciliationDocument {
  const input = parseBody(reconciliationBody, body);
  requireModule(erp, 'payments');
  const payment = erp.store.byReference('payment', input.paymentId);
  if (payment === null)
    return refuse('unknown_payment', `There is no payment ${input.paymentId}.`, 'paymentId');
  const invoice = payableInvoice(erp, input);
  const { currency, documentNumber } = invoice;
  const order = orderOfDocument(erp, invoice.orderId, 'orderId');
  if (payment.orderId !== invoice.orderId)
    refuse('order_mismatch', `${payment.documentNumber} is of order ${payment.orderId}.`, 'paymentId');
  if (input.currency !== currency)
    refuse('currency_mismatch', `${documentNumber} is in ${currency}, not in ${input.currency}.`, 'currency');
  if (!order.openPayments.includes(payment.documentId))
    refuse('already_reconciled', `${payment.documentNumber} is reconciled.`, 'paymentId');
  const writtenOff = writeOff(invoice, payment, input);
  const day = accountingDate(erp, { ...input, wanted: input.postingDate, field: 'postingDate' });
  const amount = storedMoney(payment.amount);
  const settled = settledInvoice(invoice, { paid: amount, writtenOff });
  erp.store.update('invoice', settled);
  closePayment(erp, order, payment);
  const match = { payment, invoice: settled, day, writtenOff, relayKey: input.relayKey ?? null };
  const document = insertReconciliation(erp, match);
  const { documentId, relayKey, paymentId } = document;
  postEntry(erp, {
    ...{ currency, accountingDate: day, sourceId: documentId },
    narrative: `Payment ${paymentId} on ${documentNumber}`,
    postings: [
      { account: 'prepayments', amount },
      { account: 'payment_differences', amount: writtenOff },
      { account: 'receivable', amount: -amount - writtenOff },
    ],
  });
  const operation = 'invoice.reconcile';
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: paymentId });
  return document;
}

/** What has to be written off so that the rest is as wanted; refuses where that is more than was allowed. */
function writeOff(
  invoice: InvoiceDocument,
  payment: PaymentDocument,
  input: { readonly residual?: string | null | undefined; readonly writeOffUpTo?: string | null | undefined },
): Units {
  const wanted = fields.amountOrZero(input.residual, 'residual');
  const allowed = fields.amountOrZero(input.writeOffUpTo, 'writeOffUpTo');
  const rest = storedMoney(invoice.residual) - storedMoney(payment.amount);
  if (rest === wanted) return 0;
  if (rest > wanted && rest - wanted <= allowed) return rest - wanted;
  const text = `${formatMoney(rest, invoice.currency)} ${invoice.currency}`;
  return refuse('residual_differs', `${text} of ${invoice.documentNumber} would be left.`, 'residual');
}

function closePayment(erp: Erp, order: OrderDocument, payment: PaymentDocument): void {
  const openPayments = order.openPayments.filter((id) => id !== payment.documentId);
  updateOrder(erp, { ...order, openPayments });
}

function payableInvoice(
  erp: Erp,
  {
    orderId,
    invoiceNumber,
  }: { orderId?: string | null | undefined; invoiceNumber?: string | null | undefined },
): InvoiceDocument {
  if (invoiceNumber !== null && invoiceNumber !== undefined)
    return postedInvoice(erp, { invoiceNumber, orderId });
  if (orderId === null || orderId === undefined)
    return refuse('order_missing', 'A reconciliation names an order or an invoice.', 'orderId');
  const order = orderOfDocument(erp, orderId, 'orderId');
  const invoice = order.invoiceId === null ? null : erp.store.get('invoice', order.invoiceId);
  return invoice ?? refuse('nothing_invoiced', `${order.documentNumber} has no posted invoice.`, 'orderId');
}
