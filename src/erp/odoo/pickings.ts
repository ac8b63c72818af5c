// Transfers of Odoo's warehouse: the open one of an order is brought to what moved, marked, and validated with a stated policy for
// the rest; without one Odoo opens a wizard and does nothing. The mark in its note is how it is found again.

import type { AdapterFailure, Lookup, Performed } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import { digest } from './external-id.ts';
import { type FoundOne, type OdooClient, refused } from './odoo-client.ts';
import { findProducts, type LineGoods } from './products.ts';
import { idOf, type Row } from './read-odoo.ts';

export type Transfer = {
  readonly client: OdooClient;
  /** The operation key. */
  readonly key: string;
  /** Of the sale or purchase, as Odoo numbers it; or the transfer itself. */
  readonly origin: string | { readonly pickingId: number };
  readonly direction: 'incoming' | 'outgoing';
  /** Absent: all that is open. */
  readonly lines: readonly LineGoods[] | undefined;
  /** What becomes of the rest. */
  readonly backorder: 'create' | 'cancel';
  readonly trackingNumber?: string | undefined;
  /** Where the goods go (the id of a location). Absent: as the transfer says. */
  readonly locationId?: number | undefined;
};

const model = 'stock.picking';
const fields = ['name', 'state', 'origin', 'note', 'date_done', 'backorder_ids'];

/** Of the module for carriers: without it Odoo has no such field. */
const trackingField = 'carrier_tracking_ref';

const openStates = ['confirmed', 'waiting', 'assigned'];

/** A word of the note that no other key has. */
export const markOf = (key: string): string => `holdfast:${digest(key)}`;

export function findMarked(
  client: OdooClient,
  key: string,
  also: { readonly hasTracking: boolean } = { hasTracking: false },
): Promise<FoundOne> {
  const wanted = also.hasTracking ? [...fields, trackingField] : fields;
  return client.findOne(model, [['note', 'ilike', markOf(key)]], wanted);
}

export const trackingIn = (picking: Row): string | null => textOrNull(picking[trackingField]);

/** The day it was done on, in UTC: Odoo posts a transfer when it is validated. */
export const dayDone = (picking: Row): string | null => textOrNull(picking.date_done)?.slice(0, 10) ?? null;

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A transfer is posted on the day it is validated. */
export function whyNotDated(postingDate: string | undefined) {
  if (postingDate === undefined) return null;
  return refused(
    'posting_date_unsupported',
    'Odoo posts a transfer on the day it is validated',
    'postingDate',
  );
}

export { openStates as openPickingStates };

export async function lookUpTransfer(client: OdooClient, key: string): Promise<Lookup> {
  const found = await findMarked(client, key);
  if (found.kind !== 'row') return found;
  if (found.row === null) return { kind: 'not_found' };
  return { kind: found.row.state === 'done' ? 'found' : 'unfinished', answer: found.row };
}

export async function moveGoods(transfer: Transfer): Promise<Performed> {
  const { client, key, backorder } = transfer;
  const found = await findOpen(transfer);
  if (found.kind !== 'row') return found;
  const { row: picking } = found;
  if (picking === null) return refused('nothing_to_move', `${nameOf(transfer)} has no open transfer`);
  if (picking.state === 'done') return { kind: 'performed', answer: picking, already: true };
  const id = Number(picking.id);
  const failure = (await markPicking(transfer, id)) ?? (await setQuantities(transfer, id));
  if (failure !== null) return failure;
  const context = {
    skip_backorder: true,
    ...(backorder === 'cancel' ? { picking_ids_not_to_backorder: [id] } : {}),
  };
  const pressed = await client.press({ model, method: 'button_validate', ids: [id], context });
  if (pressed.kind === 'done') return { kind: 'performed', answer: picking };
  if (pressed.kind !== 'done_before') return pressed;
  const read = await findMarked(client, key);
  if (read.kind !== 'row') return read;
  const isDone = read.row?.state === 'done';
  return isDone && read.row !== null
    ? { kind: 'performed', answer: read.row, already: true }
    : pressed.refusal;
}

const nameOf = ({ origin }: Transfer): string =>
  typeof origin === 'string' ? origin : `transfer ${origin.pickingId}`;

/** The one this operation has begun, else the order's oldest open one. */
async function findOpen({ client, key, origin, direction }: Transfer): Promise<FoundOne> {
  const marked = await findMarked(client, key);
  if (marked.kind !== 'row' || marked.row !== null) return marked;
  if (typeof origin !== 'string') return client.findOne(model, [['id', '=', origin.pickingId]], fields);
  const domain = [
    ['origin', '=', origin],
    ['picking_type_code', '=', direction],
    ['state', 'in', openStates],
  ];
  const open = await client.find(model, domain, fields);
  return open.kind === 'found' ? { kind: 'row', row: open.rows.at(-1) ?? null } : open;
}

function markPicking(
  { client, key, trackingNumber, locationId }: Transfer,
  id: number,
): Promise<AdapterFailure | null> {
  return client.write(model, id, {
    note: markOf(key),
    ...(trackingNumber === undefined ? {} : { [trackingField]: trackingNumber }),
    ...(locationId === undefined ? {} : { location_dest_id: locationId }),
  });
}

/** What moved of each product; of what is not named nothing. */
async function setQuantities(
  { client, lines, direction }: Transfer,
  id: number,
): Promise<AdapterFailure | null> {
  const moves = await client.find('stock.move', [['picking_id', '=', id]], ['product_id', 'product_uom_qty']);
  if (moves.kind !== 'found') return moves;
  const skus = (lines ?? []).map(({ sku }) => sku);
  const products = await findProducts(client, skus, (index) => `lines[${index}].sku`);
  if (products.kind !== 'products') return products;
  const left = new Map<number, number>();
  for (const { sku, quantity } of lines ?? []) {
    const productId = products.idOf(sku);
    left.set(productId, (left.get(productId) ?? 0) + quantity);
  }
  for (const move of moves.rows) {
    const expected = Number(move.product_uom_qty);
    const productId = idOf(move.product_id) ?? 0;
    const wanted = lines === undefined ? expected : (left.get(productId) ?? 0);
    // More than was ordered may arrive; more than was ordered may not leave.
    const isLast = moves.rows.filter(({ product_id: other }) => idOf(other) === productId).at(-1) === move;
    const quantity = direction === 'incoming' && isLast ? wanted : Math.min(wanted, expected);
    left.set(productId, wanted - quantity);
    const failure = await client.write('stock.move', Number(move.id), { quantity, picked: quantity > 0 });
    if (failure !== null) return failure;
  }
  const over = skus.findIndex((sku) => (left.get(products.idOf(sku)) ?? 0) > 0.00005);
  if (over < 0) return null;
  return refused(
    'over_delivery',
    `${skus[over]}: the transfer does not hold so much`,
    `lines[${over}].quantity`,
  );
}

/** The rest that Odoo keeps open. */
export function hasBackorder({ backorder_ids: rest }: Row): boolean {
  return Array.isArray(rest) && rest.length > 0;
}
