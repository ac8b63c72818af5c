// Goods coming in and being counted: purchase orders, receipts, adjustments to a counted quantity.
// A receipt may not take in more than its purchase order still expects.

import * as z from 'zod';
import { formatQuantity, storedQuantity } from '../decimal.ts';
import type { AdjustmentDocument, PurchaseOrderDocument, ReceiptDocument } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp, isoTime, parseBody } from '../erp.ts';
import { refuse } from '../refusal.ts';
import * as fields from './fields.ts';
import { moveStock, productOfLine } from './products.ts';

/** Ten purchase orders wait from the start, each for 100 of SKU-1 to SKU-10. */
const SEEDED_PURCHASE_ORDERS = 10;

const stockLines = z
  .array(z.object({ sku: fields.idField, quantity: fields.quantityField }))
  .min(1)
  .max(fields.MAX_LINES);

const purchaseOrderBody = z.object({
  relayKey: fields.relayKeyField,
  purchaseOrder: fields.idField,
  lines: stockLines,
});

export function createPurchaseOrder(erp: Erp, body: unknown): PurchaseOrderDocument {
  const { relayKey = null, purchaseOrder, lines } = parseBody(purchaseOrderBody, body);
  if (erp.store.byReference('purchase_order', purchaseOrder) !== null) {
    refuse('purchase_order_taken', `The purchase order ${purchaseOrder} exists already.`, 'purchaseOrder');
  }
  const document = insertPurchaseOrder(erp, {
    ...{ purchaseOrder, relayKey },
    lines: lines.map(({ sku, quantity }, index) => {
      productOfLine(erp, sku, `lines[${index}].sku`);
      return { sku, quantity: formatQuantity(fields.positiveQuantity(quantity, `lines[${index}].quantity`)) };
    }),
  });
  const { documentId } = document;
  erp.store.appendEffect({
    at: erp.now,
    operation: 'purchase.order',
    relayKey,
    documentId,
    reference: purchaseOrder,
  });
  return document;
}

export function seedPurchaseOrders(erp: Erp): void {
  for (let number = 1; number <= SEEDED_PURCHASE_ORDERS; number += 1) {
    const lines = Array.from({ length: 10 }, (_, index) => ({ sku: `SKU-${index + 1}`, quantity: 100 }));
    insertPurchaseOrder(erp, { purchaseOrder: `PO-${number}`, relayKey: null, lines });
  }
}

function insertPurchaseOrder(
  erp: Erp,
  {
    purchaseOrder,
    relayKey,
    lines,
  }: { purchaseOrder: string; relayKey: string | null; lines: readonly { sku: string; quantity: number }[] },
): PurchaseOrderDocument {
  const document: PurchaseOrderDocument = {
    ...erp.store.next('purchase_order', 'P'),
    ...{ state: 'open', relayKey, createdAt: isoTime(erp.now), purchaseOrder },
    lines: lines.map((line) => ({ ...line, received: 0 })),
  };
  erp.store.insert('purchase_order', document);
  return document;
}

const receiptBody = z.object({
  relayKey: fields.relayKeyField,
  receiptId: fields.idField,
  purchaseOrder: fields.idField.nullish(),
  location: fields.idField.nullish(),
  lines: stockLines,
});

