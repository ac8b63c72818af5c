// Accounting: what corrects a posted document. A posted document itself never changes.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectAmount, expectEqual, expectQuantities } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import {
  currencyField,
  documentFields,
  idField,
  maxLines,
  moneyField,
  noteField,
  quantityField,
  writtenAmount,
} from './fields.ts';
import { blameIn, creditCovers, positiveAmount, uniqueLines } from './rules.ts';

const creditLine = z.strictObject({
  /** The order's line. */
  lineId: idField,
  sku: idField,
  quantity: quantityField,
  amount: moneyField,
});

/** Gives back a part or all of an order's invoice, posted; with `restock` the goods of its lines go back on the shelf. */
export const creditNoteIssue = defineOperation({
  name: 'credit_note.issue',
  version: 1,
  requires: ['invoicing'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['refundId', 'orderId'],
  input: z
    .strictObject({
      /** The subject: the sender's id of this refund. */
      refundId: idField,
      orderId: idField,
      currency: currencyField,
      amount: moneyField,
      /** May come to less than `amount`: the rest is shipping or goodwill. */
      lines: z.array(creditLine).max(maxLines).optional(),
      restock: z.boolean().optional(),
      reason: noteField.optional(),
    })
    .superRefine((credit, context) => {
      const blame = blameIn(context);
      const { amount, currency, lines = [] } = credit;
      positiveAmount({ amount, currency, path: ['amount'] }, blame);
      creditCovers({ amount, currency, lines }, blame);
      uniqueLines(lines, blame);
      if (credit.restock === true && lines.length === 0) blame(['lines'], 'must name the goods to restock');
    }),
  output: z.object({
    ...documentFields,
    refundId: z.string(),
    orderId: z.string(),
    currency: z.string(),
    amount: writtenAmount,
    restocked: z.boolean(),
    /** Where the ERP shows them. */
    lines: z.array(z.object({ sku: z.string(), quantity: z.number() })).nullish(),
  }),
  identify: ({ orderId, refundId }) => ({ entity: { kind: 'order', id: orderId }, subject: refundId }),
  compare: (credit, note) =>
    differences(
      expectEqual('state', 'posted', note.state),
      expectEqual('refundId', credit.refundId, note.refundId),
      expectEqual('orderId', credit.orderId, note.orderId),
      expectEqual('currency', credit.currency, note.currency),
      expectAmount('amount', credit.amount, note.amount),
      expectEqual('restocked', credit.restock ?? false, note.restocked),
      note.lines && credit.lines ? expectQuantities(credit.lines, note.lines) : [],
    ),
});
