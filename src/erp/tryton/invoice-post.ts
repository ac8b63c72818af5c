// invoice.post on Tryton: the draft that the confirmed sale made gets its key and its day, is posted, and meets the
// payments that came before it.

import type { JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { type Invoice, isPosted, readInvoice, settleInvoice, toUnits } from './invoices.ts';
import { findPostingDay } from './references.ts';
import type { Saga } from './saga.ts';
import { findSale, requireSale } from './sales.ts';
import { type Tryton, update } from './tryton-calls.ts';
import { toDay } from './values.ts';

type Input = InputOf<typeof invoicePost>;

export const invoicePostSaga: Saga<Input> = {
  find: async function* (tryton, { orderId }) {
    const sale = yield* findSale(tryton, orderId);
    if (sale === null) return null;
    const invoices = sale['invoices.'].filter(({ state }) => state !== 'cancelled');
    const open = invoices.find((invoice) => !isPosted(invoice));
    if (open === undefined) {
      const [posted] = invoices;
      return posted === undefined ? null : { id: posted.id, isDone: true };
    }
    const invoice = yield* readInvoice(tryton, open.id);
    return invoice.description === tryton.key ? { id: open.id, isDone: false } : null;
  },
  begin: (tryton, input) => beginInvoice(tryton, input),
  finish: async function* (tryton, { orderId }, id) {
    yield* postInvoice(tryton, id);
    yield* settleInvoice(tryton, id, orderId);
  },
  show: async function* (tryton, _input, id) {
    return showInvoice(yield* readInvoice(tryton, id));
  },
};

/** The draft of the order, with the key and the day. */
export async function* beginInvoice(tryton: Tryton, input: Input): Attempting<number> {
  const { orderId, invoiceDate, whenLocked, total } = input;
  const sale = yield* requireSale(tryton, orderId);
  const draft = sale['invoices.'].find(({ state }) => state === 'draft' || state === 'validated');
  if (draft === undefined) {
    const message = `order ${orderId} holds nothing to invoice`;
    return yield* refuse('nothing_to_invoice', message, 'orderId');
  }
  if (total !== undefined) yield* checkTotal(tryton, draft.id, total);
  const wanted = { date: invoiceDate ?? '', whenLocked, field: 'invoiceDate' };
  const posting = invoiceDate === undefined ? null : yield* findPostingDay(tryton, wanted);
  const values = {
    description: tryton.key,
    reference: orderId,
    ...(posting === null ? {} : { invoice_date: toDay(posting.date) }),
  };
  yield* update(tryton, { model: 'account.invoice', ids: [draft.id], values });
  return draft.id;
}

/** Found out before it is posted, when it can still be changed. */
async function* checkTotal(tryton: Tryton, id: number, total: string): Attempting<void> {
  const { total_amount: amount } = yield* readInvoice(tryton, id);
  if (toUnits(amount) !== toUnits(total)) {
    yield* refuse('total_differs', `the order's invoice comes to ${amount}, not ${total}`, 'total');
  }
}

export async function* postInvoice(tryton: Tryton, id: number): Attempting<void> {
  const steps = [{ from: ['draft', 'validated'], button: 'post' }];
  yield* advance(tryton, { model: 'account.invoice', id, steps });
}

export function showInvoice(invoice: Invoice): JsonValue {
  const { id, number, 'sales.': sales, 'move.': move } = invoice;
  return {
    documentId: String(id),
    documentNumber: number ?? `invoice ${id}`,
    state: isPosted(invoice) ? 'posted' : invoice.state,
    orderId: sales[0]?.reference ?? null,
    currency: invoice['currency.'].code,
    total: invoice.total_amount,
    accountingDate: move?.date ?? invoice.accounting_date ?? invoice.invoice_date,
  };
}
