// The demo's judgement: an ERP that holds what it should keeps every promise, and each way to tamper with it breaks the
// promise that names it. The ERP is made up here, from the duties of the run; the end-to-end test has the real one.

import { describe, expect, it } from 'vitest';
import { checkPromises } from '../../../scripts/demo/check-promises.ts';
import { dutiesOf } from '../../../scripts/demo/demo-order.ts';
import type { ErpState } from '../../../scripts/demo/erp-state.ts';
import { anchors, refundId, ropes, shopifyOrderOf } from '../../../scripts/demo/goods.ts';
import { createRunIds } from '../../../scripts/demo/run-ids.ts';
import { createRunRecord, type RunRecord } from '../../../scripts/demo/run-record.ts';
import { receiptWebhook, shopifyWebhook, stripeWebhook } from '../../../scripts/demo/webhooks.ts';

const at = Date.UTC(2026, 10, 24, 9);
const ids = createRunIds(at);

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Mutable<Item>[] : T[K] };
type State = Mutable<ErpState>;

function makeRecord(): RunRecord {
  const record = createRunRecord();
  const refund = { id: refundId(ids), lines: [anchors(ids, 1)] };
  const sold = shopifyOrderOf(ids, 1, {
    lines: [anchors(ids, 2)],
    refund,
    isInvoiced: true,
    isPaid: true,
  });
  const cancelled = shopifyOrderOf(ids, 2, { lines: [ropes(ids, 1)], isCancelled: true });
  const receipt = { receiptId: ids.text('RCV-'), sku: ids.text('CHAIN-'), quantity: 25 };
  record.orders.push(sold, cancelled);
  record.receipts.push(receipt);
  record.levels.push({ sku: ids.text('LAMP-'), newest: 42, reports: 2 });
  record.customers.push({ customerId: String(sold.customer.wireId), newest: 'Grace Lovelace', changes: 2 });
  record.sameSecond.push(sold, cancelled);
  record.answersLost.push(sold);
  Object.assign(record.deadLetters, { kept: 1, replayedEdited: 1 });
  record.deadLetters.orders.push(sold);
  const webhooks = [stripeWebhook(sold, at), shopifyWebhook(sold, 'create', at), receiptWebhook(receipt, at)];
  const posts = webhooks.map((webhook) => ({ webhook, isRepeat: false, status: 202, event: 'accepted' }));
  record.posts.push(...posts);
  record.outage.posts.push(...posts);
  const forged = shopifyOrderOf(ids, 3, { lines: [ropes(ids, 1)] });
  record.forged.push({ webhook: shopifyWebhook(forged, 'create', at), note: 'forged', status: 401 });
  return record;
}

/** What the ERP holds where every promise is kept. */
function makeState(record: RunRecord): State {
  const state = {
    ...{ orders: [], invoices: [], payments: [], creditNotes: [], receipts: [], adjustments: [] },
    customers: [{ customerId: record.customers[0]?.customerId, name: 'Grace Lovelace' }],
    stockOnHand: [
      { sku: ids.text('ANCHOR-'), location: 'MAIN', onHand: 0, reserved: 2 },
      { sku: ids.text('LAMP-'), location: 'MAIN', onHand: 42, reserved: 0 },
      { sku: ids.text('CHAIN-'), location: 'MAIN', onHand: 25, reserved: 0 },
    ],
    journalEntries: [{ documentNumber: 'MISC/1', balanced: true }],
    ...{ operations: [], errors: {}, truncated: [] },
  } as unknown as State;
  for (const order of record.orders) {
    for (const { operation, reference, list, field, want } of dutiesOf(order)) {
      const customerId = String(order.customer.wireId);
      const document = { documentNumber: `${list}-${reference}`, [field]: reference, ...want, customerId };
      const documents = state[list] as unknown as Record<string, string>[];
      if (!documents.some((other) => other[field] === reference)) documents.push(document);
      addEffect(state, operation, reference);
    }
  }
  for (const { receiptId, quantity } of record.receipts) {
    const document = { documentNumber: 'WH/IN/1', receiptId, totalQuantity: quantity, state: 'done' };
    (state.receipts as unknown[]).push(document);
    addEffect(state, 'stock.receive', receiptId);
  }
  addEffect(state, 'stock.set', ids.text('LAMP-'));
  return state;
}

function addEffect(state: State, operation: string, reference: string): void {
  const number = state.operations.length + 1;
  state.operations.push({
    number,
    operation,
    reference,
    relayKey: `${operation}/${reference}`,
    documentId: 'x',
  });
}

const brokenOf = (record: RunRecord, state: State): string[] =>
  checkPromises(record, state as ErpState, ids)
    .filter(({ problems }) => problems.length > 0)
    .map(({ name }) => name);

const drop = (list: unknown[], index = 0) => void list.splice(index, 1);
const double = (list: unknown[]) => void list.push({ ...(list[0] as object) });
const effectOf = (state: State, operation: string) =>
  state.operations.findIndex((effect) => effect.operation === operation);

