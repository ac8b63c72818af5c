// stock.receive and purchase.receive on Tryton: a supplier shipment with the receipt's id as its reference, received and
// done. On a purchase order it takes that order's own moves; without one Tryton warns that the goods have no origin.

import * as z from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { stockReceive } from '../../operations/stock.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { findSupplier } from './parties.ts';
import { expectedMoves, requirePurchase } from './purchases.ts';
import { companyCurrency, findProducts, findWarehouse, productOf, type Warehouse } from './references.ts';
import type { Saga, Step } from './saga.ts';
import {
  findShipment,
  findStockDay,
  type Goods,
  goodsOfMoves,
  readMoves,
  readShipment,
  shareOut,
} from './shipments.ts';
import { createOne, press, readRow, searchOne, type Tryton, update } from './tryton-calls.ts';
import { toDay, toDecimal } from './values.ts';

const model = 'stock.shipment.in';

const steps: readonly Step[] = [
  { from: ['draft'], button: 'receive' },
  { from: ['received'], button: 'done' },
];

type Receipt = {
  readonly receiptId: string;
  readonly purchaseOrder?: string | undefined;
  readonly location?: string | undefined;
  readonly lines: readonly Goods[];
};

/** `reference` is the warehouse's id: a receipt is found by it, whoever entered it. */
const findReceipt = (tryton: Tryton, { receiptId }: Receipt) =>
  findShipment(tryton, model, [['reference', '=', receiptId]]);

export const stockReceiveSaga: Saga<InputOf<typeof stockReceive>> = {
  find: async function* (tryton, input) {
    const found = yield* findReceipt(tryton, input);
    return found === null ? null : { id: found.id, isDone: found.state === 'done' };
  },
  begin: (tryton, input) => beginReceipt(tryton, input, null),
  finish: async function* (tryton, input, id) {
    yield* receive(tryton, input, id);
  },
  show: async function* (tryton, _input, id) {
    return yield* showReceipt(tryton, id);
  },
};

export const purchaseReceiveSaga: Saga<InputOf<typeof purchaseReceive>> = {
  find: async function* (tryton, input) {
    const found = yield* findReceipt(tryton, input);
    if (found === null) return null;
    const isRestGone = input.backorder === 'create' || !(yield* hasRest(tryton, input.purchaseOrder));
    return { id: found.id, isDone: found.state === 'done' && isRestGone };
  },
  begin: async function* (tryton, input) {
    const date = yield* findStockDay(tryton, input.postingDate, input.whenLocked);
    return yield* beginReceipt(tryton, input, date);
  },
  finish: async function* (tryton, input, id) {
    yield* receive(tryton, input, id);
    if (input.backorder === 'cancel') yield* cancelRest(tryton, input.purchaseOrder);
  },
  show: async function* (tryton, { purchaseOrder }, id) {
    const { number } = yield* requirePurchase(tryton, purchaseOrder);
    const hasBackorder = yield* hasRest(tryton, purchaseOrder);
    return { ...(yield* showReceipt(tryton, id)), purchaseOrder: number, hasBackorder };
  },
};

async function* beginReceipt(tryton: Tryton, input: Receipt, date: string | null): Attempting<number> {
  const warehouse = yield* findWarehouse(tryton, input.location);
  const base = {
    company: tryton.company,
    reference: input.receiptId,
    warehouse: warehouse.id,
    ...(date === null ? {} : { effective_date: toDay(date) }),
  };
  if (input.purchaseOrder === undefined) {
    const moves = yield* looseMoves(tryton, input, warehouse);
    const supplier = yield* findSupplier(tryton);
    return yield* createOne(tryton, model, { ...base, supplier: supplier.id, incoming_moves: moves });
  }
  const purchase = yield* requirePurchase(tryton, input.purchaseOrder);
  const expected = yield* expectedMoves(tryton, purchase);
  const { shares, over } = shareOut(expected, input.lines);
  if (over !== null) {
    const message = `more of ${input.lines[over]?.sku} than purchase order ${purchase.number} still expects`;
    return yield* refuse('over_receipt', message, `lines[${over}].quantity`);
  }
  const taken = shares.filter(({ quantity }) => quantity > 0).map(({ id }) => id);
  // Where the order says so, whatever the warehouse of the receipt: the goods are booked where they were ordered to.
  const values = { ...base, warehouse: purchase.warehouse ?? warehouse.id, supplier: purchase.party };
  return yield* createOne(tryton, model, { ...values, incoming_moves: [['add', taken]] });
}

