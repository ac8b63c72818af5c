// payment.register on Odoo: the wizard that pays an invoice, with the payment's id as its memo, by which it is found again. An order
// without a posted invoice takes the money as a prepayment.

import type { ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { whyLocked } from './orders.ts';
import { findPayment, findPostedInvoice, postedPaymentStates, unknownInvoice } from './payments.ts';
import { postPayment, prepay } from './prepayment.ts';
import { amountText, nameOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof paymentRegister>>;

const fieldNames = {
  amount: 'amount',
  currency_id: 'currency',
  payment_date: 'paidAt',
  date: 'paidAt',
  partner_id: 'orderId',
  journal_id: 'method',
};

export function createPaymentHandler(settings: OdooSettings): OperationHandler<typeof paymentRegister> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  const find = (call: Call) => findPayment(clientOf(call), call.input.paymentId);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await find(call);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'not_found' };
      return { kind: found.row.state === 'draft' ? 'unfinished' : 'found', answer: found.row };
    },
    perform: (call, unfinished) =>
      unfinished === null ? perform(clientOf(call), call) : postPayment(clientOf(call), unfinished as Row),
    verify: async (call) => {
      const found = await find(call);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'answer_lost', message: 'the payment could not be read back' };
      const { id, name, state, amount, currency_id: currency, date } = found.row;
      const { paymentId, orderId = null } = call.input;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(id), documentNumber: name || String(id), paymentId, orderId },
          ...{ state: postedPaymentStates.includes(String(state)) ? 'posted' : state },
          ...{ currency: nameOf(currency), amount: amountText(amount), accountingDate: date || null },
        },
      };
    },
  };
}

async function perform(client: OdooClient, call: Call): Promise<Performed> {
  const { orderId, invoiceNumber, paidAt, whenLocked, paymentId } = call.input;
  const day = paidAt.slice(0, 10);
  const found = await findPostedInvoice(client, { orderId, invoiceNumber });
  if (found.kind !== 'invoice') return found;
  const locked = await whyLocked(client, { day, field: 'paidAt', whenLocked });
  if (locked !== null) return locked;
  const done = await pay(client, { call, day, invoice: found.invoice });
  if (done.kind !== 'rejected') return done;
  // "Nothing left to pay" may mean that this payment has paid it.
  const known = await findPayment(client, paymentId);
  if (known.kind !== 'row') return known;
  const isDone = known.row !== null && known.row.state !== 'draft';
  return isDone ? { kind: 'performed', answer: known.row, already: true } : done;
}

type Paying = { readonly call: Call; readonly day: string; readonly invoice: Row | null };

async function pay(client: OdooClient, { call, day, invoice }: Paying): Promise<Performed> {
  const { amount, paymentId, currency, orderId, invoiceNumber } = call.input;
  if (invoice === null) {
    const isPrepaid = orderId !== undefined && invoiceNumber === undefined;
    if (!isPrepaid) return unknownInvoice({ orderId, invoiceNumber });
    return prepay(client, { orderId, paymentId, amount, currency, day });
  }
  if (nameOf(invoice.currency_id) !== currency) {
    const message = `${String(invoice.name)} is in ${nameOf(invoice.currency_id)}`;
    return refused('currency_mismatch', message, 'currency');
  }
  const model = 'account.payment.register';
  const context = { active_model: 'account.move', active_ids: [Number(invoice.id)] };
  const { paymentJournal } = client.settings;
  const values = {
    ...{ amount: Number(amount), communication: paymentId, payment_date: day },
    ...(paymentJournal === undefined ? {} : { journal_id: paymentJournal }),
  };
  // What is paid already is said when the wizard is made, or when its button is pressed.
  const wizard = await client.create(model, values, context);
  if (wizard.kind !== 'created') return wizard;
  const pressed = await client.press({ model, method: 'action_create_payments', ids: [wizard.id], context });
  if (pressed.kind === 'done_before') return pressed.refusal;
  return pressed.kind === 'done' ? { kind: 'performed', answer: { id: pressed.createdId } } : pressed;
}
