// invoice.post on Odoo: the wizard that invoices an order, then the posting. A draft that is there is posted, never made again;
// "nothing to invoice" and "must be in draft" are read before they are believed.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findInvoices, findOrder, invoiceFields, unknownOrder, whyLocked } from './orders.ts';
import { amountText, nameOf, type Row } from './read-odoo.ts';

type Input = InputOf<typeof invoicePost>;
type Call = ErpCall<Input>;

export const invoiceFieldNames = { invoice_date: 'invoiceDate', date: 'invoiceDate', partner_id: 'orderId' };

export function createInvoiceHandler(settings: OdooSettings): OperationHandler<typeof invoicePost> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, invoiceFieldNames);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await findInvoice(clientOf(call), call.input.orderId);
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
      return { kind: 'verified', output: showInvoice(read.row, call.input.orderId) };
    },
  };
}

export function showInvoice(
  { id, name, state, amount_total: total, currency_id: currency, date }: Row,
  orderId: string,
) {
  return {
    ...{ documentId: String(id), documentNumber: name, state, orderId },
    ...{ currency: nameOf(currency), total: amountText(total), accountingDate: date },
  };
}

type FoundInvoice = { readonly kind: 'invoice'; readonly invoice: Row | null } | AdapterFailure;

/** The order's invoice, posted before draft. An order that is not there has none. */
export async function findInvoice(client: OdooClient, orderId: string): Promise<FoundInvoice> {
  const found = await findOrder(client, orderId);
  if (found.kind !== 'order') return found;
  if (found.order === null) return { kind: 'invoice', invoice: null };
  const invoices = await findInvoices(client, found.order, 'out_invoice');
  if (invoices.kind !== 'found') return invoices;
  const posted = invoices.rows.find(({ state }) => state === 'posted');
  return { kind: 'invoice', invoice: posted ?? invoices.rows[0] ?? null };
}

async function perform(client: OdooClient, call: Call): Promise<Performed> {
  const ready = await prepareInvoice(client, call.input);
  if (ready.kind !== 'ready') return ready;
  const { invoice } = ready;
  if (ready.isPosted) return { kind: 'performed', answer: invoice, already: true };
  const id = Number(invoice.id);
  // Answers false where it has posted: only the state says it.
  const pressed = await client.press({ model: 'account.move', method: 'action_post', ids: [id] });
  if (pressed.kind === 'done') return { kind: 'performed', answer: invoice };
  if (pressed.kind !== 'done_before') return pressed;
  const read = await client.findOne('account.move', [['id', '=', id]], invoiceFields);
  if (read.kind !== 'row') return read;
  const isPosted = read.row?.state === 'posted';
  return isPosted && read.row !== null
    ? { kind: 'performed', answer: read.row, already: true }
    : pressed.refusal;
}

export type ReadyInvoice =
  | { readonly kind: 'ready'; readonly invoice: Row; readonly isPosted: boolean }
  | AdapterFailure;

/** The invoice with all that comes before its posting done: made, looked at, dated. */
export async function prepareInvoice(client: OdooClient, input: Input): Promise<ReadyInvoice> {
  const { orderId, invoiceDate, whenLocked } = input;
  const found = await findOrder(client, orderId);
  if (found.kind !== 'order') return found;
  if (found.order === null) return unknownOrder(orderId);
  const known = await findInvoice(client, orderId);
  if (known.kind !== 'invoice') return known;
  if (known.invoice?.state === 'posted') return { kind: 'ready', invoice: known.invoice, isPosted: true };
  const locked = await whyLocked(client, { day: invoiceDate, field: 'invoiceDate', whenLocked });
  if (locked !== null) return locked;
  const draft = known.invoice === null ? await makeDraft(client, orderId, Number(found.order.id)) : known;
  if (draft.kind !== 'invoice') return draft;
  const { invoice } = draft;
  if (invoice === null)
    return { kind: 'answer_lost', message: 'Odoo invoiced the order and shows no invoice' };
  if (invoice.state === 'posted') return { kind: 'ready', invoice, isPosted: true };
  const failure = whyNotPosted(input, invoice) ?? (await setDay(client, invoice, invoiceDate));
  return failure ?? { kind: 'ready', invoice, isPosted: false };
}

async function makeDraft(client: OdooClient, orderId: string, id: number): Promise<FoundInvoice> {
  const model = 'sale.advance.payment.inv';
  const context = { active_model: 'sale.order', active_ids: [id], active_id: id };
  const wizard = await client.create(model, { advance_payment_method: 'delivered' }, context);
  if (wizard.kind !== 'created') return wizard;
  const pressed = await client.press({ model, method: 'create_invoices', ids: [wizard.id], context });
  if (pressed.kind !== 'done' && pressed.kind !== 'done_before') return pressed;
  const found = await findInvoice(client, orderId);
  const isRefused = pressed.kind === 'done_before' && found.kind === 'invoice' && found.invoice === null;
  return isRefused ? pressed.refusal : found;
}

function whyNotPosted({ total, currency }: Input, draft: Row): AdapterFailure | null {
  const actual = amountText(draft.amount_total);
  if (total !== undefined && Number(actual) !== Number(total))
    return refused('total_mismatch', `Odoo computes ${actual} for this invoice`, 'total');
  if (currency !== undefined && nameOf(draft.currency_id) !== currency)
    return refused('currency_mismatch', `the invoice is in ${nameOf(draft.currency_id)}`, 'currency');
  return null;
}

async function setDay(
  client: OdooClient,
  { id }: Row,
  day: string | undefined,
): Promise<AdapterFailure | null> {
  return day === undefined
    ? null
    : client.write('account.move', Number(id), { invoice_date: day, date: day });
}
