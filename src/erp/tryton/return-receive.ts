// return.receive on Tryton: a return sale without a credit note, whose goods are received onto the shelf.
// It cannot scrap: Tryton's return shipment ends in the warehouse, and a write-off is a stock count of its own.

import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { returnReceive } from '../../operations/shipping.ts';
import { type Attempting, refuse } from './attempting.ts';
import { findProducts, productOf } from './references.ts';
import {
  areGoodsHome,
  bringHome,
  checkReturned,
  createReturn,
  findReturn,
  openReturn,
  readSale,
} from './return-sale.ts';
import type { Saga } from './saga.ts';
import { toLine } from './sale-confirm.ts';
import { goodsOf, type Sale } from './sales.ts';
import { readShipment } from './shipments.ts';
import type { Tryton } from './tryton-calls.ts';

type Input = InputOf<typeof returnReceive>;

export const returnReceiveSaga: Saga<Input> = {
  find: async function* (tryton) {
    const back = yield* findReturn(tryton);
    return back === null ? null : { id: back.id, isDone: areGoodsHome(back) };
  },
  begin: async function* (tryton, input) {
    const scrapped = input.lines.findIndex(({ disposition }) => disposition === 'scrap');
    if (scrapped >= 0) {
      const message = 'must be "restock": Tryton writes goods off by a stock count, not by a return';
      yield* refuse('unsupported', message, `lines[${scrapped}].disposition`);
    }
    if (input.location !== undefined || input.postingDate !== undefined) yield* refusePolicies(input);
    const { sale, earlier } = yield* openReturn(tryton, input.orderId);
    yield* checkReturned(tryton, { sale, earlier, lines: input.lines });
    const lines = yield* toLines(tryton, input, sale);
    const back = { reference: input.returnId, isInvoiced: false, isShipped: true };
    return yield* createReturn(tryton, sale, { ...back, lines });
  },
  finish: async function* (tryton, _input, id) {
    yield* bringHome(tryton, id);
  },
  show: async function* (tryton, { orderId }, id) {
    const back = yield* readSale(tryton, id);
    const origin = yield* readSale(tryton, Number(back.origin?.split(',')[1]));
    const homes = back['shipment_returns.'];
    const [first] = homes;
    const shipment =
      first === undefined ? null : yield* readShipment(tryton, 'stock.shipment.out.return', first.id);
    const goods = goodsOf(tryton, back);
    const isHome = homes.length > 0 && homes.every(({ state }) => state === 'done');
    return {
      documentId: String(first?.id ?? id),
      documentNumber: shipment?.number ?? `sale ${id}`,
      state: isHome ? 'done' : (first?.state ?? 'draft'),
      returnId: back.reference,
      orderId: origin.reference ?? orderId,
      lines: goods,
      restockedLines: isHome ? goods : [],
      accountingDate: shipment?.effective_date ?? null,
    };
  },
};

/** A return goes to the warehouse its sale came from, on the day it is received. */
async function* refusePolicies({ location }: Input): Attempting<void> {
  const field = location === undefined ? 'postingDate' : 'location';
  const message = 'must not be there: Tryton takes a return into the warehouse of its sale, today';
  yield* refuse('unsupported', message, field);
}

/** At the price of the sale's own line: what the goods are worth is not this operation's to say. */
async function* toLines(tryton: Tryton, input: Input, sale: Sale): Attempting<readonly JsonObject[]> {
  const wanted = input.lines.map(({ sku }, index) => ({ code: sku, field: `lines[${index}].sku` }));
  const products = yield* findProducts(tryton, wanted);
  return input.lines.map(({ sku, quantity, lineId }) => {
    const sold = sale['lines.'].find((line) => line['product.']?.code === sku);
    const price = sold?.unit_price ?? '0';
    return toLine(productOf(products, sku), { quantity: -quantity, price, note: lineId });
  });
}
