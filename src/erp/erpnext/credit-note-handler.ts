// credit_note.issue on ERPNext: the return that ERPNext makes of the invoice, inserted and submitted in one request. It
// credits goods: an amount that is no price of goods is refused, for ERPNext has no row for it.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { createErpnextClient, toWritten } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';
import { findInvoice } from './invoice-handler.ts';
import {
  amountIn,
  chooseItems,
  findByKey,
  goodsOf,
  headOf,
  isSubmitted,
  keyOf,
  orderIdOf,
  orderNumberOf,
  submitted,
} from './orders.ts';

type Call = ErpCall<InputOf<typeof creditNoteIssue>>;

const mapper = 'erpnext.accounts.doctype.sales_invoice.sales_invoice.make_sales_return';
const fieldNames = {
  posting_date: 'postingDate',
  qty: 'lines',
  item_code: 'lines',
  return_against: 'orderId',
};

export function createCreditNoteHandler(settings: ErpnextSettings): OperationHandler<typeof creditNoteIssue> {
  return keyedOperation<typeof creditNoteIssue>({
    find: findByKey('Sales Invoice', settings),
    isDone: isSubmitted,
    write: async (call, begun) => {
      const client = createErpnextClient(call.erp, fieldNames);
      if (begun !== null)
        return toWritten(await client.change('Sales Invoice', begun, { docstatus: submitted }));
      const found = await findInvoice(client, call.input.orderId);
      if (found.kind !== 'document') return found;
      if (found.document === null)
        return refused('not_invoiced', 'ERPNext holds no submitted invoice of this order', 'orderId');
      const made = await client.make(mapper, { source_name: textOf(found.document.name) });
      if (made.kind !== 'document') return made;
      const note = toNote({ call, settings, invoice: found.document, made: made.document });
      return note.kind === 'note' ? toWritten(await client.insert('Sales Invoice', note.document)) : note;
    },
    verify: ({ input }, note) => ({
      kind: 'verified',
      output: {
        ...headOf(note, 'posted'),
        // Found by the key, which is the refund's; ERPNext has no field for the sender's id.
        refundId: input.refundId,
        orderId: orderIdOf(note.po_no, input.orderId),
        currency: note.currency,
        amount: amountIn(note, 'grand_total'),
        restocked: note.update_stock === 1,
        lines: goodsOf(note),
        accountingDate: textOf(note.posting_date) || null,
      },
    }),
  });
}

type Parts = {
  readonly call: Call;
  readonly settings: ErpnextSettings;
  readonly invoice: JsonObject;
  readonly made: JsonObject;
};

function toNote({ call, settings, invoice, made }: Parts) {
  const { input } = call;
  const { lines = [], amount, postingDate, orderId, reason } = input;
  const day = postingDate === undefined ? {} : { set_posting_time: 1, posting_date: postingDate };
  const head = {
    ...made,
    ...{ is_return: 1, return_against: textOf(invoice.name), po_no: orderNumberOf(orderId) },
    ...{ [settings.keyField]: keyOf(call), update_stock: input.restock === true ? 1 : 0 },
    ...(reason === undefined ? {} : { remarks: reason }),
    ...day,
    docstatus: submitted,
  };
  if (lines.length === 0) {
    if (Number(amountIn(invoice, 'grand_total')) === Number(amount))
      return { kind: 'note', document: head } as const;
    return refused('amount_unsupported', 'a part of an invoice is credited by its lines only', 'amount');
  }
  const covered = lines.reduce((sum, line) => sum + Math.round(Number(line.amount) * 10_000), 0);
  if (covered !== Math.round(Number(amount) * 10_000))
    return refused('amount_unsupported', 'must be what the lines come to: ERPNext credits goods', 'amount');
  const chosen = chooseItems(made, lines, -1);
  if (chosen.kind !== 'items') return chosen;
  const items = chosen.items.map((item) => ({ ...item, rate: rateOf(item, lines) }));
  // Charges of the whole invoice are not a part of a part.
  return {
    kind: 'note',
    document: { ...head, items: objectsOf(items), taxes: [], discount_amount: 0 },
  } as const;
}

function rateOf({ item_code: sku }: JsonObject, lines: NonNullable<Call['input']['lines']>): number {
  const of = lines.filter((line) => line.sku === sku);
  const total = of.reduce((sum, line) => sum + Number(line.amount), 0);
  const pieces = of.reduce((sum, line) => sum + line.quantity, 0);
  return Math.round((total / pieces) * 1_000_000) / 1_000_000;
}
