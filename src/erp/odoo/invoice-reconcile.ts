// invoice.reconcile on Odoo: the open line of a payment is put against an invoice, as the button of the invoice does it. What would
// be left is worked out before. May not write anything off: Odoo does that in the payment wizard only.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoiceReconcile } from '../../operations/invoicing.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findPayment, findPostedInvoice, unknownInvoice } from './payments.ts';
import { amountText, nameOf, numbersOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof invoiceReconcile>>;

type Pair = { readonly kind: 'pair'; readonly payment: Row; readonly invoice: Row } | AdapterFailure;

export function createReconcileHandler(settings: OdooSettings): OperationHandler<typeof invoiceReconcile> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings);
  return {
    lookup: async (call): Promise<Lookup> => {
      const pair = await findPair(clientOf(call), call);
      if (pair.kind === 'rejected') return { kind: 'not_found' };
      if (pair.kind !== 'pair') return pair;
      return isMatched(pair) ? { kind: 'found', answer: pair.payment } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const client = clientOf(call);
      const pair = await findPair(client, call);
      if (pair.kind !== 'pair') return pair;
      if (isMatched(pair)) return { kind: 'performed', answer: pair.payment, already: true };
      return match(client, call, pair);
    },
    verify: async (call) => {
      const pair = await findPair(clientOf(call), call);
      if (pair.kind !== 'pair') return pair;
      const { payment, invoice } = pair;
      const { paymentId, orderId = null } = call.input;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(payment.id), documentNumber: payment.name || String(payment.id) },
          ...{ state: isMatched(pair) ? 'reconciled' : 'open', paymentId, orderId },
          ...{ invoiceNumber: invoice.name, currency: nameOf(invoice.currency_id) },
          ...{ residual: amountText(invoice.amount_residual), writtenOff: '0' },
        },
      };
    },
  };
}

function isMatched({ payment, invoice }: { readonly payment: Row; readonly invoice: Row }): boolean {
  return numbersOf(payment.reconciled_invoice_ids).includes(Number(invoice.id));
}

/** The payment and its invoice; of several posted invoices of an order the one it is matched with. */
async function findPair(client: OdooClient, { input }: Call): Promise<Pair> {
  const { paymentId, orderId, invoiceNumber } = input;
  const payment = await findPayment(client, paymentId);
  if (payment.kind !== 'row') return payment;
  if (payment.row === null || payment.row.state === 'draft')
    return refused('unknown_payment', `Odoo has no posted payment ${paymentId}`, 'paymentId');
  const matched = numbersOf(payment.row.reconciled_invoice_ids);
  const found = await findPostedInvoice(client, { orderId, invoiceNumber }, matched);
  if (found.kind !== 'invoice') return found;
  if (found.invoice === null) return unknownInvoice({ orderId, invoiceNumber });
  return { kind: 'pair', payment: payment.row, invoice: found.invoice };
}

async function match(
  client: OdooClient,
  { input }: Call,
  { payment, invoice }: { readonly payment: Row; readonly invoice: Row },
): Promise<Performed> {
  if (nameOf(invoice.currency_id) !== input.currency) {
    const message = `${String(invoice.name)} is in ${nameOf(invoice.currency_id)}`;
    return refused('currency_mismatch', message, 'currency');
  }
  const domain = [
    ['payment_id', '=', Number(payment.id)],
    ['account_type', '=', 'asset_receivable'],
    ['reconciled', '=', false],
  ];
  const line = await client.findOne('account.move.line', domain, ['amount_residual_currency']);
  if (line.kind !== 'row') return line;
  if (line.row === null)
    return refused('payment_used', `${String(payment.name)} is matched with something else`, 'paymentId');
  const differs = whyNotMatched(input, invoice, line.row);
  if (differs !== null) return differs;
  const pressed = await client.press({
    ...{ model: 'account.move', method: 'js_assign_outstanding_line', ids: [Number(invoice.id)] },
    args: { line_id: Number(line.row.id) },
  });
  if (pressed.kind === 'done_before') return pressed.refusal;
  return pressed.kind === 'done' ? { kind: 'performed', answer: payment } : pressed;
}

/** Found out before anything is matched: what would be left is what the input expects. */
function whyNotMatched({ residual = '0', writeOffUpTo }: Call['input'], invoice: Row, line: Row) {
  const open = Math.abs(Number(line.amount_residual_currency));
  const left = Math.max(0, Number((Number(invoice.amount_residual) - open).toFixed(6)));
  if (left === Number(residual)) return null;
  const message = `${left} would be left to pay`;
  return writeOffUpTo === undefined
    ? refused('residual_differs', message, 'residual')
    : refused('write_off_unsupported', `${message}: Odoo writes off when it registers`, 'writeOffUpTo');
}
