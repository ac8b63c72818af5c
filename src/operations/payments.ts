// Payments: money that came in, registered against an order or an invoice.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectAmount, expectDayOf, expectEqual, expectStated } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import { currencyField, documentFields, idField, instantField, moneyField, writtenAmount } from './fields.ts';
import { whenLockedField } from './policies.ts';
import { blameIn, positiveAmount } from './rules.ts';

/** Money that arrived. An order that is not invoiced yet takes it as a prepayment. */
export const paymentRegister = defineOperation({
  name: 'payment.register',
  version: 1,
  requires: ['payments'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['paymentId'],
  input: z
    .strictObject({
      /** The subject: the payment provider's id of this payment. */
      paymentId: idField,
      /** One of `orderId` and `invoiceNumber`, or both. */
      orderId: idField.optional(),
      invoiceNumber: idField.optional(),
      amount: moneyField,
      currency: currencyField,
      paidAt: instantField,
      /** How it was paid, as the provider calls it: `card`, `ideal` … */
      method: idField.optional(),
      /** Where the day of `paidAt` is locked. */
      whenLocked: whenLockedField.optional(),
    })
    .superRefine((payment, context) => {
      const blame = blameIn(context);
      positiveAmount({ amount: payment.amount, currency: payment.currency, path: ['amount'] }, blame);
      if (payment.orderId === undefined && payment.invoiceNumber === undefined) {
        blame(['orderId'], 'is required where there is no invoiceNumber');
      }
    }),
  output: z.object({
    ...documentFields,
    paymentId: z.string(),
    /** What it was registered against, where the ERP shows it. */
    orderId: z.string().nullish(),
    currency: z.string(),
    amount: writtenAmount,
    accountingDate: z.string().nullish(),
  }),
  identify: ({ paymentId, orderId, invoiceNumber = '' }) => ({
    entity: orderId === undefined ? { kind: 'invoice', id: invoiceNumber } : { kind: 'order', id: orderId },
    subject: paymentId,
  }),
  compare: (payment, document) =>
    differences(
      expectEqual('state', 'posted', document.state),
      expectEqual('paymentId', payment.paymentId, document.paymentId),
      expectStated('orderId', payment.orderId, document.orderId),
      expectEqual('currency', payment.currency, document.currency),
      expectAmount('amount', payment.amount, document.amount),
      expectDayOf(payment.paidAt, document.accountingDate, payment.whenLocked),
    ),
});
