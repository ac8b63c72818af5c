// Stock: goods that came in, and what a count of the shelf says.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectEqual, expectQuantities } from './compare.ts';
import { defineBatchOperation } from './define-batch-operation.ts';
import { defineOperation } from './define-operation.ts';
import {
  countedQuantityField,
  documentFields,
  idField,
  instantField,
  maxLines,
  quantityField,
  receivedLines,
} from './fields.ts';
import { acknowledgeWarningsField } from './policies.ts';

/** Goods that arrived, on a purchase order or without one. Adds to what is on hand. */
export const stockReceive = defineOperation({
  name: 'stock.receive',
  version: 1,
  requires: ['stock'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['receiptId'],
  input: z.strictObject({
    /** The subject: the warehouse's id of this receipt. */
    receiptId: idField,
    purchaseOrder: idField.optional(),
    /** Absent: the ERP's default location. */
    location: idField.optional(),
    lines: z
      .array(z.strictObject({ sku: idField, quantity: quantityField }))
      .min(1)
      .max(maxLines),
    acknowledgeWarnings: acknowledgeWarningsField.optional(),
  }),
  output: z.object({
    ...documentFields,
    receiptId: z.string(),
    lines: receivedLines,
  }),
  identify: ({ receiptId }) => ({ entity: { kind: 'receipt', id: receiptId }, subject: receiptId }),
  compare: (receipt, document) =>
    differences(
      expectEqual('state', 'done', document.state),
      expectEqual('receiptId', receipt.receiptId, document.receiptId),
      expectQuantities(receipt.lines, document.lines),
    ),
});

/** Sets what is on hand to what was counted: a newer count makes an older one pointless. */
export const stockSet = defineOperation({
  name: 'stock.set',
  version: 1,
  requires: ['stock'],
  repeats: 'per_version',
  replacesState: true,
  keyFields: ['sku', 'location'],
  input: z.strictObject({
    /** The subject, with `location` where stock is counted by location. */
    sku: idField,
    location: idField.optional(),
    quantity: countedQuantityField,
    /** When it was counted. */
    asOf: instantField.optional(),
  }),
  output: z.object({ ...documentFields, sku: z.string(), onHand: z.number() }),
  identify: ({ sku, location, asOf }) => ({
    entity: { kind: 'product', id: sku },
    subject: location === undefined ? sku : `${sku}@${location}`,
    ...(asOf === undefined ? {} : { version: asOf }),
  }),
  compare: (count, adjustment) =>
    differences(
      expectEqual('state', 'done', adjustment.state),
      expectEqual('sku', count.sku, adjustment.sku),
      expectEqual('onHand', count.quantity, adjustment.onHand),
    ),
});

/** A whole count: what is on hand of many SKUs, as of one round through the warehouse. */
export const stockSetMany = defineBatchOperation({
  name: 'stock.set_many',
  record: stockSet,
  recordId: ({ sku, location }) => (location === undefined ? sku : `${sku}@${location}`),
});
