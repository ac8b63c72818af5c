// Products of Odoo by their internal reference, which is the SKU everywhere else. Reads only.

import type { AdapterFailure } from '../../core/erp.ts';
import { type OdooClient, refused } from './odoo-client.ts';
import { idOf } from './read-odoo.ts';

export type Products = { readonly kind: 'products'; readonly idOf: (sku: string) => number } | AdapterFailure;

/** @param fieldAt where in the input a SKU stands, for a refusal */
export async function findProducts(
  client: OdooClient,
  skus: readonly string[],
  fieldAt: (index: number) => string,
): Promise<Products> {
  const wanted = [...new Set(skus)];
  const found = await client.find('product.product', [['default_code', 'in', wanted]], ['default_code']);
  if (found.kind !== 'found') return found;
  const ids = new Map<string, number>();
  for (const { id, default_code: code } of found.rows) {
    if (typeof code !== 'string' || typeof id !== 'number') continue;
    if (ids.has(code)) return refused('ambiguous_product', `Odoo has several products ${code}`);
    ids.set(code, id);
  }
  const missing = skus.findIndex((sku) => !ids.has(sku));
  if (missing >= 0) {
    const message = `Odoo has no product with the internal reference ${skus[missing]}`;
    return refused('unknown_sku', message, fieldAt(missing));
  }
  return { kind: 'products', idOf: (sku) => ids.get(sku) ?? 0 };
}

export type LineGoods = { readonly sku: string; readonly quantity: number };
export type Goods = { readonly kind: 'goods'; readonly lines: readonly LineGoods[] } | AdapterFailure;

/** Lines of a document as SKUs and quantities; services that carry shipping or a discount are left out. */
export async function readGoods(
  client: OdooClient,
  source: {
    readonly model: string;
    readonly domain: readonly (readonly (string | number | boolean | readonly number[])[])[];
    readonly quantityField: string;
    readonly leaveOut?: readonly (string | undefined)[];
  },
): Promise<Goods> {
  const { model, domain, quantityField, leaveOut = [] } = source;
  const lines = await client.find(model, domain, ['product_id', quantityField]);
  if (lines.kind !== 'found') return lines;
  const ids = [...new Set(lines.rows.map(({ product_id: product }) => idOf(product)))].filter(
    (id) => id !== null,
  );
  const products = await client.find('product.product', [['id', 'in', ids]], ['default_code']);
  if (products.kind !== 'found') return products;
  const codes = new Map(products.rows.map(({ id, default_code: code }) => [id, code]));
  const goods = lines.rows.flatMap((line): LineGoods[] => {
    const sku = codes.get(idOf(line.product_id) ?? -1);
    const quantity = line[quantityField];
    const isGoods = typeof sku === 'string' && typeof quantity === 'number' && !leaveOut.includes(sku);
    return isGoods ? [{ sku, quantity }] : [];
  });
  return { kind: 'goods', lines: goods.reverse() };
}
