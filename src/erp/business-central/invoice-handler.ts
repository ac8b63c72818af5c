// invoice.post on Business Central: `shipAndInvoice` of the order, which ships it as well, for the standard API offers nothing
// that only invoices. The action answers 204; the posted invoice is read afterwards.

import type { OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { type BcClient, createBcClient } from './bc-client.ts';
import type { BusinessCentralOptions } from './bc-options.ts';
import { amountIn, dayOf, findOrder, findPostedInvoice, idFrom, whyNotTotal } from './orders.ts';

const fieldNames = { 'Posting Date': 'invoiceDate', postingDate: 'invoiceDate' };

export function createInvoiceHandler(options: BusinessCentralOptions): OperationHandler<typeof invoicePost> {
  return keyedOperation<typeof invoicePost>({
    find: ({ erp, input }) => findPostedInvoice(createBcClient(erp, options), input.orderId),
    isDone: ({ status }) => status !== 'Draft',
    write: async (call) => {
      const client = createBcClient(call.erp, { ...options, fieldNames });
      const found = await findOrder(client, call.input.orderId);
      if (found.kind !== 'document') return found;
      // An order that was invoiced whole is gone: the look at the invoice tells it from one that never was.
      if (found.document === null)
        return refused('order_unknown', `there is no open order ${call.input.orderId}`, 'orderId');
      const { total: promised } = call.input;
      const differs =
        promised === undefined ? null : whyNotTotal(found.document, { promised, field: 'total' });
      if (differs !== null) return differs;
      const dated = await setDay(client, found.document, call.input.invoiceDate);
      if (dated.kind !== 'dated') return dated;
      const acted = await client.act(
        `salesOrders(${textOf(found.document.id)})/Microsoft.NAV.shipAndInvoice`,
      );
      return acted.kind === 'acted' ? { kind: 'written', document: null } : acted;
    },
    verify: ({ input }, invoice) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(invoice.id), documentNumber: textOf(invoice.number) },
        state: ['Open', 'Paid'].includes(textOf(invoice.status))
          ? 'posted'
          : textOf(invoice.status).toLowerCase(),
        orderId: idFrom(invoice.externalDocumentNumber, input.orderId),
        currency: invoice.currencyCode,
        total: amountIn(invoice, 'totalAmountIncludingTax'),
        accountingDate: dayOf(invoice.postingDate),
      },
    }),
  });
}

async function setDay(client: BcClient, order: JsonObject, day: string | undefined) {
  if (day === undefined || dayOf(order.postingDate) === day) return { kind: 'dated' } as const;
  const changed = await client.change('salesOrders', order, { postingDate: day });
  return changed.kind === 'document' ? ({ kind: 'dated' } as const) : changed;
}
