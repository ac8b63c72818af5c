// invoice.post on ERPNext: the invoice that ERPNext itself makes of the order, inserted and submitted in one request. An
// order with nothing left to invoice gives an invoice without rows: then the posted one is what is shown.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { type Found, keyedOperation } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { createErpnextClient, type ErpnextClient, toWritten } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';
import {
  amountIn,
  findByKey,
  findOrder,
  headOf,
  isSubmitted,
  keyOf,
  orderIdOf,
  orderNumberOf,
  submitted,
} from './orders.ts';

type Call = ErpCall<InputOf<typeof invoicePost>>;

const mapper = 'erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice';
const fieldNames = { posting_date: 'invoiceDate', grand_total: 'total', currency: 'currency' };

/** The submitted invoice of the shop's order that is no credit note. */
export function findInvoice(client: ErpnextClient, orderId: string): Promise<Found> {
  return client.findOne('Sales Invoice', [
    ['po_no', '=', orderNumberOf(orderId)],
    ['is_return', '=', 0],
    ['docstatus', '=', submitted],
  ]);
}

export function createInvoiceHandler(settings: ErpnextSettings): OperationHandler<typeof invoicePost> {
  return keyedOperation<typeof invoicePost>({
    find: findByKey('Sales Invoice', settings),
    findGoal: ({ erp, input }) => findInvoice(createErpnextClient(erp), input.orderId),
    isDone: isSubmitted,
    write: async (call, begun) => {
      const client = createErpnextClient(call.erp, fieldNames);
      if (begun !== null)
        return toWritten(await client.change('Sales Invoice', begun, { docstatus: submitted }));
      const found = await findOrder(client, call.input.orderId);
      if (found.kind !== 'order') return found;
      const made = await client.make(mapper, { source_name: textOf(found.order.name) });
      if (made.kind !== 'document') return made;
      if (objectsOf(made.document.items).length === 0)
        return refused('nothing_to_invoice', 'nothing of this order is left to invoice', 'orderId');
      return toWritten(await client.insert('Sales Invoice', toInvoice(call, settings, made.document)));
    },
    verify: ({ input }, invoice) => ({
      kind: 'verified',
      output: {
        ...headOf(invoice, 'posted'),
        orderId: orderIdOf(invoice.po_no, input.orderId),
        currency: invoice.currency,
        total: amountIn(invoice, 'grand_total'),
        accountingDate: textOf(invoice.posting_date) || null,
      },
    }),
  });
}

function toInvoice(call: Call, { keyField }: ErpnextSettings, made: JsonObject): JsonObject {
  const { orderId, invoiceDate } = call.input;
  const day =
    invoiceDate === undefined
      ? {}
      : { set_posting_time: 1, posting_date: invoiceDate, due_date: invoiceDate };
  return { ...made, [keyField]: keyOf(call), po_no: orderNumberOf(orderId), ...day, docstatus: submitted };
}
