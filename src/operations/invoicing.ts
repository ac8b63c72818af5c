// Invoicing: what an order holds becomes a posted invoice.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectEqual } from './compare.ts';
import { defineBatchOperation } from './define-batch-operation.ts';
import { defineOperation } from './define-operation.ts';
import { dayField, documentFields, idField, writtenAmount } from './fields.ts';

/**
 * Invoices what the order holds, posted and balanced. The output keeps the day it was posted on, which is another than
 * `invoiceDate` where the ERP moved it out of a closed period.
 */
export const invoicePost = defineOperation({
  name: 'invoice.post',
  version: 1,
  requires: ['sales', 'invoicing'],
  repeats: 'never',
  replacesState: false,
  keyFields: ['orderId'],
  input: z.strictObject({ orderId: idField, invoiceDate: dayField.optional() }),
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
    ),
});

/** An invoicing run: what many orders hold, each its own posted invoice. */
export const invoicePostMany = defineBatchOperation({
  name: 'invoice.post_many',
  record: invoicePost,
  recordId: ({ orderId }) => orderId,
});
