// The documents of the sandbox ERP, in the shape they are stored, answered and listed in.
// Pure data. Amounts are decimal strings, quantities numbers of at most four decimals, times ISO 8601 in UTC.

export type DocumentBase = {
  /** Unique in the whole ERP: `ord_12`. */
  readonly documentId: string;
  /** For people: `SO00012`, `INV/2026/00003`. */
  readonly documentNumber: string;
  readonly state: string;
  /** The caller's key. Searchable and deliberately not unique: a caller that does a thing twice is seen doing it. */
  readonly relayKey: string | null;
  readonly createdAt: string;
};

export type OrderLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly total: string;
};

export type OrderDocument = DocumentBase & {
  readonly state: 'draft' | 'confirmed' | 'cancelled';
  readonly orderId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
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
  readonly deliveryState: 'none' | 'reserved' | 'delivered' | 'cancelled';
  readonly invoiceState: 'none' | 'invoiced';
  /** Of its posted invoice. */
  readonly invoiceId: string | null;
  readonly paidTotal: string;
  readonly creditedTotal: string;
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
  readonly restocked: boolean;
  readonly reason: string | null;
  readonly accountingDate: string;
};

export type StockLine = { readonly sku: string; readonly quantity: number };

export type ReceiptDocument = DocumentBase & {
  readonly state: 'done';
  readonly receiptId: string;
  readonly purchaseOrder: string | null;
  readonly location: string;
  readonly lines: readonly (StockLine & { readonly onHand: number })[];
  readonly totalQuantity: number;
};

export type AdjustmentDocument = DocumentBase & {
  readonly state: 'done';
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
  /** New on hand less old. */
  readonly difference: number;
  readonly onHand: number;
  readonly asOf: string | null;
};

export type PurchaseOrderDocument = DocumentBase & {
  readonly state: 'open' | 'received';
  readonly purchaseOrder: string;
  readonly lines: readonly (StockLine & { readonly received: number })[];
};

export type StockMoveDocument = DocumentBase & {
  readonly state: 'reserved' | 'done' | 'cancelled';
  readonly type: 'delivery' | 'receipt' | 'adjustment' | 'return' | 'opening';
  readonly sku: string;
  readonly location: string;
  /** Positive in, negative out. */
  readonly quantity: number;
  readonly sourceId: string;
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

export type ProductDocument = DocumentBase & {
  readonly state: 'active';
  readonly sku: string;
  readonly name: string;
  /** What a piece is worth in stock, in the company's currency. */
  readonly cost: string;
  /** False where an order or a receipt made it up (`autoCreateProducts`). */
  readonly catalogued: boolean;
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
