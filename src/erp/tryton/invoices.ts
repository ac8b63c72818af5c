// Invoices of Tryton as several operations see them, and how money meets them: payments of an order that came before its
// invoice wait as open lines and are reconciled once both come to the same amount.

import * as z from 'zod';
import { parseDecimal, rescale } from '../../core/money.ts';
import type { Attempting } from './attempting.ts';
import { createOne, readRow, search, type Tryton, update } from './tryton-calls.ts';
import { day, decimal, toDay } from './values.ts';

export const invoiceRow = z.object({
  id: z.number(),
  number: z.string().nullable(),
  description: z.string().nullable(),
  state: z.string(),
  party: z.number(),
  account: z.number(),
  total_amount: decimal,
  amount_to_pay: decimal,
  invoice_date: day.nullable(),
  accounting_date: day.nullable(),
  'currency.': z.object({ id: z.number(), code: z.string() }),
  'move.': z.object({ id: z.number(), date: day }).nullable(),
  'sales.': z.array(
    z.object({ id: z.number(), reference: z.string().nullable(), number: z.string().nullable() }),
  ),
  lines_to_pay: z.array(z.number()),
  payment_lines: z.array(z.number()),
});

export type Invoice = z.infer<typeof invoiceRow>;

export const isPosted = ({ state }: { readonly state: string }): boolean =>
  state === 'posted' || state === 'paid';

export const readInvoice = (tryton: Tryton, id: number): Attempting<Invoice> =>
  readRow(tryton, { model: 'account.invoice', id, row: invoiceRow });

export const moveLineRow = z.object({
  id: z.number(),
  debit: decimal,
  credit: decimal,
  date: day,
  account: z.number(),
  reconciliation: z.number().nullable(),
  description: z.string().nullable(),
});

export type MoveLine = z.infer<typeof moveLineRow>;

/** Decimals that a currency's books can have at most. */
const scale = 4;

/** In 1/10,000: exact, also below zero. */
export function toUnits(amount: string): bigint {
  const negative = amount.startsWith('-');
  const units =
    rescale(parseDecimal(negative ? amount.slice(1) : amount) ?? { value: 0n, scale: 0 }, scale) ?? 0n;
  return negative ? -units : units;
}

export const balanceOf = (lines: readonly Pick<MoveLine, 'debit' | 'credit'>[]): bigint =>
  lines.reduce((sum, { debit, credit }) => sum + toUnits(debit) - toUnits(credit), 0n);

/** Open lines that a payment of this order left on the customer's account. */
export async function* openPayments(
  tryton: Tryton,
  { orderId, account }: { readonly orderId: string; readonly account: number },
): Attempting<readonly MoveLine[]> {
  const where = [
    ['account', '=', account],
    ['reconciliation', '=', null],
    ['description', '=', orderId],
    ['move.state', '=', 'posted'],
    ['credit', '>', { __class__: 'Decimal', decimal: '0' }],
  ];
  return yield* search(tryton, { model: 'account.move.line', where, row: moveLineRow });
}

/**
 * Sets the payments of an order against its posted invoice: as part payments, and reconciled where nothing is left on
 * either side. What is reconciled already is left alone, so it may be repeated.
 */
export async function* settleInvoice(
  tryton: Tryton,
  invoiceId: number,
  orderId: string,
): Attempting<boolean> {
  const invoice = yield* readInvoice(tryton, invoiceId);
  if (invoice.state !== 'posted') return invoice.state === 'paid';
  const payments = yield* openPayments(tryton, { orderId, account: invoice.account });
  const fresh = payments.filter(({ id }) => !invoice.payment_lines.includes(id)).map(({ id }) => id);
  const due = yield* openLines(tryton, invoice.lines_to_pay);
  const known = yield* openLines(tryton, invoice.payment_lines);
  const paying = [...known, ...payments.filter(({ id }) => fresh.includes(id))];
  if (paying.length === 0) return false;
  if (balanceOf([...due, ...paying]) !== 0n) {
    // More than is due stays with the customer; less is a part payment, which the invoice then shows.
    const isPart = balanceOf([...due, ...paying]) > 0n && fresh.length > 0;
    const values = { payment_lines: [['add', fresh]] };
    if (isPart) yield* update(tryton, { model: 'account.invoice', ids: [invoiceId], values });
    return false;
  }
  yield* reconcile(tryton, [...due, ...paying]);
  return true;
}

export async function* openLines(tryton: Tryton, ids: readonly number[]): Attempting<readonly MoveLine[]> {
  if (ids.length === 0) return [];
  const where = [
    ['id', 'in', ids],
    ['reconciliation', '=', null],
  ];
  return yield* search(tryton, { model: 'account.move.line', where, row: moveLineRow });
}

/** Lines that come to nothing together. Dated as the latest of them. */
export async function* reconcile(tryton: Tryton, lines: readonly MoveLine[]): Attempting<number> {
  const date = lines.map((line) => line.date).reduce((latest, each) => (each > latest ? each : latest), '');
  const values = {
    company: tryton.company,
    date: toDay(date),
    lines: [['add', lines.map(({ id }) => id)]],
  };
  return yield* createOne(tryton, 'account.move.reconciliation', values);
}
