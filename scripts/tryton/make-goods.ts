// Goods that a Tryton has to know before a relay can sell or receive them: products by their code, and purchase orders. Made
// over its API, as a person would by hand.

import type { TrytonClient } from './tryton-client.ts';

export type Goods = { readonly sku: string; readonly quantity: number };

const decimal = (text: string) => ({ __class__: 'Decimal', decimal: text });

/** Products kept in stock, in whole pieces; those that are there already are left alone. */
export async function makeProducts({ find, create }: TrytonClient, skus: readonly string[]): Promise<void> {
  const known = await find('product.product', [['code', 'in', skus]], ['code']);
  const [unit] = await find('product.uom', [['name', '=', 'Unit']], []);
  const [category] = await find('product.category', [['name', '=', 'Goods']], []);
  for (const code of skus.filter((sku) => !known.some((product) => product.code === sku))) {
    await create('product.template', {
      ...{ name: code, code, type: 'goods', default_uom: unit?.id, account_category: category?.id },
      ...{ salable: true, sale_uom: unit?.id, purchasable: true, purchase_uom: unit?.id },
      ...{ list_price: decimal('0'), cost_price_method: 'fixed', products: [['create', [{}]]] },
    });
  }
}

export async function makePurchaseOrder(
  { find, create, press, context }: TrytonClient,
  number: string,
  lines: readonly Goods[],
): Promise<void> {
  const [supplier] = await find('party.party', [['code', '=', 'HOLDFAST-SUPPLIER']], ['addresses']);
  const [warehouse] = await find('stock.location', [['type', '=', 'warehouse']], []);
  const [currency] = await find('currency.currency', [['code', '=', 'EUR']], []);
  const [address] = (supplier?.addresses ?? []) as number[];
  const products = await find(
    'product.product',
    [['code', 'in', lines.map(({ sku }) => sku)]],
    ['code', 'default_uom'],
  );
  const id = await create('purchase.purchase', {
    ...{ company: context.company, party: supplier?.id, invoice_address: address, currency: currency?.id },
    ...{ warehouse: warehouse?.id, number, invoice_method: 'shipment' },
    lines: [
      [
        'create',
        lines.map(({ sku, quantity }) => {
          const product = products.find(({ code }) => code === sku);
          const base = { type: 'line', product: product?.id, unit: product?.default_uom, description: sku };
          return { ...base, quantity, unit_price: decimal('4') };
        }),
      ],
    ],
  });
  await press('purchase.purchase', 'quote', id);
  await press('purchase.purchase', 'confirm', id);
}
