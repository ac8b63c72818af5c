// The documents of the sandbox ERP, in the shape they are stored, answered and listed in.
// Pure data. Amounts are decimal strings, quantities numbers of at most four decimals, times ISO 8601 in UTC.

import type { DocumentBase } from './document-base.ts';
import type {
  AdjustmentDocument,
  PriceDocument,
  ProductDocument,
  PurchaseOrderDocument,
  ReceiptDocument,
  ReturnDocument,
  ShipmentDocument,
  StockMoveDocument,
} from './goods-documents.ts';

export type * from './document-base.ts';
export type * from './goods-documents.ts';

export type OrderLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly total: string;
};

/** What became of a line's goods. Reserved is what is left of `quantity` after delivered and cancelled. */
export type SoldLine = OrderLine & {
  readonly deliveredQuantity: number;
  /** Of what was delivered. */
  readonly returnedQuantity: number;
  readonly cancelledQuantity: number;
};

export type OrderDocument = DocumentBase & {
  readonly state: 'draft' | 'confirmed' | 'cancelled';
  readonly orderId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly SoldLine[];
  readonly discountTotal: string;
  readonly shippingTotal: string;
  readonly taxTotal: string;
  /** What rounding each line by itself left between the lines and the total. */
  readonly roundingDifference: string;
  readonly total: string;
  readonly orderedAt: string | null;
  readonly confirmedAt: string | null;
  readonly cancelledAt: string | null;
  readonly cancelReason: string | null;
  readonly cancelRelayKey: string | null;
  readonly deliveryState: 'none' | 'reserved' | 'partial' | 'delivered' | 'cancelled';
  readonly invoiceState: 'none' | 'invoiced';
  /** Of its posted invoice. */
  readonly invoiceId: string | null;
  readonly paidTotal: string;
  readonly creditedTotal: string;
  /** Document ids of its payments that are matched with no invoice yet: prepayments. */
  readonly openPayments: readonly string[];
};

export type InvoiceLine = OrderLine & { readonly creditedQuantity: number };

export type InvoiceDocument = DocumentBase & {
  readonly state: 'draft' | 'posted';
  readonly orderId: string;
  readonly orderDocumentId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  readonly discountTotal: string;
  readonly shippingTotal: string;
  readonly taxTotal: string;
  readonly roundingDifference: string;
  readonly total: string;
  /** What the customer still owes on it; negative where more was paid than is left after credit. */
  readonly residual: string;
  readonly paidTotal: string;
  readonly creditedTotal: string;
  /** Given up in a reconciliation. */
  readonly writtenOffTotal: string;
  readonly paymentState: 'unpaid' | 'partial' | 'paid';
  readonly invoiceDate: string;
  /** The day it was posted on: another than `invoiceDate` where a closed period moved it. */
  readonly accountingDate: string | null;
  readonly postedAt: string | null;
};

export type PaymentDocument = DocumentBase & {
  readonly state: 'posted';
  readonly paymentId: string;
  readonly orderId: string;
  readonly invoiceNumber: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly method: string | null;
  readonly paidAt: string;
  readonly accountingDate: string;
};

/** A payment and an invoice that are matched, by the ERP itself or because it was asked to. */
export type ReconciliationDocument = DocumentBase & {
  readonly state: 'reconciled';
  readonly paymentId: string;
  readonly paymentDocumentId: string;
  readonly orderId: string;
  readonly invoiceNumber: string;
  readonly currency: string;
  /** Of the payment, what went on the invoice. */
  readonly amount: string;
  /** What was left to pay on the invoice afterwards. */
  readonly residual: string;
  readonly writtenOff: string;
  readonly accountingDate: string;
};

export type CreditNoteLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly amount: string;
};

export type CreditNoteDocument = DocumentBase & {
  readonly state: 'posted';
  readonly refundId: string;
  readonly orderId: string;
  readonly invoiceId: string;
  readonly currency: string;
  readonly amount: string;
  readonly total: string;
  readonly lines: readonly CreditNoteLine[];
  /** What the amount beyond the lines gives back. */
  readonly remainder: 'shipping' | 'goodwill';
  readonly restocked: boolean;
  readonly reason: string | null;
  readonly accountingDate: string;
};

export type Address = {
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly postalCode?: string | undefined;
  readonly country: string;
};

export type CustomerDocument = DocumentBase & {
  readonly state: 'active';
  readonly customerId: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: Address | null;
  /** Counts the upserts, from 1. */
  readonly revision: number;
  readonly updatedAt: string;
};

export type PeriodDocument = DocumentBase & {
  readonly state: 'closed';
  /** The last day of it, as the caller named it. */
  readonly through: string;
  readonly closedThrough: string;
};

export type JournalLine = { readonly account: string; readonly debit: string; readonly credit: string };

export type JournalEntryDocument = DocumentBase & {
  readonly state: 'posted';
  readonly currency: string;
  readonly accountingDate: string;
  readonly narrative: string;
  /** The document that caused it; null for a manual entry. */
  readonly sourceId: string | null;
  readonly lines: readonly JournalLine[];
};

export type DocumentByKind = {
  order: OrderDocument;
  invoice: InvoiceDocument;
  payment: PaymentDocument;
  shipment: ShipmentDocument;
  return: ReturnDocument;
  reconciliation: ReconciliationDocument;
  price: PriceDocument;
  period: PeriodDocument;
  credit_note: CreditNoteDocument;
  receipt: ReceiptDocument;
  adjustment: AdjustmentDocument;
  purchase_order: PurchaseOrderDocument;
  stock_move: StockMoveDocument;
  customer: CustomerDocument;
  product: ProductDocument;
  journal_entry: JournalEntryDocument;
};

export type DocumentKind = keyof DocumentByKind;

/** One effect, in commit order. The log is only ever appended to, so a thing done twice stays visible. */
export type Effect = {
  readonly number: number;
  readonly at: string;
  readonly operation: string;
  readonly relayKey: string | null;
  readonly documentId: string;
  /** The caller's own id of the subject: order id, payment id, refund id, receipt id, SKU or customer id. */
  readonly reference: string;
};
