// Goods coming in: purchase orders, receipts on them, and receipts without one.
// A receipt may not take in more than its purchase order still expects.

import * as z from 'zod';
import { formatQuantity, storedQuantity, type Units } from '../decimal.ts';
import type { PurchaseOrderDocument, ReceiptDocument } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp, isoTime, parseBody, requireModule } from '../erp.ts';
import { refuse } from '../refusal.ts';
import * as fields from './fields.ts';
import { accountingDate } from './periods.ts';
import { moveStock, productOfLine } from './products.ts';
import { warn } from './warnings.ts';

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
    lines: lines.map((line) => ({ ...line, received: 0, cancelled: 0 })),
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
  acknowledgeWarnings: fields.acknowledgeWarnings,
});

export function receiveStock(erp: Erp, body: unknown): ReceiptDocument {
  const input = parseBody(receiptBody, body);
  const { purchaseOrder = null, location, acknowledgeWarnings } = input;
  if (purchaseOrder === null && erp.settings.receiptWithoutOrder === 'warn')
    warn(acknowledgeWarnings, 'receipt_without_order', `${input.receiptId} names no purchase order.`);
  const lines = receivedLines(erp, { ...input, location });
  const left = purchaseOrder === null ? null : receiveOn(erp, purchaseOrder, { lines, backorder: 'create' });
  const day = accountingDate(erp, { field: 'date' });
  return insertReceipt(erp, { ...input, purchaseOrder, lines, day, left, operation: 'stock.receive' });
}

const purchaseReceiptBody = receiptBody.extend({
  purchaseOrder: fields.idField,
  /** What becomes of what the purchase order still expects. */
  backorder: z.enum(['create', 'cancel']).default('create'),
  ...fields.postingFields,
});

export function receivePurchase(erp: Erp, body: unknown): ReceiptDocument {
  const input = parseBody(purchaseReceiptBody, body);
  requireModule(erp, 'stock');
  const { purchaseOrder, backorder } = input;
  if (erp.store.byReference('purchase_order', purchaseOrder) === null)
    refuse('unknown_purchase_order', `There is no purchase order ${purchaseOrder}.`, 'purchaseOrder');
  const lines = receivedLines(erp, input);
  const left = receiveOn(erp, purchaseOrder, { lines, backorder });
  const day = accountingDate(erp, { ...input, wanted: input.postingDate, field: 'postingDate' });
  return insertReceipt(erp, { ...input, lines, day, left, operation: 'purchase.receive' });
}

type Goods = { readonly sku: string; readonly location: string; readonly quantity: Units };

function receivedLines(erp: Erp, input: Pick<z.infer<typeof receiptBody>, 'lines' | 'location'>): Goods[] {
  const location = input.location ?? DEFAULT_LOCATION;
  return input.lines.map(({ sku, quantity }, index) => {
    const units = fields.positiveQuantity(quantity, `lines[${index}].quantity`);
    productOfLine(erp, sku, `lines[${index}].sku`);
    return { sku, location, quantity: units };
  });
}

type NewReceipt = {
  readonly operation: 'stock.receive' | 'purchase.receive';
  readonly receiptId: string;
  readonly purchaseOrder: string | null;
  readonly relayKey?: string | null | undefined;
  readonly location?: string | null | undefined;
  readonly lines: readonly Goods[];
  readonly day: string;
  readonly left: Left | null;
};

function insertReceipt(erp: Erp, receipt: NewReceipt): ReceiptDocument {
  const { operation, receiptId, purchaseOrder, relayKey = null, lines, day, left } = receipt;
  const ids = erp.store.next('receipt', 'WH/IN/');
  const { documentId } = ids;
  for (const goods of lines) {
    moveStock(erp, { goods, type: 'receipt', sourceId: documentId, against: 'not_invoiced', day });
  }
  const document: ReceiptDocument = {
    ...{ ...ids, state: 'done', relayKey, createdAt: isoTime(erp.now), receiptId, purchaseOrder },
    location: receipt.location ?? DEFAULT_LOCATION,
    lines: lines.map(({ sku, location, quantity }) => {
      const onHand = formatQuantity(erp.store.stockLevel(sku, location).onHand);
      return { sku, quantity: formatQuantity(quantity), onHand };
    }),
    totalQuantity: formatQuantity(lines.reduce((sum, { quantity }) => sum + quantity, 0)),
    ...{ hasBackorder: left === null ? null : left.isOpen, accountingDate: day },
  };
  erp.store.insert('receipt', document);
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: receiptId });
  return document;
}

type Left = { readonly isOpen: boolean };

/** Counts what came in on the purchase order; refuses goods it does not hold and more than it still expects. */
function receiveOn(
  erp: Erp,
  number: string,
  { lines: goods, backorder }: { lines: readonly Goods[]; backorder: 'create' | 'cancel' },
): Left | null {
  const order = erp.store.byReference('purchase_order', number);
  if (order === null) {
    if (erp.settings.acceptUnknownPurchaseOrders) return null;
    return refuse('unknown_purchase_order', `There is no purchase order ${number}.`, 'purchaseOrder');
  }
  const lines = order.lines.map((line) => ({ ...line }));
  for (const [index, { sku, quantity }] of goods.entries()) {
    const line = lines.find((candidate) => candidate.sku === sku);
    if (line === undefined)
      return refuse('over_receipt', `${number} does not expect ${sku}.`, `lines[${index}].sku`);
    const left = expectedQuantity(line);
    if (quantity > left) {
      const text = `${number} expects only ${formatQuantity(left)} more of ${sku}.`;
      refuse('over_receipt', text, `lines[${index}].quantity`);
    }
    line.received = formatQuantity(storedQuantity(line.received) + quantity);
  }
  const isShort = lines.some((line) => expectedQuantity(line) > 0);
  if (!isShort) {
    erp.store.update('purchase_order', {
      ...order,
      lines,
      state: order.state === 'closed' ? 'closed' : 'received',
    });
    return { isOpen: false };
  }
  const isOpen = backorder === 'create';
  const left = isOpen ? lines : lines.map(giveUp);
  erp.store.update('purchase_order', { ...order, lines: left, state: isOpen ? 'open' : 'closed' });
  return { isOpen };
}

type ExpectedLine = PurchaseOrderDocument['lines'][number];

const expectedQuantity = ({ quantity, received, cancelled }: ExpectedLine): Units =>
  storedQuantity(quantity) - storedQuantity(received) - storedQuantity(cancelled);

const giveUp = (line: ExpectedLine): ExpectedLine => ({
  ...line,
  cancelled: formatQuantity(storedQuantity(line.cancelled) + expectedQuantity(line)),
});
