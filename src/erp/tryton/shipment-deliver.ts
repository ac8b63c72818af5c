// shipment.deliver on Tryton: the shipment that the sale made is picked, packed and done, with the quantities that left.
// Tryton makes a new shipment of the rest by itself; with `cancel` that one is cancelled and never made again.

import * as z from 'zod';
import type { InputOf } from '../../core/operation.ts';
import type { shipmentDeliver } from '../../operations/shipping.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import type { Saga, Step } from './saga.ts';
import { ignoreMoves, requireSale, type Sale } from './sales.ts';
import { findStockDay, goodsOfMoves, type Move, readMoves, readShipment, shareOut } from './shipments.ts';
import { createOne, press, readRow, type Tryton, update } from './tryton-calls.ts';
import { toDay } from './values.ts';

type Input = InputOf<typeof shipmentDeliver>;

const model = 'stock.shipment.out';
const openStates = ['draft', 'waiting', 'assigned', 'picked', 'packed'];

const steps: readonly Step[] = [
  { from: ['draft'], button: 'wait' },
  {
    from: ['waiting'],
    button: 'assign_try',
    stuck: {
      code: 'stock_not_available',
      message: 'Tryton has not enough on hand of what left: count it, or receive it, and replay',
      field: 'lines',
    },
  },
  { from: ['assigned'], button: 'pick' },
  { from: ['picked'], button: 'pack' },
  { from: ['packed'], button: 'done' },
];

export const shipmentDeliverSaga: Saga<Input> = {
  find: async function* (tryton, input) {
    const sale = yield* requireSale(tryton, input.orderId);
    const own = sale['shipments.'].find(
      ({ reference, state }) => reference === input.shipmentId && state !== 'cancelled',
    );
    if (own === undefined) return null;
    const isRestGone = !givesUpRest(input) || openShipments(sale, own.id).length === 0;
    return { id: own.id, isDone: own.state === 'done' && isRestGone };
  },
  begin: async function* (tryton, input) {
    const { orderId, shipmentId, postingDate, whenLocked, trackingNumber } = input;
    const sale = yield* requireSale(tryton, orderId);
    const [open] = openShipments(sale, null);
    if (open === undefined) {
      const message = `nothing of order ${orderId} is left to deliver`;
      return yield* refuse('nothing_to_deliver', message, 'orderId');
    }
    yield* checkGoods(tryton, input, open.id);
    const date = yield* findStockDay(tryton, postingDate, whenLocked);
    const values = { reference: shipmentId, ...(date === null ? {} : { effective_date: toDay(date) }) };
    yield* update(tryton, { model, ids: [open.id], values });
    if (trackingNumber !== undefined) yield* noteTracking(tryton, open.id, trackingNumber);
    return open.id;
  },
  finish: async function* (tryton, input, id) {
    yield* takeWhatLeft(tryton, input, id);
    yield* advance(tryton, { model, id, steps });
    if (givesUpRest(input)) yield* cancelRest(tryton, yield* requireSale(tryton, input.orderId), id);
  },
  show: async function* (tryton, input, id) {
    const shipment = yield* readShipment(tryton, model, id);
    const sale = yield* requireSale(tryton, input.orderId);
    const { outgoing } = yield* movesOf(tryton, id);
    return {
      documentId: String(id),
      documentNumber: shipment.number ?? `shipment ${id}`,
      state: shipment.state,
      shipmentId: shipment.reference,
      orderId: sale.reference,
      lines: goodsOfMoves(outgoing),
      hasBackorder: openShipments(sale, id).length > 0,
      accountingDate: shipment.effective_date,
    };
  },
};

const givesUpRest = ({ backorder }: Input): boolean => backorder === 'cancel';

const openShipments = (sale: Sale, except: number | null) =>
  sale['shipments.'].filter(({ id, state }) => id !== except && openStates.includes(state));

const movesRow = z.object({
  id: z.number(),
  state: z.string(),
  outgoing_moves: z.array(z.number()),
  inventory_moves: z.array(z.number()),
});

async function* movesOf(
  tryton: Tryton,
  id: number,
): Attempting<{
  readonly state: string;
  readonly outgoing: readonly Move[];
  readonly inventory: readonly Move[];
}> {
  const row = yield* readRow(tryton, { model, id, row: movesRow });
  const moves = yield* readMoves(tryton, [...row.outgoing_moves, ...row.inventory_moves]);
  return {
    state: row.state,
    outgoing: moves.filter((move) => row.outgoing_moves.includes(move.id)),
    inventory: moves.filter((move) => row.inventory_moves.includes(move.id)),
  };
}

async function* checkGoods(tryton: Tryton, { lines }: Input, id: number): Attempting<void> {
  if (lines === undefined) return;
  const { outgoing } = yield* movesOf(tryton, id);
  const { over } = shareOut(outgoing, lines);
  if (over === null) return;
  const message = `more of ${lines[over]?.sku} than the order still has to get`;
  yield* refuse('over_delivery', message, `lines[${over}].quantity`);
}

/** The quantities that are picked: those of the input. Nothing to write where all of it left, or once it is picked. */
async function* takeWhatLeft(tryton: Tryton, { lines }: Input, id: number): Attempting<void> {
  if (lines === undefined) return;
  let moves = yield* movesOf(tryton, id);
  if (moves.state === 'assigned' || moves.state === 'draft') {
    yield* press(tryton, { model, ids: [id], button: 'wait' });
    moves = yield* movesOf(tryton, id);
  }
  if (moves.state !== 'waiting') return;
  // Shared out over what the order has to get: a quantity written before must not count as what is there.
  const { shares } = shareOut(moves.outgoing, lines);
  const byOrigin = new Map(shares.map((share) => [`stock.move,${share.id}`, share.quantity]));
  for (const { id: move, origin, quantity: held } of moves.inventory) {
    const quantity = byOrigin.get(origin ?? '') ?? 0;
    if (quantity !== held) yield* update(tryton, { model: 'stock.move', ids: [move], values: { quantity } });
  }
}

async function* cancelRest(tryton: Tryton, sale: Sale, except: number): Attempting<void> {
  for (const { id } of openShipments(sale, except)) {
    const { outgoing } = yield* movesOf(tryton, id);
    yield* ignoreMoves(tryton, sale, (move) => outgoing.some((each) => each.id === move));
    yield* press(tryton, { model, ids: [id], button: 'cancel' });
  }
}

/** Tryton's shipments have no field for it: a note on the shipment, which its users see and can search. */
async function* noteTracking(tryton: Tryton, id: number, trackingNumber: string): Attempting<void> {
  const message = `Tracking number ${trackingNumber} (${tryton.key})`;
  yield* createOne(tryton, 'ir.note', { resource: `${model},${id}`, message });
}
