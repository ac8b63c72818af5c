// payment.register on Tryton: a journal entry of the payment method's journal that carries the key, posted, and set against
// the order's invoice where there is one. Without an invoice it is a prepayment: an open line on the customer's account.

import * as z from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { isPosted, moveLineRow, settleInvoice } from './invoices.ts';
import { companyCurrency, findPostingDay } from './references.ts';
import type { Saga } from './saga.ts';
import { findSale, isCancelled } from './sales.ts';
import { createOne, readRow, search, searchOne, type Tryton } from './tryton-calls.ts';
import { day, toDay, toDecimal } from './values.ts';

type Input = InputOf<typeof paymentRegister>;

const moveRow = z.object({
  id: z.number(),
  number: z.string(),
  post_number: z.string().nullable(),
  state: z.string(),
  date: day,
});

export const paymentRegisterSaga: Saga<Input> = {
  find: async function* (tryton, input) {
    const where = [
      ['description', '=', tryton.key],
      ['company', '=', tryton.company],
    ];
    const move = yield* searchOne(tryton, { model: 'account.move', where, row: moveRow });
    if (move === null) return null;
    return { id: move.id, isDone: move.state === 'posted' && (yield* isSettled(tryton, input)) };
  },
  begin: async function* (tryton, input) {
    const { paymentId, amount, currency } = input;
    const own = yield* companyCurrency(tryton);
    if (own.code !== currency) {
      const message = `must be the currency of the books, ${own.code}: its rate is for accounting to say`;
      return yield* refuse('unsupported_currency', message, 'currency');
    }
    const wanted = { date: input.paidAt.slice(0, 10), whenLocked: input.whenLocked, field: 'paidAt' };
    const { date, period } = yield* findPostingDay(tryton, wanted);
    const method = yield* findMethod(tryton);
    const payer = yield* findPayer(tryton, input);
    const line = (values: JsonObject) => ({ debit: toDecimal('0'), credit: toDecimal('0'), ...values });
    return yield* createOne(tryton, 'account.move', {
      company: tryton.company,
      journal: method.journal,
      period,
      date: toDay(date),
      description: tryton.key,
      lines: [
        [
          'create',
          [
            line({ account: method.debit_account, debit: toDecimal(amount), description: paymentId }),
            line({
              account: payer.account,
              party: payer.party,
              credit: toDecimal(amount),
              description: payer.reference,
            }),
          ],
        ],
      ],
    });
  },
  finish: async function* (tryton, input, id) {
    const steps = [{ from: ['draft'], button: 'post' }];
    yield* advance(tryton, { model: 'account.move', id, steps });
    const invoice = yield* findInvoice(tryton, input);
    if (invoice !== null && isPosted(invoice)) yield* settleInvoice(tryton, invoice.id, referenceOf(input));
  },
  show: async function* (tryton, { orderId, currency }, id) {
    const move = yield* readRow(tryton, { model: 'account.move', id, row: moveRow });
    const where = [['move', '=', id]];
    const lines = yield* search(tryton, { model: 'account.move.line', where, row: moveLineRow });
    const money = lines.find(({ debit }) => Number(debit) > 0);
    const own = yield* companyCurrency(tryton);
    return {
      documentId: String(id),
      documentNumber: move.post_number ?? move.number,
      state: move.state,
      paymentId: money?.description ?? null,
      orderId:
        orderId === undefined ? null : (lines.find(({ credit }) => Number(credit) > 0)?.description ?? null),
      currency: own.code === currency ? currency : own.code,
      amount: money?.debit ?? '0',
      accountingDate: move.date,
    };
  },
};

/** What the customer's line says it is for: the order, or the invoice where only that is known. */
const referenceOf = ({ orderId, invoiceNumber = '' }: Input): string => orderId ?? invoiceNumber;

const methodRow = z.object({ id: z.number(), journal: z.number(), debit_account: z.number() });

async function* findMethod(tryton: Tryton): Attempting<z.infer<typeof methodRow>> {
  const { paymentMethod: name } = tryton.options;
  const where = [['company', '=', tryton.company], ...(name === undefined ? [] : [['name', '=', name]])];
  const query = { model: 'account.invoice.payment.method', where, row: methodRow };
  const method = yield* searchOne(tryton, query);
  const message = `Tryton has no invoice payment method${name === undefined ? '' : ` ${name}`}`;
  return method ?? (yield* refuse('unknown_payment_method', message, 'method'));
}

const invoiceRow = z.object({ id: z.number(), state: z.string(), party: z.number(), account: z.number() });

type PaidInvoice = z.infer<typeof invoiceRow>;

/** The invoice that is paid: the named one, else the order's. */
async function* findInvoice(
  tryton: Tryton,
  { orderId, invoiceNumber }: Input,
): Attempting<PaidInvoice | null> {
  const of =
    invoiceNumber === undefined
      ? [['sales.reference', '=', orderId ?? '']]
      : [['number', '=', invoiceNumber]];
  const where = [...of, ['type', '=', 'out'], ['company', '=', tryton.company], ['state', '!=', 'cancelled']];
  return yield* searchOne(tryton, { model: 'account.invoice', where, row: invoiceRow });
}

type Payer = { readonly party: number; readonly account: number; readonly reference: string };

const configurationRow = z.object({ id: z.number(), default_account_receivable: z.number().nullable() });

async function* findPayer(tryton: Tryton, input: Input): Attempting<Payer> {
  const reference = referenceOf(input);
  const invoice = yield* findInvoice(tryton, input);
  if (invoice !== null) return { party: invoice.party, account: invoice.account, reference };
  if (input.orderId === undefined) {
    const message = `Tryton has no invoice ${input.invoiceNumber}`;
    return yield* refuse('unknown_invoice', message, 'invoiceNumber');
  }
  const sale = yield* findSale(tryton, input.orderId);
  if (sale === null || isCancelled(sale)) {
    const message = `Tryton has no sale of order ${input.orderId} that could be paid`;
    return yield* refuse('unknown_order', message, 'orderId');
  }
  const row = configurationRow;
  const settings = yield* readRow(tryton, { model: 'account.configuration', id: 1, row });
  const account = settings.default_account_receivable;
  if (account !== null) return { party: sale.party, account, reference };
  return yield* refuse('no_account', 'Tryton has no default receivable account', 'orderId');
}

/** Whether nothing is left to be set against the invoice. A prepayment waits for its invoice and is done. */
async function* isSettled(tryton: Tryton, input: Input): Attempting<boolean> {
  const invoice = yield* findInvoice(tryton, input);
  if (invoice === null || invoice.state !== 'posted') return true;
  const where = [
    ['move.description', '=', tryton.key],
    ['account', '=', invoice.account],
  ];
  const lines = yield* search(tryton, { model: 'account.move.line', where, row: settledRow });
  return lines.every(
    ({ reconciliation, invoice_payment }) => reconciliation !== null || invoice_payment !== null,
  );
}

const settledRow = z.object({
  id: z.number(),
  reconciliation: z.number().nullable(),
  invoice_payment: z.number().nullable(),
});
