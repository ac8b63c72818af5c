// payment.register on Odoo: the wizard that pays an invoice, with the payment's id as its memo, by which it is found again. Odoo
// takes no money for an order without an invoice here: that is refused, and said.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import { createOdooClient, type FoundOne, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findInvoices, findOrder, invoiceFields, unknownOrder } from './orders.ts';
import { amountText, nameOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof paymentRegister>>;

const fieldNames = {
  amount: 'amount',
  currency_id: 'currency',
  payment_date: 'paidAt',
  journal_id: 'method',
};

/** Up to Odoo 17 it is `posted`. */
const postedStates = ['posted', 'in_process', 'paid'];

export function createPaymentHandler(settings: OdooSettings): OperationHandler<typeof paymentRegister> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await findPayment(clientOf(call), settings, call);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'not_found' };
      return { kind: found.row.state === 'draft' ? 'unfinished' : 'found', answer: found.row };
    },
    perform: (call, unfinished) =>
      perform(clientOf(call), { settings, call, draft: unfinished as Row | null }),
    verify: async (call) => {
      const found = await findPayment(clientOf(call), settings, call);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'answer_lost', message: 'the payment could not be read back' };
      const { id, name, state, amount, currency_id: currency } = found.row;
      const { paymentId, orderId = null } = call.input;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(id), documentNumber: name || String(id), paymentId, orderId },
          ...{ state: postedStates.includes(String(state)) ? 'posted' : state },
          ...{ currency: nameOf(currency), amount: amountText(amount) },
        },
      };
    },
  };
}

function findPayment(
  client: OdooClient,
  { paymentMemoField: memo }: OdooSettings,
  { input }: Call,
): Promise<FoundOne> {
  const domain = [
    [memo, '=', input.paymentId],
    ['state', 'not in', ['canceled', 'cancelled', 'rejected']],
  ];
  return client.findOne('account.payment', domain, ['name', 'state', 'amount', 'currency_id', memo]);
}

type Paying = { readonly settings: OdooSettings; readonly call: Call; readonly draft: Row | null };

async function perform(client: OdooClient, { settings, call, draft }: Paying): Promise<Performed> {
  const { amount, paidAt, paymentId, currency } = call.input;
  if (draft !== null) return postDraft(client, draft);
  const found = await findOpenInvoice(client, call);
  if (found.kind !== 'invoice') return found;
  const { invoice } = found;
  if (nameOf(invoice.currency_id) !== currency)
    return refused(
      'currency_mismatch',
      `${String(invoice.name)} is in ${nameOf(invoice.currency_id)}`,
      'currency',
    );
  const model = 'account.payment.register';
  const context = { active_model: 'account.move', active_ids: [Number(invoice.id)] };
  const values = {
    ...{ amount: Number(amount), communication: paymentId, payment_date: paidAt.slice(0, 10) },
    ...(settings.paymentJournal === undefined ? {} : { journal_id: settings.paymentJournal }),
  };
  const wizard = await client.create(model, values, context);
  // What is paid already is said when the wizard is made, or when its button is pressed.
  const pressed =
    wizard.kind === 'created'
      ? await client.press({ model, method: 'action_create_payments', ids: [wizard.id], context })
      : wizard;
  if (pressed.kind === 'done') return { kind: 'performed', answer: { id: pressed.createdId } };
  const refusal = pressed.kind === 'done_before' ? pressed.refusal : pressed;
  if (refusal.kind !== 'rejected') return refusal;
  const known = await findPayment(client, settings, call);
  if (known.kind !== 'row') return known;
  return known.row === null ? refusal : { kind: 'performed', answer: known.row, already: true };
}

async function postDraft(client: OdooClient, draft: Row): Promise<Performed> {
  const pressed = await client.press({
    model: 'account.payment',
    method: 'action_post',
    ids: [Number(draft.id)],
  });
  if (pressed.kind === 'done_before') return pressed.refusal;
  return pressed.kind === 'done' ? { kind: 'performed', answer: draft } : pressed;
}

type OpenInvoice = { readonly kind: 'invoice'; readonly invoice: Row } | AdapterFailure;

/** The posted invoice that is meant: one with something left to pay before one without. */
async function findOpenInvoice(client: OdooClient, { input }: Call): Promise<OpenInvoice> {
  const { orderId, invoiceNumber } = input;
  const found = await findPosted(client, { orderId, invoiceNumber });
  if (found.kind !== 'found') return found;
  const named = found.rows.filter(({ name }) => invoiceNumber === undefined || name === invoiceNumber);
  const posted = named.filter(({ state }) => state === 'posted');
  const open = posted.find(({ amount_residual: residual }) => typeof residual === 'number' && residual > 0);
  const invoice = open ?? posted[0];
  if (invoice !== undefined) return { kind: 'invoice', invoice };
  const field = invoiceNumber === undefined ? 'orderId' : 'invoiceNumber';
  return refused('unknown_invoice', 'Odoo has no posted invoice to pay', field);
}

async function findPosted(
  client: OdooClient,
  { orderId, invoiceNumber }: { orderId: string | undefined; invoiceNumber: string | undefined },
) {
  if (orderId === undefined) {
    const domain = [
      ['name', '=', invoiceNumber ?? ''],
      ['move_type', '=', 'out_invoice'],
    ];
    return client.find('account.move', domain, invoiceFields);
  }
  const order = await findOrder(client, orderId);
  if (order.kind !== 'order') return order;
  return order.order === null ? unknownOrder(orderId) : findInvoices(client, order.order, 'out_invoice');
}
