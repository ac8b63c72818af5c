// invoice.reconcile on Tryton: the payment's open line against the invoice's. What is left must be what the input says,
// and a small rest is written off only up to what it allows.

import { fromMinorUnits } from '../../core/money.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoiceReconcile } from '../../operations/invoicing.ts';
import { type Attempting, refuse } from './attempting.ts';
import {
  balanceOf,
  type Invoice,
  invoiceRow,
  type MoveLine,
  moveLineRow,
  openLines,
  readInvoice,
  reconcile,
  toUnits,
} from './invoices.ts';
import { companyCurrency } from './references.ts';
import type { Saga } from './saga.ts';
import { search, searchOne, type Tryton, update } from './tryton-calls.ts';

type Input = InputOf<typeof invoiceReconcile>;

export const invoiceReconcileSaga: Saga<Input> = {
  find: async function* (tryton, input) {
    const invoice = yield* requireInvoice(tryton, input);
    const [payment] = yield* paymentLines(tryton, input, invoice);
    if (payment === undefined) return null;
    const isMatched = payment.reconciliation !== null || invoice.payment_lines.includes(payment.id);
    return isMatched ? { id: invoice.id, isDone: true } : null;
  },
  begin: async function* (tryton, input) {
    const own = yield* companyCurrency(tryton);
    if (own.code !== input.currency) {
      yield* refuse('unsupported_currency', `must be the currency of the books, ${own.code}`, 'currency');
    }
    const invoice = yield* requireInvoice(tryton, input);
    const lines = yield* paymentLines(tryton, input, invoice);
    if (lines.length === 0) {
      yield* refuse('unknown_payment', `Tryton has no posted payment ${input.paymentId}`, 'paymentId');
    }
    yield* checkResidual(tryton, input, invoice);
    return invoice.id;
  },
  finish: async function* (tryton, input, id) {
    const invoice = yield* readInvoice(tryton, id);
    const paying = (yield* paymentLines(tryton, input, invoice)).filter(
      (line) => line.reconciliation === null,
    );
    if (paying.length === 0) return;
    const due = yield* openLines(tryton, [...invoice.lines_to_pay, ...invoice.payment_lines]);
    const all = [...due, ...paying.filter(({ id: line }) => !due.some((each) => each.id === line))];
    if (balanceOf(all) === 0n) return void (yield* reconcile(tryton, all));
    const values = { payment_lines: [['add', paying.map(({ id: line }) => line)]] };
    yield* update(tryton, { model: 'account.invoice', ids: [id], values });
  },
  show: async function* (tryton, input, id) {
    const invoice = yield* readInvoice(tryton, id);
    const [payment] = yield* paymentLines(tryton, input, invoice);
    const isMatched =
      payment !== undefined &&
      (payment.reconciliation !== null || invoice.payment_lines.includes(payment.id));
    return {
      documentId: String(payment?.reconciliation ?? id),
      documentNumber: invoice.number ?? `invoice ${id}`,
      state: isMatched ? 'reconciled' : 'open',
      paymentId: input.paymentId,
      orderId: invoice['sales.'][0]?.reference ?? null,
      invoiceNumber: invoice.number,
      currency: invoice['currency.'].code,
      residual: invoice.amount_to_pay,
      writtenOff: '0',
    };
  },
};

async function* requireInvoice(tryton: Tryton, { orderId, invoiceNumber }: Input): Attempting<Invoice> {
  const of =
    invoiceNumber === undefined ? ['sales.reference', '=', orderId ?? ''] : ['number', '=', invoiceNumber];
  const where = [
    of,
    ['type', '=', 'out'],
    ['company', '=', tryton.company],
    ['state', 'in', ['posted', 'paid']],
  ];
  const invoice = yield* searchOne(tryton, { model: 'account.invoice', where, row: invoiceRow });
  if (invoice !== null) return invoice;
  const field = invoiceNumber === undefined ? 'orderId' : 'invoiceNumber';
  const name = invoiceNumber ?? `of order ${orderId}`;
  return yield* refuse('unknown_invoice', `Tryton has no posted invoice ${name}`, field);
}

/** The customer's lines of the entry that payment.register made: its other line has the provider's id. */
async function* paymentLines(
  tryton: Tryton,
  { paymentId }: Input,
  { account }: Invoice,
): Attempting<readonly MoveLine[]> {
  const where = [
    ['move.lines.description', '=', paymentId],
    ['move.state', '=', 'posted'],
    ['account', '=', account],
    ['credit', '>', { __class__: 'Decimal', decimal: '0' }],
  ];
  return yield* search(tryton, { model: 'account.move.line', where, row: moveLineRow });
}

/** Found out before anything is matched: what would be left is what the input expects. */
async function* checkResidual(tryton: Tryton, input: Input, invoice: Invoice): Attempting<void> {
  const paying = yield* paymentLines(tryton, input, invoice);
  const due = yield* openLines(tryton, [...invoice.lines_to_pay, ...invoice.payment_lines]);
  const open = paying.filter(
    ({ id, reconciliation }) => reconciliation === null && !due.some((d) => d.id === id),
  );
  const left = balanceOf([...due, ...open]);
  const expected = toUnits(input.residual ?? '0');
  if (left === expected) return;
  const text = fromMinorUnits(left / 100n, 'EUR');
  if (input.writeOffUpTo !== undefined) {
    const rule = `${text} would be left: a write-off is a decision of accounting, made in Tryton itself`;
    return yield* refuse('unsupported', rule, 'writeOffUpTo');
  }
  yield* refuse('residual_differs', `${text} would be left to pay`, 'residual');
}
