// Customer invoices: made as a draft of what a confirmed order holds, then posted to the ledger in a second call.
// A posted invoice never changes but for its residual, which payments and credit notes bring down.

import * as z from 'zod';
import { formatMoney, storedMoney } from '../decimal.ts';
import type {
  InvoiceDocument,
  InvoiceLine,
  OrderDocument,
  OrderLine,
  PaymentDocument,
} from '../documents.ts';
import { type Erp, isoDay, isoTime, parseBody } from '../erp.ts';
import { refuse, refuseUnknown } from '../refusal.ts';
import { type Posting, postEntry } from './accounting.ts';
import { idField, postingFields, relayKeyField, timeField } from './fields.ts';
import { accountingDate } from './periods.ts';
import { orderOfDocument, updateOrder } from './sales.ts';
import { insertReconciliation, settledInvoice } from './settlement.ts';

const invoiceBody = z.object({
  relayKey: relayKeyField,
  orderId: idField,
  invoiceDate: timeField.nullish(),
  /** Where it is posted at once. */
  whenLocked: postingFields.whenLocked,
  state: z.enum(['draft', 'posted']).default('draft'),
});

export function createInvoice(erp: Erp, body: unknown): InvoiceDocument {
  const { relayKey = null, orderId, invoiceDate, whenLocked, state } = parseBody(invoiceBody, body);
  const order = orderOfDocument(erp, orderId, 'orderId');
  if (order.invoiceState === 'invoiced') {
    refuse(
      'nothing_to_invoice',
      `Cannot create an invoice. No items of ${order.documentNumber} are available to invoice.`,
    );
  }
  const { customerId, currency, discountTotal, shippingTotal, taxTotal, roundingDifference, total } = order;
  const day = isoDay(invoiceDate === null || invoiceDate === undefined ? erp.now : Date.parse(invoiceDate));
  const invoice: InvoiceDocument = {
    ...erp.store.next('invoice', `INV/${day.slice(0, 4)}/`),
    ...{ state: 'draft', relayKey, createdAt: isoTime(erp.now), orderId, orderDocumentId: order.documentId },
    ...{
      customerId,
      currency,
      discountTotal,
      shippingTotal,
      taxTotal,
      roundingDifference,
      total,
      residual: total,
    },
    lines: order.lines.map(toInvoiceLine),
    ...{
      paidTotal: formatMoney(0, currency),
      creditedTotal: formatMoney(0, currency),
      writtenOffTotal: formatMoney(0, currency),
      paymentState: 'unpaid',
    },
    ...{ invoiceDate: day, accountingDate: null, postedAt: null },
  };
  erp.store.insert('invoice', invoice);
  logEffect(erp, 'invoice.draft', invoice);
  return state === 'posted' ? postInvoice(erp, invoice.documentId, { whenLocked }) : invoice;
}

const toInvoiceLine = ({ lineId, sku, quantity, unitPrice, total }: OrderLine): InvoiceLine => ({
  ...{ lineId, sku, quantity, unitPrice, total },
  creditedQuantity: 0,
});

const postingBody = z.object({ whenLocked: postingFields.whenLocked });

export function postInvoice(erp: Erp, documentId: string, body: unknown): InvoiceDocument {
  const { whenLocked } = parseBody(postingBody, body);
  const draft = invoiceById(erp, documentId);
  const { documentNumber, currency } = draft;
  if (draft.state !== 'draft') refuse('invalid_state', `The entry ${documentNumber} must be in draft.`);
  const order = orderOfDocument(erp, draft.orderId, 'orderId');
  if (order.invoiceState === 'invoiced')
    refuse('nothing_to_invoice', `${order.documentNumber} has been invoiced.`);
  const day = accountingDate(erp, { wanted: draft.invoiceDate, whenLocked, field: 'invoiceDate' });
  // What was paid before the invoice waits as a prepayment and is used up now, unless somebody shall do that by hand.
  const used = erp.settings.reconcilePayments === 'at_once' ? openPaymentsOf(erp, order) : [];
  const prepaid = used.reduce((sum, { amount }) => sum + storedMoney(amount), 0);
  const postings: Posting[] = [
    ...invoicePostings(draft),
    { account: 'prepayments', amount: prepaid },
    { account: 'receivable', amount: -prepaid },
  ];
  const narrative = `Invoice ${documentNumber} of order ${draft.orderId}`;
  postEntry(erp, { currency, accountingDate: day, narrative, sourceId: documentId, postings });
  const unpaid: InvoiceDocument = {
    ...draft,
    state: 'posted',
    accountingDate: day,
    postedAt: isoTime(erp.now),
  };
  const posted = used.reduce(
    (invoice, payment) => {
      const paid = settledInvoice(invoice, { paid: storedMoney(payment.amount) });
      insertReconciliation(erp, { payment, invoice: paid, day });
      return paid;
    },
    settledInvoice(unpaid, {}),
  );
  erp.store.update('invoice', posted);
  const openPayments = used.length > 0 ? [] : order.openPayments;
  updateOrder(erp, { ...order, invoiceState: 'invoiced', invoiceId: documentId, openPayments });
  logEffect(erp, 'invoice.post', posted);
  return posted;
}

function openPaymentsOf(erp: Erp, { openPayments }: OrderDocument): PaymentDocument[] {
  return openPayments.flatMap((id) => erp.store.get('payment', id) ?? []);
}

/** Receivable against revenue, shipping, tax and discount. What rounding left goes to an account of its own. */
function invoicePostings(invoice: InvoiceDocument): Posting[] {
  const lineSum = invoice.lines.reduce((sum, line) => sum + storedMoney(line.total), 0);
  return [
    { account: 'receivable', amount: storedMoney(invoice.total) },
    { account: 'revenue', amount: -lineSum },
    { account: 'shipping', amount: -storedMoney(invoice.shippingTotal) },
    { account: 'tax', amount: -storedMoney(invoice.taxTotal) },
    { account: 'discounts', amount: storedMoney(invoice.discountTotal) },
    { account: 'rounding', amount: -storedMoney(invoice.roundingDifference) },
  ];
}

const invoiceChange = z.object({ invoiceDate: timeField });

/** Changes a draft. A posted invoice is corrected by a credit note. */
export function changeInvoice(erp: Erp, documentId: string, body: unknown): InvoiceDocument {
  const { invoiceDate } = parseBody(invoiceChange, body);
  const invoice = invoiceById(erp, documentId);
  if (invoice.state === 'posted') {
    refuse('posted_entry_changed', `The invoice ${invoice.documentNumber} is posted and cannot be changed.`);
  }
  const changed: InvoiceDocument = { ...invoice, invoiceDate: isoDay(Date.parse(invoiceDate)) };
  erp.store.update('invoice', changed);
  logEffect(erp, 'invoice.change', changed);
  return changed;
}

function invoiceById(erp: Erp, documentId: string): InvoiceDocument {
  return erp.store.get('invoice', documentId) ?? refuseUnknown('invoice', documentId);
}

function logEffect(erp: Erp, operation: string, invoice: InvoiceDocument): void {
  const { relayKey, documentId, orderId } = invoice;
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: orderId });
}
