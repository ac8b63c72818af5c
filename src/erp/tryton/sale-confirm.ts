// sale.confirm on Tryton: a sale made with its key, quoted and confirmed; Tryton then makes the invoice and the shipment.
// Everything that can be refused is read before the first write.

import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleConfirm } from '../../operations/sales.ts';
import { advance } from './advance.ts';
import { type Attempting, refuse } from './attempting.ts';
import { ensureCustomer } from './parties.ts';
import {
  findCurrency,
  findProducts,
  findWarehouse,
  type Product,
  type ProductWanted,
  productOf,
} from './references.ts';
import type { Saga, Step } from './saga.ts';
import { findSale, goodsOf, isCancelled, saleRow, stateOf } from './sales.ts';
import { createOne, readRow, type Tryton } from './tryton-calls.ts';
import { toUnitPrice } from './unit-price.ts';
import { toDay, toDecimal } from './values.ts';

type Input = InputOf<typeof saleConfirm>;

export const confirmSteps: readonly Step[] = [
  { from: ['draft'], button: 'quote' },
  { from: ['quotation'], button: 'confirm' },
];

export const saleConfirmSaga: Saga<Input> = {
  find: async function* (tryton, { orderId }) {
    const sale = yield* findSale(tryton, orderId);
    // One that was cancelled before is no reason not to sell again; its own key says that it is this very sale.
    if (sale === null || (isCancelled(sale) && sale.description !== tryton.key)) return null;
    return { id: sale.id, isDone: stateOf(sale) !== 'draft' };
  },
  begin: async function* (tryton, input) {
    const lines = yield* toLines(tryton, input);
    const currency = yield* findCurrency(tryton, input.currency);
    const warehouse = yield* findWarehouse(tryton, undefined);
    const party = yield* ensureCustomer(tryton, input.customer);
    return yield* createOne(tryton, 'sale.sale', {
      company: tryton.company,
      party: party.id,
      invoice_address: party.address,
      shipment_address: party.address,
      payment_term: party.paymentTerm,
      currency,
      warehouse: warehouse.id,
      reference: input.orderId,
      description: tryton.key,
      ...(input.orderedAt === undefined ? {} : { sale_date: toDay(input.orderedAt.slice(0, 10)) }),
      invoice_method: 'order',
      shipment_method: 'order',
      lines: [['create', lines]],
    });
  },
  finish: async function* (tryton, _input, id) {
    yield* advance(tryton, { model: 'sale.sale', id, steps: confirmSteps });
  },
  show: async function* (tryton, _input, id) {
    const sale = yield* readRow(tryton, { model: 'sale.sale', id, row: saleRow });
    return {
      documentId: String(id),
      documentNumber: sale.number ?? `sale ${id}`,
      state: stateOf(sale),
      orderId: sale.reference,
      currency: sale['currency.'].code,
      total: sale.total_amount,
      lines: goodsOf(tryton, sale),
    };
  },
};

type Extra = { readonly code: string; readonly field: string; readonly price: string };

/** Shipping, discount and tax, each a line of its own service product. */
function extrasOf({ options }: Tryton, input: Input): readonly Extra[] {
  const { shipping, discount, tax } = options.products;
  const extras = [
    { code: shipping, field: 'shippingTotal', amount: input.shippingTotal, sign: '' },
    { code: tax, field: 'taxTotal', amount: input.taxTotal, sign: '' },
    { code: discount, field: 'discountTotal', amount: input.discountTotal, sign: '-' },
  ];
  return extras.flatMap(({ amount = '0', sign, ...extra }) =>
    Number(amount) === 0 ? [] : [{ ...extra, price: `${sign}${amount}` }],
  );
}

async function* toLines(tryton: Tryton, input: Input): Attempting<readonly JsonObject[]> {
  const extras = extrasOf(tryton, input);
  const wanted: ProductWanted[] = [
    ...input.lines.map(({ sku }, index) => ({ code: sku, field: `lines[${index}].sku` })),
    ...extras,
  ];
  const products = yield* findProducts(tryton, wanted);
  const lines: JsonObject[] = [];
  for (const [index, line] of input.lines.entries()) {
    const price = toUnitPrice({ ...line, currency: input.currency });
    if (price === null) {
      const message = 'is no amount that quantity × a price of 4 decimals comes to';
      return yield* refuse('invalid_input', message, `lines[${index}].total`);
    }
    const product = productOf(products, line.sku);
    lines.push(toLine(product, { quantity: line.quantity, price, note: line.lineId }));
  }
  const services = extras.map(({ code, price }) => toLine(productOf(products, code), { quantity: 1, price }));
  return [...lines, ...services];
}

/** `note`: the sender's id of the line, kept where nobody prints it. */
export function toLine(
  product: Product,
  line: { readonly quantity: number; readonly price: string; readonly note?: string },
): JsonObject {
  return {
    type: 'line',
    product: product.id,
    unit: product.default_uom,
    quantity: line.quantity,
    unit_price: toDecimal(line.price),
    description: product.name,
    ...(line.note === undefined ? {} : { note: line.note }),
  };
}
