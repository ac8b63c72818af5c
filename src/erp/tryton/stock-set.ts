// stock.set on Tryton: an inventory of one product, whose number is the operation key, confirmed. A newer count is another
// inventory. Tryton books the difference; what is shown afterwards is what it booked.

import * as z from 'zod';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { stockSet } from '../../operations/stock.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { findProducts, findWarehouse, productOf } from './references.ts';
import type { Saga } from './saga.ts';
import { createOne, readRow, searchOne, type Tryton } from './tryton-calls.ts';
import { toDay } from './values.ts';

type Input = InputOf<typeof stockSet>;

const model = 'stock.inventory';

export const inventorySteps = [{ from: ['draft'], button: 'confirm' }];

export const inventoryRow = z.object({
  id: z.number(),
  number: z.string().nullable(),
  state: z.string(),
  location: z.number(),
  'lines.': z.array(
    z.object({
      id: z.number(),
      expected_quantity: z.number(),
      'product.': z.object({ id: z.number(), code: z.string().nullable() }),
      'moves.': z.array(
        z.object({ id: z.number(), state: z.string(), quantity: z.number(), to_location: z.number() }),
      ),
    }),
  ),
});

export type Inventory = z.infer<typeof inventoryRow>;

export async function* findInventory(tryton: Tryton, key: string): Attempting<Inventory | null> {
  const where = [
    ['number', '=', key],
    ['company', '=', tryton.company],
    ['state', '!=', 'cancelled'],
  ];
  return yield* searchOne(tryton, { model, where, row: inventoryRow });
}

export const stockSetSaga: Saga<Input> = {
  find: async function* (tryton) {
    const inventory = yield* findInventory(tryton, tryton.key);
    return inventory === null ? null : { id: inventory.id, isDone: inventory.state === 'done' };
  },
  begin: async function* (tryton, input) {
    return yield* createOne(tryton, model, yield* toInventory(tryton, input, tryton.key));
  },
  finish: async function* (tryton, _input, id) {
    yield* advance(tryton, { model, id, steps: inventorySteps });
  },
  show: async function* (tryton, _input, id) {
    return showInventory(yield* readRow(tryton, { model, id, row: inventoryRow }));
  },
};

export async function* toInventory(tryton: Tryton, input: Input, key: string): Attempting<JsonObject> {
  const { sku, location, quantity, asOf } = input;
  const products = yield* findProducts(tryton, [{ code: sku, field: 'sku' }]);
  const product = productOf(products, sku);
  if (product.type !== 'goods') {
    return yield* refuse('invalid_input', `product ${sku} is no goods: it has no stock`, 'sku');
  }
  const { storage } = yield* findWarehouse(tryton, location);
  return {
    company: tryton.company,
    location: storage,
    number: key,
    ...(asOf === undefined ? {} : { date: toDay(asOf.slice(0, 10)) }),
    lines: [['create', [{ product: product.id, quantity }]]],
  };
}

/** On hand as the inventory leaves it: what Tryton expected, and the difference it has moved. */
export function showInventory({ id, number, state, location, 'lines.': lines }: Inventory): JsonValue {
  const [line] = lines;
  const difference = (line?.['moves.'] ?? [])
    .filter((move) => move.state === 'done')
    .reduce((sum, move) => sum + (move.to_location === location ? move.quantity : -move.quantity), 0);
  const onHand = Math.round(((line?.expected_quantity ?? 0) + difference) * 10_000) / 10_000;
  return {
    documentId: String(id),
    documentNumber: number ?? `inventory ${id}`,
    state,
    sku: line?.['product.'].code ?? null,
    onHand,
  };
}
