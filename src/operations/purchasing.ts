// Purchasing: what a supplier was ordered to bring arrives.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectDay, expectEqual, expectQuantities, expectStated } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import { documentFields, idField, maxLines, quantityField, receivedLines } from './fields.ts';
import { acknowledgeWarningsField, backorderField, postingFields } from './policies.ts';
import { blameIn, uniqueBy } from './rules.ts';

/**
 * Goods of a purchase order arrived. Says what becomes of the rest, which `stock.receive` leaves to the ERP; goods that no
 * purchase order expects are `stock.receive`'s.
 */
export const purchaseReceive = defineOperation({
  name: 'purchase.receive',
  version: 1,
  requires: ['purchasing', 'stock'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['receiptId', 'purchaseOrder'],
  input: z
    .strictObject({
      /** The subject: the warehouse's id of this receipt. */
      receiptId: idField,
      /** The purchase order's number, as the ERP writes it. */
      purchaseOrder: idField,
      lines: z
        .array(z.strictObject({ sku: idField, quantity: quantityField }))
        .min(1)
        .max(maxLines),
      /** What becomes of what the purchase order still expects after this receipt. */
      backorder: backorderField,
      /** Absent: the ERP's default location. */
      location: idField.optional(),
      ...postingFields,
      acknowledgeWarnings: acknowledgeWarningsField.optional(),
    })
    .superRefine(({ lines }, context) => uniqueBy(lines, ['sku'], blameIn(context))),
  output: z.object({
    ...documentFields,
    receiptId: z.string(),
    purchaseOrder: z.string(),
    lines: receivedLines,
    /** Whether the purchase order still expects anything. */
    hasBackorder: z.boolean().nullish(),
    accountingDate: z.string().nullish(),
  }),
  identify: ({ purchaseOrder, receiptId }) => ({
    entity: { kind: 'purchase', id: purchaseOrder },
    subject: receiptId,
  }),
  compare: (receipt, document) =>
    differences(
      expectEqual('state', 'done', document.state),
      expectEqual('receiptId', receipt.receiptId, document.receiptId),
      expectEqual('purchaseOrder', receipt.purchaseOrder, document.purchaseOrder),
      expectQuantities(receipt.lines, document.lines),
      receipt.backorder === 'cancel' ? expectStated('hasBackorder', false, document.hasBackorder) : [],
      expectDay(receipt.postingDate, document.accountingDate, receipt.whenLocked),
    ),
});
