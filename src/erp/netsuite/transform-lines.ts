// Which lines of an order a transform takes: every line of the source is offered, and those that are not taken are said so. Pure.

import type { AdapterFailure } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import { refused } from '../rest/read-rest.ts';
import { linesOf, nameIn } from './documents.ts';

type Goods = { readonly sku: string; readonly quantity: number };

export function chooseLines(
  source: JsonObject,
  wanted: readonly Goods[],
  locationId?: string,
): { readonly kind: 'lines'; readonly items: JsonObject[] } | AdapterFailure {
  const open = wanted.map(({ sku, quantity }) => ({ sku, left: quantity }));
  const lines = linesOf(source);
  const items = lines.map((line, index): JsonObject => {
    const sku = nameIn(line.item);
    const want = open.find((one) => one.sku === sku && one.left > 0);
    if (want === undefined) return { orderLine: line.line, itemReceive: false };
    const isLast = !lines.slice(index + 1).some(({ item }) => nameIn(item) === sku);
    const quantity = isLast ? want.left : Math.min(want.left, Number(line.quantity));
    want.left = Math.round((want.left - quantity) * 10_000) / 10_000;
    const location = locationId === undefined ? {} : { location: { id: locationId } };
    return { orderLine: line.line, itemReceive: true, quantity, ...location };
  });
  const missing = open.findIndex(({ left }) => left > 0);
  if (missing === -1) return { kind: 'lines', items };
  return refused('nothing_open', `${open[missing]?.sku} is not on this order`, `lines[${missing}].sku`);
}
