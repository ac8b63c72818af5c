// Shipments of Tryton in all their kinds, and the moves of goods in them. Reads only.

import * as z from 'zod';
import type { WhenLocked } from '../../operations/policies.ts';
import { type Attempting, refuse } from './attempting.ts';
import { readRow, search, searchOne, type Tryton } from './tryton-calls.ts';
import { day, toDay } from './values.ts';

export type ShipmentModel = 'stock.shipment.out' | 'stock.shipment.in' | 'stock.shipment.out.return';

const shipmentRow = z.object({
  id: z.number(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  state: z.string(),
  effective_date: day.nullable(),
});

export type Shipment = z.infer<typeof shipmentRow>;

export const readShipment = (tryton: Tryton, model: ShipmentModel, id: number): Attempting<Shipment> =>
  readRow(tryton, { model, id, row: shipmentRow });

export async function* findShipment(
  tryton: Tryton,
  model: ShipmentModel,
  where: readonly (readonly [string, string, string | number])[],
): Attempting<Shipment | null> {
  const all = [...where, ['company', '=', tryton.company], ['state', '!=', 'cancelled']];
  return yield* searchOne(tryton, { model, where: all, row: shipmentRow });
}

const moveRow = z.object({
  id: z.number(),
  state: z.string(),
  quantity: z.number(),
  from_location: z.number(),
  to_location: z.number(),
  origin: z.string().nullable(),
  'product.': z.object({ id: z.number(), code: z.string().nullable() }),
});

export type Move = z.infer<typeof moveRow>;

export async function* readMoves(tryton: Tryton, ids: readonly number[]): Attempting<readonly Move[]> {
  if (ids.length === 0) return [];
  return yield* search(tryton, { model: 'stock.move', where: [['id', 'in', ids]], row: moveRow });
}

export type Goods = { readonly sku: string; readonly quantity: number };

/** The goods of moves, those left out that were cancelled or came to nothing. */
export function goodsOfMoves(moves: readonly Move[]): Goods[] {
  return moves
    .filter(({ state, quantity }) => state !== 'cancelled' && quantity > 0)
    .map(({ quantity, 'product.': product }) => ({ sku: product.code ?? '', quantity }));
}

export type Share = { readonly id: number; readonly quantity: number };

/**
 * What each move is to carry so that together they carry the goods: absolute quantities, so writing them twice does no
 * harm. `over`: the place of the first line that asks for more than the moves hold.
 */
export function shareOut(
  moves: readonly Move[],
  lines: readonly Goods[],
): { readonly shares: readonly Share[]; readonly over: number | null } {
  const left = new Map<string, number>();
  for (const { sku, quantity } of lines) left.set(sku, rounded((left.get(sku) ?? 0) + quantity));
  const shares = moves.map(({ id, quantity: held, 'product.': product }) => {
    const sku = product.code ?? '';
    const quantity = Math.min(held, left.get(sku) ?? 0);
    left.set(sku, rounded((left.get(sku) ?? 0) - quantity));
    return { id, quantity };
  });
  const over = lines.findIndex(({ sku }) => (left.get(sku) ?? 0) > 0);
  return { shares, over: over < 0 ? null : over };
}

/** To 1/10,000, the finest quantity there is: differences of doubles would leave a dust. */
const rounded = (quantity: number): number => Math.round(quantity * 10_000) / 10_000;

const stockPeriodRow = z.object({ id: z.number(), date: day });

/** The day that goods may move on: stock has closed periods of its own, apart from the books'. Null: today. */
export async function* findStockDay(
  tryton: Tryton,
  date: string | undefined,
  whenLocked: WhenLocked = 'reject',
): Attempting<string | null> {
  if (date === undefined) return null;
  const where = [
    ['company', '=', tryton.company],
    ['state', '=', 'closed'],
    ['date', '>=', toDay(date)],
  ];
  const order = [['date', 'DESC']] as const;
  const closed = yield* searchOne(tryton, { model: 'stock.period', where, row: stockPeriodRow, order });
  if (closed === null) return date;
  if (whenLocked === 'next_open_day') return dayAfter(closed.date);
  const message = `stock is closed up to ${closed.date}`;
  return yield* refuse('period_closed', message, 'postingDate');
}

const dayAfter = (date: string): string =>
  new Date(Date.parse(date) + 24 * 3_600_000).toISOString().slice(0, 10);