describe('the promises of the demo', () => {
  it('are kept by an ERP that holds each document once, as it was sent', () => {
    const record = makeRecord();
    expect(brokenOf(record, makeState(record))).toEqual([]);
  });

  it.each<[string, string, (state: State) => void]>([
    ['an order is missing', 'Nothing lost', ({ orders }) => drop(orders)],
    ['a payment is missing', 'Nothing lost', ({ payments }) => drop(payments)],
    ['a receipt is missing', 'Nothing lost', ({ receipts }) => drop(receipts)],
    [
      'an order was never cancelled',
      'Nothing lost',
      (state) => drop(state.operations, effectOf(state, 'sale.cancel')),
    ],
    ['an order is there twice', 'Once', ({ orders }) => double(orders)],
    ['an invoice is there twice', 'Once', ({ invoices }) => double(invoices)],
    ['a credit note is there twice', 'Once', ({ creditNotes }) => double(creditNotes)],
    ['goods were received twice', 'Once', (state) => addEffect(state, 'stock.receive', ids.text('RCV-'))],
    ['one count was applied twice', 'Once', (state) => addEffect(state, 'stock.set', ids.text('LAMP-'))],
    [
      'a document nobody asked for',
      'Nothing made up',
      ({ payments }) => void (payments as unknown[]).push({ paymentId: ids.text('pi_', 'x') }),
    ],
    ['an amount differs', 'As sent', ({ payments }) => Object.assign(payments[0] ?? {}, { amount: '1.00' })],
    ['a state differs', 'As sent', ({ orders }) => Object.assign(orders[1] ?? {}, { state: 'confirmed' })],
    [
      'more is reserved than was sold',
      'As sent',
      ({ stockOnHand }) => Object.assign(stockOnHand[0] ?? {}, { reserved: 4 }),
    ],
    [
      'more is on hand than came in',
      'As sent',
      ({ stockOnHand }) => Object.assign(stockOnHand[2] ?? {}, { onHand: 50 }),
    ],
    [
      'an order is another customer’s',
      'As sent',
      ({ orders }) => Object.assign(orders[0] ?? {}, { customerId: 'other' }),
    ],
    [
      'a payment came before its sale',
      'In order',
      (state) => Object.assign(state.operations[effectOf(state, 'payment.register')] ?? {}, { number: 0 }),
    ],
    [
      'an older count replaced the newest',
      'Newest wins',
      ({ stockOnHand }) => Object.assign(stockOnHand[1] ?? {}, { onHand: 7 }),
    ],
    [
      'an older name replaced the newest',
      'Newest wins',
      ({ customers }) => Object.assign(customers[0] ?? {}, { name: 'Grace Tyde' }),
    ],
    [
      'an entry does not balance',
      'Books',
      ({ journalEntries }) => Object.assign(journalEntries[0] ?? {}, { balanced: false }),
    ],
    ['the list is not whole', 'Books', ({ truncated }) => void truncated.push('orders')],
    [
      'what was forged was done',
      'Proven',
      (state) => addEffect(state, 'sale.confirm', String(ids.number(3))),
    ],
  ])('%s: "%s" is broken', (_, promise, tamper) => {
    const record = makeRecord();
    const state = makeState(record);
    tamper(state);
    expect(brokenOf(record, state)).toContain(promise);
  });

  it.each<[string, string, (record: RunRecord) => void]>([
    [
      'a webhook was refused',
      'Accepted',
      ({ posts }) => Object.assign(posts[0] ?? {}, { status: 503, event: 'refused' }),
    ],
    ['a repeat counted as new', 'Accepted', ({ posts }) => Object.assign(posts[0] ?? {}, { isRepeat: true })],
    [
      'a forged request was accepted',
      'Proven',
      ({ forged }) => Object.assign(forged[0] ?? {}, { status: 202 }),
    ],
    [
      'something was done while the ERP was down',
      'ERP down',
      ({ outage }) => Object.assign(outage, { doneMeanwhile: 1 }),
    ],
    [
      'a dead letter was not kept',
      'Dead letters',
      ({ deadLetters }) => Object.assign(deadLetters, { kept: 0 }),
    ],
    [
      'a dead letter could not be replayed',
      'Dead letters',
      ({ deadLetters }) => Object.assign(deadLetters, { replayedEdited: 0 }),
    ],
  ])('%s: "%s" is broken', (_, promise, tamper) => {
    const record = makeRecord();
    const state = makeState(record);
    tamper(record);
    expect(brokenOf(record, state)).toEqual([promise]);
  });

  it('are not broken by what others have in the same ERP', () => {
    const record = makeRecord();
    const state = makeState(record);
    const other = { documentNumber: 'SO1', orderId: 'x-1', state: 'draft', customerId: 'c' };
    (state.orders as unknown[]).push(other, { ...other });
    addEffect(state, 'sale.confirm', 'x-1');
    addEffect(state, 'sale.confirm', 'x-1');
    expect(brokenOf(record, state)).toEqual([]);
  });
});
