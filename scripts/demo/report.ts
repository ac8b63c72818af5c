// What the reader gets at the end: the ERP's documents as tables, and the promises with what was counted.
// It only shows; check-promises.ts judges.

import type { PromiseCheck } from './check-promises.ts';
import { type DemoOrder, type Duty, dutiesOf } from './demo-order.ts';
import { type AnyDocument, documentsOf, type ErpState, effectsOf } from './erp-state.ts';
import type { RunIds } from './run-ids.ts';
import type { RunRecord } from './run-record.ts';
import type { Terminal } from './terminal.ts';

const none = '–';

/** Problems shown of one promise; the rest is counted. */
const maxShownProblems = 10;

export function showDocuments(
  terminal: Terminal,
  given: { record: RunRecord; state: ErpState; ids: RunIds },
): void {
  const { record, state, ids } = given;
  terminal.heading('What the ERP holds');
  const heading = ['Order', 'Customer', 'Sale', 'Invoice', 'Payment', 'Credit note', 'Goods', 'Times done'];
  terminal.table([heading, ...record.orders.map((order) => orderRow(order, state))]);
  terminal.line();
  const stock = state.stockOnHand.filter(({ sku }) => ids.owns(sku));
  terminal.table([
    ['Product', 'On hand', 'Reserved', 'Documents'],
    ...stock.map(({ sku, onHand, reserved }) => [
      sku,
      `${onHand}`,
      `${reserved}`,
      stockDocuments(state, sku),
    ]),
  ]);
}

function orderRow(order: DemoOrder, state: ErpState): readonly string[] {
  const duties = dutiesOf(order);
  const find = (operation: Duty['operation']): readonly AnyDocument[] => {
    const duty = duties.find((each) => each.operation === operation);
    return duty === undefined ? [] : documentsOf(state, duty);
  };
  const [sale] = state.orders.filter(({ orderId }) => orderId === order.orderId);
  const customer = state.customers.find(({ customerId }) => customerId === sale?.customerId);
  return [
    order.label,
    customer?.name ?? none,
    describe(find('sale.confirm'), ['state', 'total']),
    describe(find('invoice.post'), []),
    describe(find('payment.register'), ['amount']),
    describe(find('credit_note.issue'), ['amount']),
    goodsOf(sale),
    timesDone(duties, state),
  ];
}

/** `SO00012 confirmed 49.00`; a doubled document shows as two. That a document is posted goes without saying. */
function describe(documents: readonly AnyDocument[], fields: readonly string[]): string {
  const texts = documents.map((document) =>
    [
      document.documentNumber,
      ...(fields.includes('state') || document.state === 'posted' ? [] : [document.state]),
      ...fields.map((field) => String(document[field])),
    ].join(' '),
  );
  return texts.length === 0 ? none : texts.join(' + ');
}

function goodsOf(sale: ErpState['orders'][number] | undefined): string {
  if (sale === undefined) return none;
  const pieces = sale.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return `${pieces} ${sale.deliveryState}`;
}

/** `3 × once` where all is right; else the operations that are not done once. */
function timesDone(duties: readonly Duty[], state: ErpState): string {
  const counts = duties.map((duty) => ({ duty, count: effectsOf(state, duty).length }));
  const wrong = counts.filter(({ count }) => count !== 1);
  if (wrong.length === 0) return `${counts.length} × once`;
  return wrong.map(({ duty, count }) => `${duty.operation} ${count} times`).join(', ');
}

function stockDocuments(state: ErpState, sku: string): string {
  const receipts = state.receipts.filter(({ lines }) => lines.some((line) => line.sku === sku));
  const counts = state.adjustments.filter((adjustment) => adjustment.sku === sku);
  const texts = [...receipts, ...counts].map(({ documentNumber }) => documentNumber);
  return texts.length === 0 ? none : texts.join(', ');
}

export function showPromises(terminal: Terminal, promises: readonly PromiseCheck[]): void {
  terminal.heading('What was promised, and what the ERP says');
  for (const { name, says, problems } of promises) {
    const isKept = problems.length === 0;
    const mark = isKept ? terminal.paint('✓', 'green') : terminal.paint('✗', 'red');
    terminal.note(`${mark} ${name.padEnd(16)} ${says}`);
    for (const problem of problems.slice(0, maxShownProblems)) {
      terminal.note(`${' '.repeat(19)}${terminal.paint(problem, 'red')}`);
    }
    const rest = problems.length - maxShownProblems;
    if (rest > 0) terminal.note(`${' '.repeat(19)}and ${rest} more`);
  }
}
