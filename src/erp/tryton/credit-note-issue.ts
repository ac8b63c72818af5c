// credit_note.issue on Tryton: a return sale over what is given back, its credit note posted; with `restock` its goods
// received as well. What goes beyond the lines is a line of the service product for refunds or shipping.

import type { JsonObject } from '../../core/json.ts';
import { fromMinorUnits, toMinorUnits } from '../../core/money.ts';
import type { InputOf } from '../../core/operation.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import { type Attempting, fail, refuse } from './attempting.ts';
import { postInvoice } from './invoice-post.ts';
import { isPosted, readInvoice, toUnits } from './invoices.ts';
import { findPostingDay, findProducts, productOf } from './references.ts';
import {
  areGoodsHome,
  bringHome,
  checkReturned,
  createReturn,
  findReturn,
  openReturn,
  readSale,
} from './return-sale.ts';
import type { Saga } from './saga.ts';
import { toLine } from './sale-confirm.ts';
import { goodsOf, type Sale } from './sales.ts';
import { type Tryton, update } from './tryton-calls.ts';
import { spreadAmount } from './unit-price.ts';
import { toDay } from './values.ts';

type Input = InputOf<typeof creditNoteIssue>;

export const creditNoteIssueSaga: Saga<Input> = {
  find: async function* (tryton) {
    const back = yield* findReturn(tryton);
    if (back === null) return null;
    const notes = back['invoices.'];
    return { id: back.id, isDone: areGoodsHome(back) && notes.length > 0 && notes.every(isPosted) };
  },
  begin: async function* (tryton, input) {
    const { sale, earlier } = yield* openReturn(tryton, input.orderId);
    yield* checkCredit(tryton, input, { sale, earlier });
    const isShipped = input.restock === true;
    const lines = input.lines ?? [];
    if (isShipped) yield* checkReturned(tryton, { sale, earlier, lines });
    if (input.postingDate !== undefined) yield* postingDay(tryton, input, input.postingDate);
    const back = { reference: input.refundId, isInvoiced: true, isShipped, comment: input.reason };
    return yield* createReturn(tryton, sale, { ...back, lines: yield* toLines(tryton, input) });
  },
  finish: async function* (tryton, input, id) {
    const back = yield* bringHome(tryton, id);
    const note = yield* noteOf(back);
    if (note.state === 'draft') {
      const posting =
        input.postingDate === undefined ? null : yield* postingDay(tryton, input, input.postingDate);
      const date = posting === null ? {} : { invoice_date: toDay(posting.date) };
      const values = { description: tryton.key, reference: input.refundId, ...date };
      yield* update(tryton, { model: 'account.invoice', ids: [note.id], values });
    }
    yield* postInvoice(tryton, note.id);
  },
  show: async function* (tryton, { orderId }, id) {
    const back = yield* readSale(tryton, id);
    const note = yield* readInvoice(tryton, (yield* noteOf(back)).id);
    const origin = yield* readSale(tryton, Number(back.origin?.split(',')[1]));
    const homes = back['shipment_returns.'];
    return {
      documentId: String(note.id),
      documentNumber: note.number ?? `invoice ${note.id}`,
      state: isPosted(note) ? 'posted' : note.state,
      refundId: back.reference,
      orderId: origin.reference ?? orderId,
      currency: note['currency.'].code,
      amount: note.total_amount.replace(/^-/, ''),
      restocked: homes.length > 0 && homes.every(({ state }) => state === 'done'),
      lines: goodsOf(tryton, back),
      accountingDate: note['move.']?.date ?? note.invoice_date,
    };
  },
};

async function* noteOf(back: Sale): Attempting<{ readonly id: number; readonly state: string }> {
  const note = back['invoices.'].find(({ state }) => state !== 'cancelled');
  if (note !== undefined) return note;
  const issues = [{ path: '$.invoices', expected: 'the credit note of the return', actual: 'none' }];
  return yield* fail({ kind: 'contract_broken', issues });
}

const postingDay = (tryton: Tryton, { whenLocked }: Input, date: string) =>
  findPostingDay(tryton, { date, whenLocked, field: 'postingDate' });

/** Gives back no more than was invoiced, all credit notes together. */
async function* checkCredit(
  tryton: Tryton,
  { amount, orderId, currency }: Input,
  { sale, earlier }: { sale: Sale; earlier: readonly Sale[] },
): Attempting<void> {
  const posted = sale['invoices.'].filter(isPosted);
  if (posted.length === 0) {
    yield* refuse('nothing_invoiced', `order ${orderId} has no posted invoice to credit`, 'orderId');
  }
  if (sale['currency.'].code !== currency) {
    yield* refuse(
      'invalid_input',
      `must be ${sale['currency.'].code}, the currency of the order`,
      'currency',
    );
  }
  let left = 0n;
  for (const { id } of posted) left += toUnits((yield* readInvoice(tryton, id)).total_amount);
  // Totals of returns are negative.
  for (const back of earlier.filter((each) => each['invoices.'].length > 0))
    left += toUnits(back.total_amount);
  if (toUnits(amount) > left) {
    const message = `only ${Number(left) / 10_000} of order ${orderId} are left to credit`;
    yield* refuse('credit_exceeds_invoice', message, 'amount');
  }
}

async function* toLines(tryton: Tryton, input: Input): Attempting<readonly JsonObject[]> {
  const { currency, lines = [], remainder = 'goodwill' } = input;
  const { shipping, refund } = tryton.options.products;
  const restCode = remainder === 'shipping' ? shipping : refund;
  const priced = lines.map((line) => ({ ...line, ...spreadAmount(line.amount, line.quantity, currency) }));
  const minorUnits = (amount: string): bigint => toMinorUnits(amount, currency) ?? 0n;
  const rest = priced.reduce((left, line) => left - minorUnits(line.amount), minorUnits(input.amount));
  const restAmount = fromMinorUnits(rest, currency);
  const hasRest = rest > 0n;
  const products = yield* findProducts(tryton, [
    ...lines.map(({ sku }, index) => ({ code: sku, field: `lines[${index}].sku` })),
    ...(hasRest ? [{ code: restCode, field: 'amount' }] : []),
  ]);
  const goods = priced.map(({ sku, quantity, unitPrice, lineId }) =>
    toLine(productOf(products, sku), { quantity: -quantity, price: unitPrice, note: lineId }),
  );
  return hasRest
    ? [...goods, toLine(productOf(products, restCode), { quantity: -1, price: restAmount })]
    : goods;
}
