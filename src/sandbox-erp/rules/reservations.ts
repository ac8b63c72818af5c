// What is reserved for an order, and what becomes of each line's goods: delivered, given up, sent back.
// May change stock only through the moves of products.ts.

import { formatQuantity, storedQuantity, type Units } from '../decimal.ts';
import type { OrderDocument, SoldLine } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp } from '../erp.ts';
import { refuse } from '../refusal.ts';
import { MAX_LINES } from './fields.ts';
import { type EndedReservation, endReservation, insertMove } from './products.ts';

/** Each line reserves once, and each of its delivered or credited parts may split it once more. */
const MAX_MOVES_OF_ORDER = 20 * MAX_LINES;

/** The order's reservations that are still open. */
export function reservationsOf(erp: Erp, order: OrderDocument) {
  return erp.store
    .find('stock_move', { column: 'reference', value: order.documentId }, MAX_MOVES_OF_ORDER)
    .filter((move) => move.state === 'reserved');
}

/** What is still reserved of a line. */
export const openQuantity = (line: SoldLine): Units =>
  storedQuantity(line.quantity) -
  storedQuantity(line.deliveredQuantity) -
  storedQuantity(line.cancelledQuantity);

/** What may still come back of a line. */
export const returnableQuantity = (line: SoldLine): Units =>
  storedQuantity(line.deliveredQuantity) - storedQuantity(line.returnedQuantity);

/** The line with more of its goods delivered, returned or given up. */
export function movedLine(
  line: SoldLine,
  change: { readonly delivered?: Units; readonly returned?: Units; readonly cancelled?: Units },
): SoldLine {
  const { delivered = 0, returned = 0, cancelled = 0 } = change;
  return {
    ...line,
    deliveredQuantity: formatQuantity(storedQuantity(line.deliveredQuantity) + delivered),
    returnedQuantity: formatQuantity(storedQuantity(line.returnedQuantity) + returned),
    cancelledQuantity: formatQuantity(storedQuantity(line.cancelledQuantity) + cancelled),
  };
}

/** The line of an order that another document names, by its id and its SKU. */
export function lineOfOrder(
  order: Pick<OrderDocument, 'lines' | 'documentNumber'>,
  named: { readonly lineId: string; readonly sku: string },
  at: string,
): SoldLine {
  const line = order.lines.find(({ lineId }) => lineId === named.lineId);
  if (line === undefined)
    return refuse('unknown_line', `${order.documentNumber} has no line ${named.lineId}.`, `${at}.lineId`);
  if (line.sku !== named.sku) refuse('unknown_line', `Line ${line.lineId} is of ${line.sku}.`, `${at}.sku`);
  return line;
}

export const withLine = (order: OrderDocument, line: SoldLine): OrderDocument => ({
  ...order,
  lines: order.lines.map((other) => (other.lineId === line.lineId ? line : other)),
});

/** Ends so much of what is reserved for a line; what is left of a reservation stays one. */
export function takeReserved(
  erp: Erp,
  {
    order,
    sku,
    quantity,
    ended,
  }: { order: OrderDocument; sku: string; quantity: Units; ended: EndedReservation },
): void {
  let left = quantity;
  for (const move of reservationsOf(erp, order).filter((reserved) => reserved.sku === sku)) {
    const taken = Math.min(left, -storedQuantity(move.quantity));
    if (taken === 0) continue;
    left -= taken;
    const kept = -storedQuantity(move.quantity) - taken;
    endReservation(erp, { ...move, quantity: formatQuantity(-taken) }, ended);
    if (kept === 0) continue;
    const goods = { sku, location: DEFAULT_LOCATION, quantity: -kept };
    insertMove(erp, { goods, type: 'delivery', sourceId: order.documentId, state: 'reserved' });
  }
}

/** How far the order's goods have come. */
export function deliveryStateOf({ lines }: Pick<OrderDocument, 'lines'>): OrderDocument['deliveryState'] {
  const isOpen = lines.some((line) => openQuantity(line) > 0);
  const isDelivered = lines.some(({ deliveredQuantity }) => deliveredQuantity > 0);
  if (isOpen) return isDelivered ? 'partial' : 'reserved';
  return isDelivered ? 'delivered' : 'cancelled';
}
