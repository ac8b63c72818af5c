// Invoicing: what an order holds becomes a posted invoice, and money that came in is matched with it.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectAmount, expectAtMost, expectDay, expectEqual, expectStated } from './compare.ts';
import { defineBatchOperation } from './define-batch-operation.ts';
import { defineOperation } from './define-operation.ts';
import { currencyField, dayField, documentFields, idField, moneyField, writtenAmount } from './fields.ts';
import { acknowledgeWarningsField, postingFields, whenLockedField } from './policies.ts';
import { blameIn, exactAmount, positiveAmount } from './rules.ts';

/**
 * Invoices what the order holds, posted and balanced. The output keeps the day it was posted on: another than `invoiceDate`
 * is as promised only where `whenLocked` allowed it.
 */
export const invoicePost = defineOperation({
  name: 'invoice.post',
  version: 1,
  requires: ['sales', 'invoicing'],
  repeats: 'never',
  replacesState: false,
  keyFields: ['orderId'],
  input: z
    .strictObject({
      orderId: idField,
      /** The day it is posted on. Absent: the ERP's today. */
      invoiceDate: dayField.optional(),
      whenLocked: whenLockedField.optional(),
      /** What it must come to, with its currency. Absent: whatever the order holds. */
      total: moneyField.optional(),
      currency: currencyField.optional(),
      acknowledgeWarnings: acknowledgeWarningsField.optional(),
    })
    .superRefine(({ total, currency }, context) => {
      const blame = blameIn(context);
      if (total !== undefined && currency === undefined) blame(['currency'], 'is required with total');
      else if (total !== undefined && currency !== undefined)
        exactAmount({ amount: total, currency, path: ['total'] }, blame);
    }),
  output: z.object({
    ...documentFields,
    orderId: z.string(),
    currency: z.string(),
    total: writtenAmount,
    accountingDate: z.string().nullish(),
  }),
  identify: ({ orderId }) => ({ entity: { kind: 'order', id: orderId } }),
  compare: (request, invoice) =>
    differences(
      expectEqual('state', 'posted', invoice.state),
      expectEqual('orderId', request.orderId, invoice.orderId),
      expectStated('currency', request.currency, invoice.currency),
      request.total === undefined ? [] : expectAmount('total', request.total, invoice.total),
      expectDay(request.invoiceDate, invoice.accountingDate, request.whenLocked),
    ),
});

/**
 * Matches a registered payment with a posted invoice, so that neither stands open. States what is left to pay afterwards:
 * an ERP that leaves another rest did something else.
 */
export const invoiceReconcile = defineOperation({
  name: 'invoice.reconcile',
  version: 1,
  requires: ['invoicing', 'payments'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['paymentId', 'orderId', 'invoiceNumber'],
  input: z
    .strictObject({
      /** The subject: the payment provider's id of the payment, as `payment.register` had it. */
      paymentId: idField,
      /** One of `orderId` and `invoiceNumber`, or both. */
      orderId: idField.optional(),
      invoiceNumber: idField.optional(),
      currency: currencyField,
      /** What is left to pay on the invoice afterwards. Absent: nothing. */
      residual: moneyField.optional(),
      /** At most so much is written off to leave nothing. Absent: nothing is written off. */
      writeOffUpTo: moneyField.optional(),
      ...postingFields,
      acknowledgeWarnings: acknowledgeWarningsField.optional(),
    })
    .superRefine(({ currency, residual, writeOffUpTo, orderId, invoiceNumber }, context) => {
      const blame = blameIn(context);
      if (orderId === undefined && invoiceNumber === undefined)
        blame(['orderId'], 'is required where there is no invoiceNumber');
      const left =
        residual === undefined ? 0n : exactAmount({ amount: residual, currency, path: ['residual'] }, blame);
      if (writeOffUpTo === undefined) return;
      positiveAmount({ amount: writeOffUpTo, currency, path: ['writeOffUpTo'] }, blame);
      if (left !== null && left > 0n) blame(['writeOffUpTo'], 'must not be there where a residual is left');
    }),
  output: z.object({
    ...documentFields,
    paymentId: z.string(),
    orderId: z.string().nullish(),
    invoiceNumber: z.string().nullish(),
    currency: z.string(),
    /** Of the invoice. */
    residual: writtenAmount,
    writtenOff: writtenAmount.nullish(),
    accountingDate: z.string().nullish(),
  }),
  identify: ({ paymentId, orderId, invoiceNumber = '' }) => ({
    entity: orderId === undefined ? { kind: 'invoice', id: invoiceNumber } : { kind: 'order', id: orderId },
    subject: paymentId,
  }),
  compare: (request, document) =>
    differences(
      expectEqual('state', 'reconciled', document.state),
      expectEqual('paymentId', request.paymentId, document.paymentId),
      expectStated('orderId', request.orderId, document.orderId),
      expectStated('invoiceNumber', request.invoiceNumber, document.invoiceNumber),
      expectEqual('currency', request.currency, document.currency),
      expectAmount('residual', request.residual ?? '0', document.residual),
      expectAtMost('writtenOff', request.writeOffUpTo ?? '0', document.writtenOff),
      expectDay(request.postingDate, document.accountingDate, request.whenLocked),
    ),
});

/** An invoicing run: what many orders hold, each its own posted invoice. */
export const invoicePostMany = defineBatchOperation({
  name: 'invoice.post_many',
  record: invoicePost,
  recordId: ({ orderId }) => orderId,
});
