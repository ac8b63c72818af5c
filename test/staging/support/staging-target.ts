// What the staging suite needs to know of an ERP: how the relay reaches it, and how its documents are read afterwards by its
// own API, with none of the adapter's code. Pure types; a target of one's own is a module that exports `createStagingTarget`.

export type Goods = { readonly sku: string; readonly quantity: number };

export type SaleDocument = {
  readonly state: 'draft' | 'confirmed' | 'cancelled';
  readonly total: string;
  readonly currency: string;
  readonly lines: readonly Goods[];
};

export type InvoiceDocument = {
  readonly state: 'draft' | 'posted' | 'cancelled';
  readonly total: string;
  /** Debit and credit of its entry come to the same. */
  readonly isBalanced: boolean;
  /** What is left to pay. */
  readonly residual: string;
};

export type PaymentDocument = {
  readonly state: string;
  readonly amount: string;
  readonly isBalanced: boolean;
  readonly isReconciled: boolean;
};

export type ShipmentDocument = {
  readonly reference: string | null;
  readonly state: string;
  readonly lines: readonly Goods[];
};

export type CustomerDocument = { readonly name: string; readonly email: string | null };

/** Every document that carries the sender's id, the cancelled and the doubled ones too. */
export interface ErpDocuments {
  sales(orderId: string): Promise<readonly SaleDocument[]>;
  invoices(orderId: string): Promise<readonly InvoiceDocument[]>;
  payments(paymentId: string): Promise<readonly PaymentDocument[]>;
  creditNotes(refundId: string): Promise<readonly InvoiceDocument[]>;
  shipments(orderId: string): Promise<readonly ShipmentDocument[]>;
  receipts(receiptId: string): Promise<readonly ShipmentDocument[]>;
  customers(customerId: string): Promise<readonly CustomerDocument[]>;
  onHand(sku: string): Promise<number>;
  price(sku: string): Promise<string>;
  /** Of the period that ends on the day. */
  periodState(lastDay: string): Promise<'open' | 'closed'>;
}

export type StagingTarget = {
  readonly erp: string;
  /** The module that stands for src/integrations/erp-target.ts: its absolute path. */
  readonly erpTarget: string;
  readonly baseUrl: string;
  /** Variables and secrets that the module's target names, beside ERP_BASE_URL. */
  readonly variables: Readonly<Record<string, string>>;
  /** Two products that are kept in stock, by whole pieces. */
  readonly skus: readonly [string, string];
  readonly currency: string;
  /** Last day of a period that may be closed for good; null: none, and the suite leaves the periods alone. */
  readonly closablePeriodEnd: string | null;
  /** The warning that goods without a purchase order raise, as an input acknowledges it; null: they raise none. */
  readonly receiptWarning: string | null;
  readonly documents: ErpDocuments;
  version(): Promise<string>;
  /** Fields by record type, each with its type: what an upgrade may take away. */
  shapes(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>>;
  /** A confirmed purchase order under that number. */
  makePurchaseOrder(number: string, lines: readonly Goods[]): Promise<void>;
};
