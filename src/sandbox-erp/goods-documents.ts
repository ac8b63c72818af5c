// The documents of goods: shipments, returns, receipts, counts, moves, products and their prices.
// Pure data, in the words of documents.ts.

import type { DocumentBase } from './document-base.ts';

export type StockLine = { readonly sku: string; readonly quantity: number };

export type ShipmentDocument = DocumentBase & {
  readonly state: 'done';
  readonly shipmentId: string;
  readonly orderId: string;
  readonly orderDocumentId: string;
  readonly lines: readonly (StockLine & { readonly lineId: string })[];
  readonly totalQuantity: number;
  /** Whether something of the order is still to be delivered. */
  readonly hasBackorder: boolean;
  readonly trackingNumber: string | null;
  readonly accountingDate: string;
};

export type ReturnLine = StockLine & {
  readonly lineId: string;
  readonly disposition: 'restock' | 'scrap';
};

export type ReturnDocument = DocumentBase & {
  readonly state: 'done';
  readonly returnId: string;
  readonly orderId: string;
  readonly orderDocumentId: string;
  readonly location: string;
  readonly lines: readonly ReturnLine[];
  readonly restockedLines: readonly StockLine[];
  readonly accountingDate: string;
};

export type ReceiptDocument = DocumentBase & {
  readonly state: 'done';
  readonly receiptId: string;
  readonly purchaseOrder: string | null;
  readonly location: string;
  readonly lines: readonly (StockLine & { readonly onHand: number })[];
  readonly totalQuantity: number;
  /** Whether its purchase order still expects something; null without one. */
  readonly hasBackorder: boolean | null;
  readonly accountingDate: string;
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
  /** `closed`: what had not come was given up. */
  readonly state: 'open' | 'received' | 'closed';
  readonly purchaseOrder: string;
  readonly lines: readonly (StockLine & { readonly received: number; readonly cancelled: number })[];
};

export type StockMoveDocument = DocumentBase & {
  readonly state: 'reserved' | 'done' | 'cancelled';
  readonly type: 'delivery' | 'receipt' | 'adjustment' | 'return' | 'scrap' | 'opening';
  readonly sku: string;
  readonly location: string;
  /** Positive in, negative out. */
  readonly quantity: number;
  readonly sourceId: string;
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

/** One for each SKU, price list and currency; each change replaces it. */
export type PriceDocument = DocumentBase & {
  readonly state: 'active';
  readonly sku: string;
  /** Null: the default list. */
  readonly priceList: string | null;
  readonly currency: string;
  readonly price: string;
  readonly asOf: string | null;
  /** Counts the changes, from 1. */
  readonly revision: number;
};
