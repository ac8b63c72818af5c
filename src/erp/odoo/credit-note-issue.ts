// credit_note.issue on Odoo: the reversal of the order's invoice, which Odoo leaves a draft, brought to the amount that is given
// back, then posted. Goods go back by a return of their own: `restock` is refused here, and said.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import { createOdooClient, type FoundOne, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findInvoices, findOrder, invoiceFields, unknownOrder, whyLocked } from './orders.ts';
import { findProducts } from './products.ts';
import { amountText, nameOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof creditNoteIssue>>;

const fieldNames = { date: 'postingDate', invoice_date: 'postingDate', product_id: 'lines' };

export function createCreditNoteHandler(settings: OdooSettings): OperationHandler<typeof creditNoteIssue> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await findNote(clientOf(call), call);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'not_found' };
      return { kind: found.row.state === 'posted' ? 'found' : 'unfinished', answer: found.row };
    },
    perform: (call, unfinished) => perform(clientOf(call), call, unfinished as Row | null),
    verify: async (call) => {
      const found = await findNote(clientOf(call), call);
      if (found.kind !== 'row') return found;
      if (found.row === null)
        return { kind: 'answer_lost', message: 'the credit note could not be read back' };
      const { id, name, state, amount_total: amount, currency_id: currency, date } = found.row;
      const { refundId, orderId } = call.input;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(id), documentNumber: name || String(id), state, refundId, orderId },
          ...{
            currency: nameOf(currency),
            amount: amountText(amount),
            restocked: false,
            accountingDate: date,
          },
        },
      };
    },
  };
}

/** Odoo writes `Reversal of: INV/2026/00001, refund-991`: the id stands at its end, and `ilike` finds longer ones too. */
async function findNote(client: OdooClient, { input }: Call): Promise<FoundOne> {
  const domain = [
    ['ref', 'ilike', input.refundId],
    ['move_type', '=', 'out_refund'],
    ['state', '!=', 'cancel'],
  ];
  const found = await client.find('account.move', domain, invoiceFields);
  if (found.kind !== 'found') return found;
  const isIt = ({ ref }: Row) => ref === input.refundId || String(ref).endsWith(`, ${input.refundId}`);
  return { kind: 'row', row: found.rows.find(isIt) ?? null };
}

async function perform(client: OdooClient, call: Call, unfinished: Row | null): Promise<Performed> {
  const { restock, postingDate, whenLocked } = call.input;
  if (restock === true)
    return refused('restock_unsupported', 'goods come back to Odoo by return.receive', 'restock');
  const known: FoundOne =
    unfinished === null ? await findNote(client, call) : { kind: 'row', row: unfinished };
  if (known.kind !== 'row') return known;
  if (known.row?.state === 'posted') return { kind: 'performed', answer: known.row, already: true };
  const locked = await whyLocked(client, { day: postingDate, field: 'postingDate', whenLocked });
  if (locked !== null) return locked;
  const draft = known.row === null ? await reverse(client, call) : known;
  if (draft.kind !== 'row') return draft;
  if (draft.row !== null) return post(client, call, draft.row);
  return { kind: 'answer_lost', message: 'Odoo reversed the invoice and shows no credit note' };
}

/** A draft that reverses the whole invoice. */
async function reverse(client: OdooClient, call: Call): Promise<FoundOne> {
  const { orderId, refundId, postingDate } = call.input;
  const found = await findOrder(client, orderId);
  if (found.kind !== 'order') return found;
  if (found.order === null) return unknownOrder(orderId);
  const invoices = await findInvoices(client, found.order, 'out_invoice');
  if (invoices.kind !== 'found') return invoices;
  const invoice = invoices.rows.find(({ state }) => state === 'posted');
  if (invoice === undefined) return refused('nothing_invoiced', 'the order has no posted invoice', 'orderId');
  const journal = await client.findOne('account.move', [['id', '=', Number(invoice.id)]], ['journal_id']);
  if (journal.kind !== 'row') return journal;
  const model = 'account.move.reversal';
  const context = { active_model: 'account.move', active_ids: [Number(invoice.id)] };
  const [journalId] = Array.isArray(journal.row?.journal_id) ? journal.row.journal_id : [null];
  const values = {
    ...{ reason: refundId, journal_id: journalId ?? false },
    ...(postingDate === undefined ? {} : { date: postingDate }),
  };
  const wizard = await client.create(model, values, context);
  if (wizard.kind !== 'created') return wizard;
  const pressed = await client.press({ model, method: 'refund_moves', ids: [wizard.id], context });
  if (pressed.kind === 'done_before') return pressed.refusal;
  if (pressed.kind !== 'done') return pressed;
  return findNote(client, call);
}

async function post(client: OdooClient, call: Call, draft: Row): Promise<Performed> {
  const id = Number(draft.id);
  const { amount, currency } = call.input;
  if (nameOf(draft.currency_id) !== currency)
    return refused('currency_mismatch', `the invoice is in ${nameOf(draft.currency_id)}`, 'currency');
  let total = amountText(draft.amount_total);
  if (Number(total) !== Number(amount)) {
    const failure = await replaceLines(client, call, id);
    if (failure !== null) return failure;
    const read = await client.findOne('account.move', [['id', '=', id]], invoiceFields);
    if (read.kind !== 'row') return read;
    total = amountText(read.row?.amount_total);
  }
  // Taxes of the products may have come on top.
  if (Number(total) !== Number(amount))
    return refused('total_mismatch', `Odoo computes ${total} for this credit note`, 'amount');
  const pressed = await client.press({ model: 'account.move', method: 'action_post', ids: [id] });
  if (pressed.kind === 'done') return { kind: 'performed', answer: draft };
  if (pressed.kind !== 'done_before') return pressed;
  const read = await findNote(client, call);
  if (read.kind !== 'row') return read;
  const isPosted = read.row?.state === 'posted';
  return isPosted && read.row !== null
    ? { kind: 'performed', answer: read.row, already: true }
    : pressed.refusal;
}

/** What is given back of which line, and the rest as a line of its own, without taxes: the amounts are what the customer gets. */
async function replaceLines(client: OdooClient, call: Call, id: number): Promise<AdapterFailure | null> {
  const { lines = [], amount, remainder = 'goodwill' } = call.input;
  const skus = lines.map(({ sku }) => sku);
  const products = await findProducts(client, skus, (index) => `lines[${index}].sku`);
  if (products.kind !== 'products') return products;
  const goods = lines.map(({ sku, quantity, amount: worth }) => ({
    ...{
      product_id: products.idOf(sku),
      quantity,
      price_unit: Number(worth) / quantity,
      tax_ids: [[5, 0, 0]],
    },
  }));
  const rest = Number(amount) - lines.reduce((sum, { amount: worth }) => sum + Number(worth), 0);
  const restLine = {
    name: remainder,
    quantity: 1,
    price_unit: Number(rest.toFixed(4)),
    tax_ids: [[5, 0, 0]],
  };
  const all = rest > 0.00005 ? [...goods, restLine] : goods;
  const commands = [[5, 0, 0], ...all.map((line) => [0, 0, line])];
  return client.write('account.move', id, { invoice_line_ids: commands });
}
