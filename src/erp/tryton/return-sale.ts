// A sale that takes goods or money of another one back: Tryton's own form of a return, with negative quantities and the
// first sale as its origin. It makes the credit note and the return shipment by itself.

import type { JsonObject } from '../../core/json.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { confirmSteps } from './sale-confirm.ts';
import { goodsOf, requireSale, type Sale, saleRow, stateOf } from './sales.ts';
import { createOne, readRow, search, searchOne, type Tryton } from './tryton-calls.ts';

export type ReturnSale = {
  /** The sender's id of the return or refund. */
  readonly reference: string;
  readonly lines: readonly JsonObject[];
  readonly isInvoiced: boolean;
  readonly isShipped: boolean;
  /** Why, for people. */
  readonly comment?: string | undefined;
};

export const readSale = (tryton: Tryton, id: number): Attempting<Sale> =>
  readRow(tryton, { model: 'sale.sale', id, row: saleRow });

/** By the operation key, which only this saga writes. */
export async function* findReturn(tryton: Tryton): Attempting<Sale | null> {
  const where = [
    ['description', '=', tryton.key],
    ['company', '=', tryton.company],
  ];
  return yield* searchOne(tryton, { model: 'sale.sale', where, row: saleRow });
}

export async function* createReturn(tryton: Tryton, sale: Sale, back: ReturnSale): Attempting<number> {
  return yield* createOne(tryton, 'sale.sale', {
    company: tryton.company,
    party: sale.party,
    invoice_address: sale.invoice_address,
    shipment_address: sale.invoice_address,
    currency: sale['currency.'].id,
    warehouse: sale.warehouse,
    origin: `sale.sale,${sale.id}`,
    reference: back.reference,
    description: tryton.key,
    ...(back.comment === undefined ? {} : { comment: back.comment }),
    invoice_method: back.isInvoiced ? 'order' : 'manual',
    shipment_method: back.isShipped ? 'order' : 'manual',
    lines: [['create', back.lines]],
  });
}

/** Confirmed, and its goods received. */
export async function* bringHome(tryton: Tryton, id: number): Attempting<Sale> {
  yield* advance(tryton, { model: 'sale.sale', id, steps: confirmSteps });
  const sale = yield* readSale(tryton, id);
  for (const { id: shipment } of sale['shipment_returns.']) {
    const steps = [
      { from: ['draft'], button: 'receive' },
      { from: ['received'], button: 'done' },
    ];
    yield* advance(tryton, { model: 'stock.shipment.out.return', id: shipment, steps });
  }
  return yield* readSale(tryton, id);
}

export const areGoodsHome = (sale: Sale): boolean =>
  stateOf(sale) === 'confirmed' && sale['shipment_returns.'].every(({ state }) => state === 'done');

/** Sales that took something of this one back before, this operation's own left out. */
export async function* earlierReturns(tryton: Tryton, sale: Sale): Attempting<readonly Sale[]> {
  const where = [
    ['origin', '=', `sale.sale,${sale.id}`],
    ['state', '!=', 'cancelled'],
  ];
  const found = yield* search(tryton, { model: 'sale.sale', where, row: saleRow });
  return found.filter(({ description }) => description !== tryton.key);
}

type Goods = { readonly sku: string; readonly quantity: number };

/** Nothing may come back that was not sold, or that came back before. */
export async function* checkReturned(
  tryton: Tryton,
  { sale, earlier, lines }: { sale: Sale; earlier: readonly Sale[]; lines: readonly Goods[] },
): Attempting<void> {
  const sold = goodsOf(tryton, sale);
  const before = earlier
    .filter((each) => each['shipment_returns.'].length > 0)
    .flatMap((each) => goodsOf(tryton, each));
  for (const [index, { sku }] of lines.entries()) {
    const left = sum(sold, sku) - sum(before, sku);
    if (sum(lines, sku) > left) {
      const message = `only ${left} of ${sku} are left to take back`;
      yield* refuse('over_return', message, `lines[${index}].quantity`);
    }
  }
}

function sum(goods: readonly Goods[], sku: string): number {
  const units = goods.map((each) => (each.sku === sku ? Math.round(each.quantity * 10_000) : 0));
  return units.reduce((total, each) => total + each, 0) / 10_000;
}

/** The sale it is about, and the checks that come before anything is written. */
export async function* openReturn(tryton: Tryton, orderId: string) {
  const sale = yield* requireSale(tryton, orderId);
  return { sale, earlier: yield* earlierReturns(tryton, sale) };
}
