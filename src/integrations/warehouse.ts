// The warehouse: goods that came in, and what a count of the shelf says. A sender of one's own, without a preset:
// how it signs and where its ids stand is told here.
//
//   the warehouse says     the ERP does      why then
//   receipt.completed      stock.receive     adds to what is on hand, once for each receipt
//   inventory.completed    stock.set_many    a whole count in one call; a line that is refused does not hold the others
//   stock.counted          stock.set         replaces what is on hand; of several counts only the newest matters

import { defineIntegration, defineSource, on } from '../core/define-integration.ts';
import { genericHmac } from '../core/sources/generic-hmac.ts';
import { stockReceive, stockSet, stockSetMany } from '../operations/index.ts';
import { erp } from './erp-target.ts';

/** What the warehouse posts, by event type: written down once, every mapping is checked against it. */
type WarehouseTopics = {
  readonly 'receipt.completed': {
    readonly receipt_id: string;
    readonly purchase_order: string | null;
    readonly warehouse: string;
    readonly sequence: number;
    /** ISO 8601. */
    readonly received_at: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  };
  readonly 'inventory.completed': {
    readonly inventory_id: string;
    readonly warehouse: string;
    readonly sequence: number;
    /** ISO 8601. */
    readonly counted_at: string;
    /** At most 100, each SKU once. */
    readonly lines: readonly { readonly sku: string; readonly on_hand: number }[];
  };
  readonly 'stock.counted': {
    readonly sku: string;
    readonly warehouse: string;
    readonly on_hand: number;
    /** One more with every count of the SKU. */
    readonly sequence: number;
    /** ISO 8601. */
    readonly counted_at: string;
  };
};

/** POST /hooks/warehouse */
export const warehouse = defineSource({
  id: 'warehouse',
  preset: genericHmac<WarehouseTopics>({
    name: 'warehouse',
    signature: {
      header: 'x-warehouse-signature',
      prefix: 'sha256=',
      signed: '{timestamp}.{body}',
      timestamp: { header: 'x-warehouse-timestamp' },
    },
    id: { header: 'x-warehouse-event-id' },
    type: { header: 'x-warehouse-event' },
    sequence: { path: 'sequence' },
    countsEvents: true,
    topics: ['receipt.completed', 'inventory.completed', 'stock.counted'],
  }),
  secret: 'WAREHOUSE_WEBHOOK_SECRET',
  // A receipt is a line of its own, so is the stock of a product: neither has to wait for the other.
  // A whole count too: it is one call, and could not stand in the lines of all its products.
  entity: (event) => {
    if (event.type === 'receipt.completed') return { kind: 'receipt', id: event.payload.receipt_id };
    if (event.type === 'inventory.completed') return { kind: 'inventory', id: event.payload.inventory_id };
    return { kind: 'product', id: event.payload.sku };
  },
});

export const warehouseStock = defineIntegration({
  name: 'warehouse',
  sources: [warehouse],
  targets: [erp],
  routes: [
    on(warehouse, 'receipt.completed').run(stockReceive, {
      id: 'receive-stock',
      target: erp,
      subject: ({ payload: receipt }) => receipt.receipt_id,
      input: ({ payload: receipt }) => ({
        receiptId: receipt.receipt_id,
        purchaseOrder: receipt.purchase_order ?? undefined,
        location: receipt.warehouse,
        lines: receipt.lines.map(({ sku, quantity }) => ({ sku, quantity })),
      }),
    }),

    on(warehouse, 'inventory.completed').run(stockSetMany, {
      id: 'set-stock-of-inventory',
      target: erp,
      // 97 good lines are worth having; the other three become dead letters that name their SKU.
      batch: 'partial',
      onDeadLetter: 'continue',
      subject: ({ payload: inventory }) => inventory.inventory_id,
      input: ({ payload: inventory }) => ({
        batchId: inventory.inventory_id,
        records: inventory.lines.map(({ sku, on_hand: quantity }) => ({
          sku,
          location: inventory.warehouse,
          quantity,
          asOf: inventory.counted_at,
        })),
      }),
    }),

    on(warehouse, 'stock.counted').run(stockSet, {
      id: 'set-stock',
      target: erp,
      // Stock is kept by warehouse, so a count in one does not make a count in another pointless.
      subject: ({ payload: count }) => `${count.sku}@${count.warehouse}`,
      version: ({ payload: count }) => String(count.sequence),
      input: ({ payload: count }) => ({
        sku: count.sku,
        location: count.warehouse,
        quantity: count.on_hand,
        asOf: count.counted_at,
      }),
    }),
  ],
});