const supplierRow = z.object({ id: z.number() });

/** Goods that no purchase order expects, valued at what the product costs. */
async function* looseMoves(
  tryton: Tryton,
  { lines }: Receipt,
  warehouse: Warehouse,
): Attempting<readonly (readonly [string, readonly JsonObject[]])[]> {
  const wanted = lines.map(({ sku }, index) => ({ code: sku, field: `lines[${index}].sku` }));
  const products = yield* findProducts(tryton, wanted);
  const currency = yield* companyCurrency(tryton);
  const where = [['type', '=', 'supplier']];
  const from = yield* searchOne(tryton, { model: 'stock.location', where, row: supplierRow });
  if (from === null) return yield* refuse('unknown_location', 'Tryton has no supplier location', 'lines');
  const moves = lines.map(({ sku, quantity }): JsonObject => {
    const product = productOf(products, sku);
    return {
      company: tryton.company,
      product: product.id,
      uom: product.default_uom,
      quantity,
      from_location: from.id,
      to_location: warehouse.input,
      unit_price: product.cost_price === null ? toDecimal('0') : toDecimal(product.cost_price),
      currency: currency.id,
    };
  });
  return [['create', moves]];
}

/** The quantities that came, then received and put away. */
async function* receive(tryton: Tryton, { lines, purchaseOrder }: Receipt, id: number): Attempting<void> {
  const shipment = yield* readShipment(tryton, model, id);
  if (shipment.state === 'draft' && purchaseOrder !== undefined) {
    const moves = yield* incomingMoves(tryton, id);
    for (const { id: move, quantity } of shareOut(moves, lines).shares) {
      const isSame = moves.some((each) => each.id === move && each.quantity === quantity);
      if (!isSame) yield* update(tryton, { model: 'stock.move', ids: [move], values: { quantity } });
    }
  }
  yield* advance(tryton, { model, id, steps });
}

const incomingRow = z.object({ id: z.number(), incoming_moves: z.array(z.number()) });

async function* incomingMoves(tryton: Tryton, id: number) {
  const row = yield* readRow(tryton, { model, id, row: incomingRow });
  return yield* readMoves(tryton, row.incoming_moves);
}

async function* showReceipt(tryton: Tryton, id: number): Attempting<JsonObject> {
  const shipment = yield* readShipment(tryton, model, id);
  const moves = yield* incomingMoves(tryton, id);
  return {
    documentId: String(id),
    documentNumber: shipment.number ?? `shipment ${id}`,
    state: shipment.state,
    receiptId: shipment.reference,
    lines: goodsOfMoves(moves),
    accountingDate: shipment.effective_date,
  };
}

async function* hasRest(tryton: Tryton, purchaseOrder: string): Attempting<boolean> {
  const purchase = yield* requirePurchase(tryton, purchaseOrder);
  return (yield* expectedMoves(tryton, purchase)).length > 0;
}

/** What the order still expects is given up: the order is told not to ask for it again, and it is cancelled. */
async function* cancelRest(tryton: Tryton, purchaseOrder: string): Attempting<void> {
  const purchase = yield* requirePurchase(tryton, purchaseOrder);
  const rest = (yield* expectedMoves(tryton, purchase)).map(({ id }) => id);
  if (rest.length === 0) return;
  for (const line of purchase['lines.']) {
    const ignored = line.moves.filter((id) => rest.includes(id));
    if (ignored.length === 0) continue;
    const values = { moves_ignored: [['add', ignored]] };
    yield* update(tryton, { model: 'purchase.line', ids: [line.id], values });
  }
  yield* press(tryton, { model: 'stock.move', ids: rest, button: 'cancel' });
}
