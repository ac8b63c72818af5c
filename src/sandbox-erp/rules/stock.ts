// Goods being counted: adjustments to a counted quantity.
// A count says what is there, whatever was thought before.

import * as z from 'zod';
import { formatQuantity } from '../decimal.ts';
import type { AdjustmentDocument } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp, isoTime, parseBody } from '../erp.ts';
import * as fields from './fields.ts';
import { moveStock, productOfLine } from './products.ts';

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
