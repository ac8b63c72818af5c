// Purchase orders of Tryton, whose goods arrive: found by the number people know them by. Reads only.

import * as z from 'zod';
import { type Attempting, refuse } from './attempting.ts';
import { type Move, readMoves } from './shipments.ts';
import { searchOne, type Tryton } from './tryton-calls.ts';

export const purchaseRow = z.object({
  id: z.number(),
  number: z.string().nullable(),
  state: z.string(),
  party: z.number(),
  warehouse: z.number().nullable(),
  moves: z.array(z.number()),
  'lines.': z.array(z.object({ id: z.number(), moves: z.array(z.number()) })),
});

export type Purchase = z.infer<typeof purchaseRow>;

export async function* requirePurchase(tryton: Tryton, number: string): Attempting<Purchase> {
  const where = [
    ['number', '=', number],
    ['company', '=', tryton.company],
  ];
  const purchase = yield* searchOne(tryton, { model: 'purchase.purchase', where, row: purchaseRow });
  if (purchase === null) {
    const message = `Tryton has no purchase order ${number}`;
    return yield* refuse('unknown_purchase_order', message, 'purchaseOrder');
  }
  if (['confirmed', 'processing', 'done'].includes(purchase.state)) return purchase;
  const message = `purchase order ${number} is ${purchase.state}`;
  return yield* refuse('invalid_state', message, 'purchaseOrder');
}

/** What it still expects: moves that nobody has put on a receipt. */
export async function* expectedMoves(tryton: Tryton, { moves }: Purchase): Attempting<readonly Move[]> {
  return (yield* readMoves(tryton, moves)).filter(({ state }) => state === 'draft');
}
