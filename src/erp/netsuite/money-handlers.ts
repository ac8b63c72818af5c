// invoice.post and credit_note.issue on NetSuite: an invoice of the sales order, and a credit memo with one line. The invoice bears the
// shop's order id, so that what comes after finds it.

import type { OperationHandler } from '../../core/erp.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { dated, documentOperation, orderAt } from './document-operation.ts';
import { amountIn, currencyOf, dayOf, headOf, idIn } from './documents.ts';
import { externalIdOf } from './external-id.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';

export const createInvoiceHandler = (options: NetsuiteOptions): OperationHandler<typeof invoicePost> =>
  documentOperation<typeof invoicePost>({
    ...{ options, type: 'invoice', fieldNames: { tranDate: 'invoiceDate', currency: 'currency' } },
    externalId: ({ orderId }) => externalIdOf('invoice', orderId),
    write: ({ client, input, externalId }) =>
      client.transform(orderAt(input.orderId), 'invoice', { externalId, ...dated(input.invoiceDate) }),
    toOutput: ({ orderId }, invoice) => ({
      ...{ ...headOf(invoice), state: 'posted', orderId },
      ...{ currency: currencyOf(invoice, options.currencies), total: amountIn(invoice, 'total') },
      accountingDate: dayOf(invoice),
    }),
  });

export const createCreditNoteHandler = (
  options: NetsuiteOptions,
  refundItem: string,
): OperationHandler<typeof creditNoteIssue> =>
  documentOperation<typeof creditNoteIssue>({
    ...{ options, type: 'creditMemo' },
    fieldNames: { tranDate: 'postingDate', 'item.items.rate': 'amount', currency: 'currency' },
    write: async ({ client, input, externalId }) => {
      if (input.restock === true)
        return refused('restock_unsupported', 'goods come back by a return authorization', 'restock');
      const invoice = await client.find('invoice', externalIdOf('invoice', input.orderId));
      if (invoice.kind !== 'document') return invoice;
      if (invoice.document === null)
        return refused('not_invoiced', 'NetSuite has no invoice of this order', 'orderId');
      const items = await client.itemIds([refundItem]);
      if (items.kind !== 'items') return items;
      const itemId = items.idOf(refundItem);
      if (itemId === null) return refused('refund_item_missing', `NetSuite has no item ${refundItem}`);
      return client.upsert('creditMemo', externalId, {
        ...{
          entity: { id: idIn(invoice.document.entity) },
          currency: { id: idIn(invoice.document.currency) },
        },
        ...{ memo: input.refundId, ...dated(input.postingDate) },
        item: {
          items: [{ item: { id: itemId }, quantity: 1, rate: Number(input.amount), price: { id: '-1' } }],
        },
      });
    },
    toOutput: ({ orderId, refundId }, memo) => ({
      ...{ ...headOf(memo), state: 'posted', orderId, refundId: textOf(memo.memo) || refundId },
      ...{ currency: currencyOf(memo, options.currencies), amount: amountIn(memo, 'total') },
      // The one line is an item without a stock.
      ...{ restocked: false, accountingDate: dayOf(memo) },
    }),
  });
