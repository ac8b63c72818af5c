// sale.cancel on Tryton. A sale it works on has no cancel button: its shipments and its draft invoice are cancelled, and
// the sale is told not to make them again, as a person does who answers "ignore" to both exceptions.

import type { InputOf } from '../../core/operation.ts';
import type { saleCancel } from '../../operations/sales.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { type Saga, withoutEffect } from './saga.ts';
import { findSale, ignoreMoves, isCancelled, type Sale, saleRow, stateOf } from './sales.ts';
import { press, readRow, type Tryton, update } from './tryton-calls.ts';

type Input = InputOf<typeof saleCancel>;

/** States from which each still lets itself be cancelled. */
const openShipment = ['draft', 'waiting', 'assigned', 'picked'];
const openInvoice = ['draft', 'validated'];

export const saleCancelSaga: Saga<Input> = {
  find: async function* (tryton, { orderId }) {
    const sale = yield* findSale(tryton, orderId);
    // What was begun is told from what was not by the key in the sale's comment.
    if (sale === null) return null;
    if (isCancelled(sale)) return { id: sale.id, isDone: true };
    return sale.comment?.includes(tryton.key) === true ? { id: sale.id, isDone: false } : null;
  },
  begin: async function* (tryton, { orderId, reason }) {
    const sale = yield* findSale(tryton, orderId);
    if (sale === null)
      return yield* refuse('unknown_order', `Tryton has no sale of order ${orderId}`, 'orderId');
    yield* refuseWhatIsDone(sale, orderId);
    const note = `Cancelled${reason ? `: ${reason}` : ''} (${tryton.key})`;
    const comment = sale.comment ? `${sale.comment}\n${note}` : note;
    yield* update(tryton, { model: 'sale.sale', ids: [sale.id], values: { comment } });
    return sale.id;
  },
  finish: async function* (tryton, { orderId }, id) {
    const sale = yield* readRow(tryton, { model: 'sale.sale', id, row: saleRow });
    yield* refuseWhatIsDone(sale, orderId);
    if (sale.state !== 'processing' && sale.state !== 'done') {
      const steps = [
        { from: ['confirmed'], button: 'draft' },
        { from: ['draft', 'quotation'], button: 'cancel' },
      ];
      return void (yield* advance(tryton, { model: 'sale.sale', id, steps }));
    }
    yield* cancelWhatCame(tryton, sale);
    const after = yield* readRow(tryton, { model: 'sale.sale', id, row: saleRow });
    if (!isCancelled(after)) yield* withoutEffect('sale.sale', 'cancel', after.state);
  },
  show: async function* (tryton, _input, id) {
    const sale = yield* readRow(tryton, { model: 'sale.sale', id, row: saleRow });
    return {
      documentId: String(id),
      documentNumber: sale.number ?? `sale ${id}`,
      state: stateOf(sale),
      orderId: sale.reference,
    };
  },
};

/**
 * Told first, cancelled then: with the last cancellation Tryton looks at the sale again by itself, and must then know that
 * nothing is to be made anew.
 */
async function* cancelWhatCame(tryton: Tryton, sale: Sale): Attempting<void> {
  const invoices = sale['invoices.'].map(({ id }) => id);
  const values = { invoices_ignored: [['add', invoices]] };
  yield* update(tryton, { model: 'sale.sale', ids: [sale.id], values });
  yield* ignoreMoves(tryton, sale, () => true);
  const shipments = sale['shipments.'].filter(({ state }) => openShipment.includes(state));
  for (const { id } of shipments)
    yield* press(tryton, { model: 'stock.shipment.out', ids: [id], button: 'cancel' });
  const open = sale['invoices.'].filter(({ state }) => openInvoice.includes(state));
  for (const { id } of open) yield* press(tryton, { model: 'account.invoice', ids: [id], button: 'cancel' });
}

async function* refuseWhatIsDone(sale: Sale, orderId: string): Attempting<void> {
  const invoiced = sale['invoices.'].some(({ state }) => state === 'posted' || state === 'paid');
  if (invoiced)
    return yield* refuse('invalid_state', `order ${orderId} is invoiced: it takes a credit note`, 'orderId');
  const isShipped = sale['shipments.'].some(({ state }) => state === 'packed' || state === 'done');
  if (isShipped) yield* refuse('invalid_state', `the goods of order ${orderId} are on their way`, 'orderId');
}
