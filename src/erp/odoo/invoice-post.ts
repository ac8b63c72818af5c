// invoice.post on Odoo: the wizard that invoices an order, then the posting. A draft that is there is posted, never made again;
// "nothing to invoice" and "must be in draft" are read before they are believed.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findInvoices, findOrder, invoiceFields, unknownOrder, whyLocked } from './orders.ts';
import { amountText, nameOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof invoicePost>>;

const fieldNames = { invoice_date: 'invoiceDate', date: 'invoiceDate', partner_id: 'orderId' };

export function createInvoiceHandler(settings: OdooSettings): OperationHandler<typeof invoicePost> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await findInvoice(clientOf(call), call);
      if (found.kind !== 'invoice') return found;
      if (found.invoice === null) return { kind: 'not_found' };
      return { kind: found.invoice.state === 'posted' ? 'found' : 'unfinished', answer: found.invoice };
    },
    perform: (call) => perform(clientOf(call), call),
    verify: async (call, answer) => {
      const id = Number((answer as Row).id);
      const read = await clientOf(call).findOne('account.move', [['id', '=', id]], invoiceFields);
      if (read.kind !== 'row') return read;
      if (read.row === null) return { kind: 'answer_lost', message: `invoice ${id} could not be read back` };
      const { name, state, amount_total: total, currency_id: currency, date } = read.row;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(id), documentNumber: name, state, orderId: call.input.orderId },
          ...{ currency: nameOf(currency), total: amountText(total), accountingDate: date },
        },
      };
    },
  };
}

type FoundInvoice = { readonly kind: 'invoice'; readonly invoice: Row | null } | AdapterFailure;

/** The order's invoice, posted before draft. An order that is not there has none. */
async function findInvoice(client: OdooClient, { input }: Call): Promise<FoundInvoice> {
  const found = await findOrder(client, input.orderId);
  if (found.kind !== 'order') return found;
  if (found.order === null) return { kind: 'invoice', invoice: null };
  const invoices = await findInvoices(client, found.order, 'out_invoice');
  if (invoices.kind !== 'found') return invoices;
  const posted = invoices.rows.find(({ state }) => state === 'posted');
  return { kind: 'invoice', invoice: posted ?? invoices.rows[0] ?? null };
}

async function perform(client: OdooClient, call: Call): Promise<Performed> {
  const { orderId, invoiceDate, whenLocked } = call.input;
  const found = await findOrder(client, orderId);
  if (found.kind !== 'order') return found;
  if (found.order === null) return unknownOrder(orderId);
  const known = await findInvoice(client, call);
  if (known.kind !== 'invoice') return known;
  if (known.invoice?.state === 'posted') return { kind: 'performed', answer: known.invoice, already: true };
  const locked = await whyLocked(client, { day: invoiceDate, field: 'invoiceDate', whenLocked });
  if (locked !== null) return locked;
  const draft = known.invoice === null ? await makeDraft(client, call, Number(found.order.id)) : known;
  if (draft.kind !== 'invoice') return draft;
  if (draft.invoice === null)
    return { kind: 'answer_lost', message: 'Odoo invoiced the order and shows no invoice' };
  if (draft.invoice.state === 'posted') return { kind: 'performed', answer: draft.invoice, already: true };
  return post(client, call, draft.invoice);
}

async function makeDraft(client: OdooClient, call: Call, orderId: number): Promise<FoundInvoice> {
  const model = 'sale.advance.payment.inv';
  const context = { active_model: 'sale.order', active_ids: [orderId], active_id: orderId };
  const wizard = await client.create(model, { advance_payment_method: 'delivered' }, context);
  if (wizard.kind !== 'created') return wizard;
  const pressed = await client.press({ model, method: 'create_invoices', ids: [wizard.id], context });
  if (pressed.kind !== 'done' && pressed.kind !== 'done_before') return pressed;
  const found = await findInvoice(client, call);
  const isRefused = pressed.kind === 'done_before' && found.kind === 'invoice' && found.invoice === null;
  return isRefused ? pressed.refusal : found;
}

async function post(client: OdooClient, { input }: Call, draft: Row): Promise<Performed> {
  const id = Number(draft.id);
  const { total, currency, invoiceDate } = input;
  const actual = amountText(draft.amount_total);
  if (total !== undefined && Number(actual) !== Number(total))
    return refused('total_mismatch', `Odoo computes ${actual} for this invoice`, 'total');
  if (currency !== undefined && nameOf(draft.currency_id) !== currency)
    return refused('currency_mismatch', `the invoice is in ${nameOf(draft.currency_id)}`, 'currency');
  if (invoiceDate !== undefined) {
    const failure = await client.write('account.move', id, { invoice_date: invoiceDate, date: invoiceDate });
    if (failure !== null) return failure;
  }
  // Answers false where it has posted: only the state says it.
  const pressed = await client.press({ model: 'account.move', method: 'action_post', ids: [id] });
  if (pressed.kind === 'done') return { kind: 'performed', answer: draft };
  if (pressed.kind !== 'done_before') return pressed;
  const read = await client.findOne('account.move', [['id', '=', id]], invoiceFields);
  if (read.kind !== 'row') return read;
  const isPosted = read.row?.state === 'posted';
  return isPosted && read.row !== null
    ? { kind: 'performed', answer: read.row, already: true }
    : pressed.refusal;
}
