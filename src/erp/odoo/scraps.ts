// Goods that came back broken: each product is one scrap of Odoo, with the operation's mark as its origin, taken from where its return
// was put. One that was made and not validated is validated, and none is made twice.

import type { AdapterFailure } from '../../core/erp.ts';
import { type Found, type OdooClient, refused } from './odoo-client.ts';
import { markOf } from './pickings.ts';
import { findProducts, type LineGoods } from './products.ts';
import { idOf, type Row } from './read-odoo.ts';

const model = 'stock.scrap';

export type Scrapping = {
  readonly client: OdooClient;
  /** The operation key. */
  readonly key: string;
  readonly lines: readonly LineGoods[];
  /** The return they came with. */
  readonly pickingId: number;
};

export function findScraps(client: OdooClient, key: string): Promise<Found> {
  return client.find(model, [['origin', '=', markOf(key)]], ['state', 'product_id', 'scrap_qty']);
}

/** Whether each of the products has been scrapped. */
export function isAllScrapped(scraps: readonly Row[], lines: readonly LineGoods[]): boolean {
  const done = scraps.filter(({ state }) => state === 'done');
  return done.length >= new Set(lines.map(({ sku }) => sku)).size;
}

/** How many were written, or why not all are. */
export async function scrapGoods(
  scrapping: Scrapping,
): Promise<{ readonly kind: 'scrapped'; readonly count: number } | AdapterFailure> {
  const { client, key, lines, pickingId } = scrapping;
  if (lines.length === 0) return { kind: 'scrapped', count: 0 };
  const products = await findProducts(
    client,
    lines.map(({ sku }) => sku),
    (index) => `lines[${index}].sku`,
  );
  if (products.kind !== 'products') return products;
  const known = await findScraps(client, key);
  if (known.kind !== 'found') return known;
  const picking = await client.findOne('stock.picking', [['id', '=', pickingId]], ['location_dest_id']);
  if (picking.kind !== 'row') return picking;
  const locationId = idOf(picking.row?.location_dest_id);
  if (locationId === null) return refused('unknown_location', 'the return does not say where its goods are');
  let count = 0;
  for (const [productId, quantity] of sumByProduct(lines, products.idOf)) {
    const begun = known.rows.find(({ product_id: product }) => idOf(product) === productId);
    if (begun?.state === 'done') continue;
    // Not of the transfer: its moves would be counted among the goods that came back.
    const values = {
      product_id: productId,
      scrap_qty: quantity,
      location_id: locationId,
      origin: markOf(key),
    };
    const made =
      begun === undefined
        ? await client.create(model, values)
        : ({ kind: 'created', id: Number(begun.id) } as const);
    if (made.kind !== 'created') return made;
    const pressed = await client.press({ model, method: 'action_validate', ids: [made.id] });
    if (pressed.kind !== 'done') return pressed.kind === 'done_before' ? pressed.refusal : pressed;
    count += 1;
  }
  return { kind: 'scrapped', count };
}

function sumByProduct(lines: readonly LineGoods[], idOfSku: (sku: string) => number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { sku, quantity } of lines) {
    const id = idOfSku(sku);
    sums.set(id, Number(((sums.get(id) ?? 0) + quantity).toFixed(4)));
  }
  return sums;
}
