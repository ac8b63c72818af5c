// Sales of Tryton as several operations see them: the sale of an order, its lines, and what its state means.
// May change a sale only where it is told that goods will not be sent again.

import * as z from 'zod';
import { type Attempting, refuse } from './attempting.ts';
import { search, type Tryton, update } from './tryton-calls.ts';
import { decimal } from './values.ts';

const shipmentRow = z.object({ id: z.number(), state: z.string(), reference: z.string().nullable() });

export const saleRow = z.object({
  id: z.number(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  description: z.string().nullable(),
  comment: z.string().nullable(),
  /** `sale.sale,12` where it takes goods of another sale back. */
  origin: z.string().nullable(),
  state: z.string(),
  party: z.number(),
  invoice_address: z.number().nullable(),
  warehouse: z.number().nullable(),
  total_amount: decimal,
  'currency.': z.object({ id: z.number(), code: z.string() }),
  'invoices.': z.array(z.object({ id: z.number(), state: z.string() })),
  'shipments.': z.array(shipmentRow),
  'shipment_returns.': z.array(shipmentRow),
  'lines.': z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      quantity: z.number().nullable(),
      /** The sender's id of the line. */
      note: z.string().nullable(),
      unit_price: decimal.nullable(),
      'product.': z.object({ id: z.number(), code: z.string().nullable(), type: z.string() }).nullable(),
      moves: z.array(z.number()),
    }),
  ),
});

export type Sale = z.infer<typeof saleRow>;

export const isReturn = ({ origin }: Sale): boolean => origin?.startsWith('sale.sale,') ?? false;

/** Tryton has no "cancelled" for a sale it works on: such a one is done, with everything that came of it cancelled. */
export function isCancelled(sale: Sale): boolean {
  if (sale.state === 'cancelled') return true;
  const came = [...sale['invoices.'], ...sale['shipments.']];
  return sale.state === 'done' && came.length > 0 && came.every(({ state }) => state === 'cancelled');
}

export function stateOf(sale: Sale): 'draft' | 'confirmed' | 'cancelled' {
  if (isCancelled(sale)) return 'cancelled';
  return ['confirmed', 'processing', 'done'].includes(sale.state) ? 'confirmed' : 'draft';
}

/** The sale of an order: one that is alive before one that is not. Null: there is none. */
export async function* findSale(tryton: Tryton, orderId: string): Attempting<Sale | null> {
  const where = [
    ['reference', '=', orderId],
    ['company', '=', tryton.company],
  ];
  const sales = yield* search(tryton, { model: 'sale.sale', where, row: saleRow });
  const own = sales.filter((sale) => !isReturn(sale));
  return own.find((sale) => !isCancelled(sale)) ?? own[0] ?? null;
}

/** The confirmed sale that something is done for. */
export async function* requireSale(tryton: Tryton, orderId: string): Attempting<Sale> {
  const sale = yield* findSale(tryton, orderId);
  if (sale === null)
    return yield* refuse('unknown_order', `Tryton has no sale of order ${orderId}`, 'orderId');
  const state = stateOf(sale);
  if (state === 'confirmed') return sale;
  return yield* refuse('invalid_state', `the sale of order ${orderId} is ${state}`, 'orderId');
}

/** What is no line of goods: shipping, discount, tax. */
export function isService(tryton: Tryton, code: string | null): boolean {
  return code !== null && Object.values(tryton.options.products).includes(code);
}

/** The goods of a sale, by the codes of their products; what a return takes back counts as what comes back. */
export function goodsOf(tryton: Tryton, sale: Sale): { readonly sku: string; readonly quantity: number }[] {
  return sale['lines.'].flatMap(({ quantity, 'product.': product }) =>
    product === null || quantity === null || isService(tryton, product.code)
      ? []
      : [{ sku: product.code ?? '', quantity: Math.abs(quantity) }],
  );
}

/** Tells the sale not to make these moves again once they are cancelled. */
export async function* ignoreMoves(
  tryton: Tryton,
  sale: Sale,
  isMeant: (move: number) => boolean,
): Attempting<void> {
  for (const line of sale['lines.']) {
    const ignored = line.moves.filter(isMeant);
    if (ignored.length === 0) continue;
    const values = { moves_ignored: [['add', ignored]] };
    yield* update(tryton, { model: 'sale.line', ids: [line.id], values });
  }
}