export function receiveStock(erp: Erp, body: unknown): ReceiptDocument {
  const input = parseBody(receiptBody, body);
  const location = input.location ?? DEFAULT_LOCATION;
  const lines = input.lines.map(({ sku, quantity }, index) => {
    const units = fields.positiveQuantity(quantity, `lines[${index}].quantity`);
    productOfLine(erp, sku, `lines[${index}].sku`);
    return { sku, location, quantity: units };
  });
  const purchaseOrder = input.purchaseOrder ?? null;
  if (purchaseOrder !== null) receiveAgainst(erp, purchaseOrder, lines);
  const ids = erp.store.next('receipt', 'WH/IN/');
  for (const goods of lines) {
    moveStock(erp, { goods, type: 'receipt', sourceId: ids.documentId, against: 'not_invoiced' });
  }
  const receipt: ReceiptDocument = {
    ...{ ...ids, state: 'done', relayKey: input.relayKey ?? null, createdAt: isoTime(erp.now) },
    ...{ receiptId: input.receiptId, purchaseOrder, location },
    lines: lines.map(({ sku, quantity }) => {
      const onHand = formatQuantity(erp.store.stockLevel(sku, location).onHand);
      return { sku, quantity: formatQuantity(quantity), onHand };
    }),
    totalQuantity: formatQuantity(lines.reduce((sum, { quantity }) => sum + quantity, 0)),
  };
  erp.store.insert('receipt', receipt);
  const { documentId, relayKey, receiptId } = receipt;
  erp.store.appendEffect({
    at: erp.now,
    operation: 'stock.receive',
    relayKey,
    documentId,
    reference: receiptId,
  });
  return receipt;
}

/** Counts what came in on the purchase order; refuses goods it does not hold and more than it still expects. */
function receiveAgainst(erp: Erp, number: string, goods: readonly { sku: string; quantity: number }[]): void {
  const order = erp.store.byReference('purchase_order', number);
  if (order === null) {
    if (erp.settings.acceptUnknownPurchaseOrders) return;
    refuse('unknown_purchase_order', `There is no purchase order ${number}.`, 'purchaseOrder');
  }
  const lines = order.lines.map((line) => ({ ...line }));
  for (const [index, { sku, quantity }] of goods.entries()) {
    const line = lines.find((candidate) => candidate.sku === sku);
    if (line === undefined) {
      refuse('over_receipt', `${number} does not expect ${sku}.`, `lines[${index}].sku`);
    }
    const left = storedQuantity(line.quantity) - storedQuantity(line.received);
    if (quantity > left) {
      const text = `${number} expects only ${formatQuantity(left)} more of ${sku}.`;
      refuse('over_receipt', text, `lines[${index}].quantity`);
    }
    line.received = formatQuantity(storedQuantity(line.received) + quantity);
  }
  const open = lines.some((line) => storedQuantity(line.received) < storedQuantity(line.quantity));
  erp.store.update('purchase_order', { ...order, lines, state: open ? 'open' : 'received' });
}

const adjustmentBody = z.object({
  relayKey: fields.relayKeyField,
  location: fields.idField.nullish(),
  quantity: fields.quantityField,
  asOf: fields.timeField.nullish(),
});

/** Sets what is on hand. An unchanged count is kept as a document too: it says when the shelf was last right. */
export function setStock(erp: Erp, sku: string, body: unknown): AdjustmentDocument {
  const input = parseBody(adjustmentBody, body);
  const location = input.location ?? DEFAULT_LOCATION;
  const counted = fields.quantityUnits(input.quantity, 'quantity');
  productOfLine(erp, sku, 'sku');
  const difference = counted - erp.store.stockLevel(sku, location).onHand;
  const ids = erp.store.next('adjustment', 'WH/ADJ/');
  const goods = { sku, location, quantity: difference };
  moveStock(erp, { goods, type: 'adjustment', sourceId: ids.documentId, against: 'stock_differences' });
  const onHand = formatQuantity(counted);
  const adjustment: AdjustmentDocument = {
    ...{ ...ids, state: 'done', relayKey: input.relayKey ?? null, createdAt: isoTime(erp.now) },
    ...{
      sku,
      location,
      quantity: onHand,
      difference: formatQuantity(difference),
      onHand,
      asOf: input.asOf ?? null,
    },
  };
  erp.store.insert('adjustment', adjustment);
  const { documentId, relayKey } = adjustment;
  erp.store.appendEffect({ at: erp.now, operation: 'stock.set', relayKey, documentId, reference: sku });
  return adjustment;
}
