// price.set on Tryton: the list price of the product, in the currency of the books. The goal is a state, so a look-up
// compares states. Price lists are a module of their own, which this adapter does not drive.

import * as z from 'zod';
import type { InputOf } from '../../core/operation.ts';
import type { priceSet } from '../../operations/pricing.ts';
import { type Attempting, refuse } from './attempting.ts';
import { toUnits } from './invoices.ts';
import { companyCurrency, findProducts, productOf } from './references.ts';
import type { Saga } from './saga.ts';
import { readRow, type Tryton, update } from './tryton-calls.ts';
import { decimal, flag, toDecimal } from './values.ts';

type Input = InputOf<typeof priceSet>;

const priceRow = z.object({
  id: z.number(),
  code: z.string().nullable(),
  active: flag,
  template: z.number(),
  list_price: decimal.nullable(),
});

const readPrice = (tryton: Tryton, id: number): Attempting<z.infer<typeof priceRow>> =>
  readRow(tryton, { model: 'product.product', id, row: priceRow });

export const priceSetSaga: Saga<Input> = {
  find: async function* (tryton, input) {
    const id = yield* requireProduct(tryton, input);
    const { list_price: price } = yield* readPrice(tryton, id);
    return { id, isDone: price !== null && toUnits(price) === toUnits(input.price) };
  },
  begin: (tryton, input) => requireProduct(tryton, input),
  finish: async function* (tryton, { price }, id) {
    const { template } = yield* readPrice(tryton, id);
    const values = { list_price: toDecimal(price) };
    yield* update(tryton, { model: 'product.template', ids: [template], values });
  },
  show: async function* (tryton, _input, id) {
    const { code, active, list_price: price } = yield* readPrice(tryton, id);
    const { code: currency } = yield* companyCurrency(tryton);
    return {
      documentId: String(id),
      documentNumber: code ?? `product ${id}`,
      state: active ? 'active' : 'inactive',
      sku: code,
      priceList: null,
      currency,
      price,
    };
  },
};

async function* requireProduct(tryton: Tryton, input: Input): Attempting<number> {
  if (input.priceList !== undefined) {
    const message = 'must not be there: this adapter sets the list price only';
    yield* refuse('unsupported', message, 'priceList');
  }
  const own = yield* companyCurrency(tryton);
  if (own.code !== input.currency) {
    const message = `must be the currency of the books, ${own.code}`;
    yield* refuse('unsupported_currency', message, 'currency');
  }
  const products = yield* findProducts(tryton, [{ code: input.sku, field: 'sku' }]);
  return productOf(products, input.sku).id;
}
