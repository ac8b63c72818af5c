// price.set on Odoo: the sales price of a product, or a fixed price of it on a price list. The price itself says whether it was
// done. May not touch a rule with a period or a minimum quantity: those are somebody's promotion.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { priceSet } from '../../operations/pricing.ts';
import { digest } from './external-id.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findCompany } from './orders.ts';
import { findProducts } from './products.ts';
import { amountText, nameOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof priceSet>>;

const fieldNames = { lst_price: 'price', fixed_price: 'price', product_id: 'sku', pricelist_id: 'priceList' };

/** Where the price stands: on the product, or on a rule of a list, which may not be there yet. */
type Place =
  | {
      readonly kind: 'place';
      readonly productId: number;
      readonly listId: number | null;
      readonly currency: string | null;
      /** Null: no rule yet. */
      readonly row: Row | null;
    }
  | AdapterFailure;

type Placed = Extract<Place, { kind: 'place' }>;

export function createPriceHandler(settings: OdooSettings): OperationHandler<typeof priceSet> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call) => {
      const place = await findPlace(clientOf(call), call);
      if (place.kind !== 'place') return place;
      const isDone = place.row !== null && Number(priceIn(place)) === Number(call.input.price);
      return isDone ? { kind: 'found', answer: place.row } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const client = clientOf(call);
      const place = await findPlace(client, call);
      if (place.kind !== 'place') return place;
      const failure = await write(client, call, place);
      return failure ?? { kind: 'performed', answer: { id: place.productId } };
    },
    verify: async (call) => {
      const place = await findPlace(clientOf(call), call);
      if (place.kind !== 'place') return place;
      if (place.row === null) return { kind: 'answer_lost', message: 'the price could not be read back' };
      const { sku, priceList = null } = call.input;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(place.row.id), documentNumber: sku, state: 'active', sku, priceList },
          ...{ currency: place.currency, price: priceIn(place) },
        },
      };
    },
  };
}

function priceIn({ listId, row }: Placed): string | null {
  return amountText(listId === null ? row?.lst_price : row?.fixed_price);
}

async function findPlace(client: OdooClient, { input }: Call): Promise<Place> {
  const { sku, priceList, currency } = input;
  const products = await findProducts(client, [sku], () => 'sku');
  if (products.kind !== 'products') return products;
  const productId = products.idOf(sku);
  if (priceList === undefined) return onProduct(client, productId, currency);
  const found = await client.find('product.pricelist', [['name', '=', priceList]], ['currency_id']);
  if (found.kind !== 'found') return found;
  const list = found.rows.find(({ currency_id: own }) => nameOf(own) === currency);
  if (list === undefined) {
    const message = `Odoo has no price list ${priceList} in ${currency}`;
    return refused('unknown_price_list', message, 'priceList');
  }
  const listId = Number(list.id);
  const domain = [
    ['pricelist_id', '=', listId],
    ['product_id', '=', productId],
    ['min_quantity', '=', 0],
    ['date_start', '=', false],
    ['date_end', '=', false],
  ];
  const rule = await client.findOne('product.pricelist.item', domain, ['fixed_price', 'compute_price']);
  if (rule.kind !== 'row') return rule;
  return { kind: 'place', productId, listId, currency: nameOf(list.currency_id), row: rule.row };
}

async function onProduct(client: OdooClient, productId: number, currency: string): Promise<Place> {
  const company = await findCompany(client);
  if (company.kind !== 'row') return company;
  const own = nameOf(company.row?.currency_id);
  if (own !== currency)
    return refused('currency_mismatch', `a product's own price is in ${own}: name a priceList`, 'currency');
  const product = await client.findOne('product.product', [['id', '=', productId]], ['lst_price']);
  if (product.kind !== 'row') return product;
  return { kind: 'place', productId, listId: null, currency: own, row: product.row };
}

async function write(client: OdooClient, call: Call, place: Placed): Promise<AdapterFailure | null> {
  const price = Number(call.input.price);
  const { productId, listId, row } = place;
  if (listId === null) return client.write('product.product', productId, { lst_price: price });
  const values = { compute_price: 'fixed', fixed_price: price };
  if (row !== null) return client.write('product.pricelist.item', Number(row.id), values);
  // By an external id: two that make it at once make one.
  const loaded = await client.load('product.pricelist.item', {
    fields: ['id', 'pricelist_id/.id', 'applied_on', 'product_id/.id', 'compute_price', 'fixed_price'],
    rows: [
      [
        ...[`${client.settings.module}.price_${digest(`${listId}/${productId}`)}`, String(listId)],
        ...['0_product_variant', String(productId), 'fixed', call.input.price],
      ],
    ],
  });
  return loaded.kind === 'loaded' ? null : loaded;
}
