// What settles an invoice: payments on it, credit from it, what is written off, and the record of which payment met it.
// Posts nothing: the entries are their callers'.

import { formatMoney, storedMoney, type Units } from '../decimal.ts';
import type { InvoiceDocument, PaymentDocument, ReconciliationDocument } from '../documents.ts';
import { type Erp, isoTime } from '../erp.ts';
import { refuse } from '../refusal.ts';

/** The invoice with more paid on it, credited from it or written off, in units. */
export function settledInvoice(
  invoice: InvoiceDocument,
  { paid = 0, credited = 0, writtenOff = 0 }: { paid?: Units; credited?: Units; writtenOff?: Units },
): InvoiceDocument {
  const paidTotal = storedMoney(invoice.paidTotal) + paid;
  const creditedTotal = storedMoney(invoice.creditedTotal) + credited;
  const writtenOffTotal = storedMoney(invoice.writtenOffTotal) + writtenOff;
  const residual = storedMoney(invoice.total) - paidTotal - creditedTotal - writtenOffTotal;
  const text = (units: Units): string => formatMoney(units, invoice.currency);
  return {
    ...invoice,
    ...{ paidTotal: text(paidTotal), creditedTotal: text(creditedTotal), residual: text(residual) },
    writtenOffTotal: text(writtenOffTotal),
    paymentState: residual <= 0 ? 'paid' : paidTotal > 0 ? 'partial' : 'unpaid',
  };
}

export type Match = {
  readonly payment: PaymentDocument;
  /** As the match leaves it. */
  readonly invoice: InvoiceDocument;
  readonly day: string;
  readonly writtenOff?: Units;
  readonly relayKey?: string | null;
};

/** Keeps that the two are matched; posts nothing by itself. */
export function insertReconciliation(erp: Erp, match: Match): ReconciliationDocument {
  const { payment, invoice, day, writtenOff = 0, relayKey = null } = match;
  const { currency } = invoice;
  const document: ReconciliationDocument = {
    ...erp.store.next('reconciliation', 'REC/'),
    ...{ state: 'reconciled', relayKey, createdAt: isoTime(erp.now) },
    ...{ paymentId: payment.paymentId, paymentDocumentId: payment.documentId, orderId: payment.orderId },
    ...{
      invoiceNumber: invoice.documentNumber,
      currency,
      amount: payment.amount,
      residual: invoice.residual,
    },
    ...{ writtenOff: formatMoney(writtenOff, currency), accountingDate: day },
  };
  erp.store.insert('reconciliation', document);
  return document;
}

/** The posted invoice of that number; where an order is named too, it must be the order's. */
export function postedInvoice(
  erp: Erp,
  { invoiceNumber, orderId }: { invoiceNumber: string; orderId?: string | null | undefined },
): InvoiceDocument {
  const [invoice] = erp.store.find('invoice', { column: 'number', value: invoiceNumber }, 1);
  if (invoice === undefined)
    return refuse('unknown_invoice', `There is no invoice ${invoiceNumber}.`, 'invoiceNumber');
  if (invoice.state !== 'posted')
    refuse('invoice_not_posted', `${invoiceNumber} is not posted.`, 'invoiceNumber');
  if (orderId !== null && orderId !== undefined && orderId !== invoice.orderId)
    refuse(
      'order_mismatch',
      `${invoiceNumber} is of order ${invoice.orderId}, not of ${orderId}.`,
      'orderId',
    );
  return invoice;
}
