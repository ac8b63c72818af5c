// What several operations on ERPNext need: the documents of an order or a purchase, the state and the goods of a document.
// Reads only.

import type { AdapterFailure, ErpCall } from '../../core/erp.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Found } from '../rest/keyed-operation.ts';
import { amountOf, objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { stampOf } from '../rest/stamps.ts';
import { createErpnextClient, type ErpnextClient, type Filter } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';

/** Characters of a Data field. */
const dataChars = 140;

export const submitted = 1;
export const cancelled = 2;

export function keyOf({ key }: Pick<ErpCall<unknown>, 'key'>): string {
  return stampOf(key, dataChars);
}

/** The document of that type that bears the call's key and was not cancelled. */
export function findByKey(doctype: string, settings: ErpnextSettings) {
  return (call: ErpCall<unknown>): Promise<Found> => {
    const filters: Filter[] = [
      [settings.keyField, '=', keyOf(call)],
      ['docstatus', '<', cancelled],
    ];
    return createErpnextClient(call.erp).findOne(doctype, filters);
  };
}

export function orderNumberOf(orderId: string): string {
  return stampOf(orderId, dataChars);
}

type Order = { readonly kind: 'order'; readonly order: JsonObject } | AdapterFailure;

/** The submitted order of the shop's id. */
export async function findOrder(client: ErpnextClient, orderId: string): Promise<Order> {
  const found = await client.findOne('Sales Order', [
    ['po_no', '=', orderNumberOf(orderId)],
    ['docstatus', '=', submitted],
  ]);
  if (found.kind !== 'document') return found;
  if (found.document === null)
    return refused('order_unknown', `ERPNext holds no submitted order ${orderId}`, 'orderId');
  return { kind: 'order', order: found.document };
}

/** The shop's id where the document bears it; else what it bears instead. */
export function orderIdOf(poNumber: JsonValue | undefined, orderId: string): string {
  const written = textOf(poNumber);
  return written === orderNumberOf(orderId) ? orderId : written;
}

export function stateOf({ docstatus }: JsonObject, done: string): string {
  if (docstatus === submitted) return done;
  return docstatus === cancelled ? 'cancelled' : 'draft';
}

export const isSubmitted = ({ docstatus }: JsonObject): boolean => docstatus === submitted;

export type Goods = { readonly sku: string; readonly quantity: number };

/** Returns are written with quantities below zero. */
export function goodsOf({ items }: JsonObject): readonly Goods[] {
  return objectsOf(items).map(({ item_code: sku, qty }) => ({
    sku: textOf(sku),
    quantity: Math.abs(Number(qty)),
  }));
}

/** What every output begins with. */
export function headOf(document: JsonObject, done: string) {
  const name = textOf(document.name);
  return { documentId: name, documentNumber: name, state: stateOf(document, done) };
}

export function amountIn(document: JsonObject, field: string): string | null {
  return amountOf(document[field])?.replace(/^-/, '') ?? null;
}

export type ItemQuantities = { readonly kind: 'items'; readonly items: JsonObject[] } | AdapterFailure;

/**
 * The rows of a mapped document with the quantities that were asked for; a row that was not asked for is left out. More than
 * the rows hold is put on the last row of the SKU: ERPNext says whether it takes that.
 */
export function chooseItems(mapped: JsonObject, wanted: readonly Goods[], sign: 1 | -1 = 1): ItemQuantities {
  const open = wanted.map(({ sku, quantity }) => ({ sku, left: quantity }));
  const rows = objectsOf(mapped.items);
  const items: JsonObject[] = [];
  for (const [index, row] of rows.entries()) {
    const want = open.find(({ sku, left }) => sku === row.item_code && left > 0);
    if (want === undefined) continue;
    const isLast = !rows.slice(index + 1).some(({ item_code: sku }) => sku === want.sku);
    const quantity = isLast ? want.left : Math.min(want.left, Math.abs(Number(row.qty)));
    want.left = Math.round((want.left - quantity) * 10_000) / 10_000;
    items.push({ ...row, qty: sign * quantity });
  }
  const missing = open.findIndex(({ left }) => left > 0);
  if (missing === -1) return { kind: 'items', items };
  const message = `${open[missing]?.sku} is not open on this document`;
  return refused('nothing_open', message, `lines[${missing}].sku`);
}
