// Accounting: what corrects a posted document, and what ends a period. A posted document itself never changes.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectAmount, expectDay, expectEqual, expectQuantities } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import {
  choice,
  currencyField,
  dayField,
  documentFields,
  idField,
  maxLines,
  moneyField,
  noteField,
  quantityField,
  writtenAmount,
  writtenLines,
} from './fields.ts';
import { acknowledgeWarningsField, postingFields } from './policies.ts';
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
      /** What is given back of which line. May come to less than `amount`: what the rest is, `remainder` says. */
      lines: z.array(creditLine).max(maxLines).optional(),
      /** What the amount beyond the lines gives back. Absent: `goodwill`. */
      remainder: choice(['shipping', 'goodwill']).optional(),
      restock: z.boolean().optional(),
      reason: noteField.optional(),
      ...postingFields,
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
    lines: writtenLines.nullish(),
    accountingDate: z.string().nullish(),
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
      expectDay(credit.postingDate, note.accountingDate, credit.whenLocked),
    ),
});

/** Locks the books: nothing is posted on or before that day any more. Many ERPs finish it later. */
export const periodClose = defineOperation({
  name: 'period.close',
  version: 1,
  requires: ['accounting'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['through'],
  input: z.strictObject({
    /** The subject: the last day that is locked, e.g. the last of a month. */
    through: dayField,
    acknowledgeWarnings: acknowledgeWarningsField.optional(),
  }),
  output: z.object({
    ...documentFields,
    /** The last day that is locked: later where more is closed than was asked for. */
    closedThrough: z.string(),
  }),
  identify: ({ through }) => ({ entity: { kind: 'period', id: through }, subject: through }),
  compare: ({ through }, period) =>
    differences(
      expectEqual('state', 'closed', period.state),
      period.closedThrough >= through ? [] : expectEqual('closedThrough', through, period.closedThrough),
    ),
});
