// Shipments and returns: goods of an order leave at their cost, and some of them come back.
// May deliver no more than is reserved and on hand, and take back no more than was delivered.

import * as z from 'zod';
import { formatQuantity, storedQuantity, type Units } from '../decimal.ts';
import type { OrderDocument, ReturnDocument, ReturnLine, ShipmentDocument } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp, isoTime, parseBody, requireModule } from '../erp.ts';
import { refuse, refuseUnknown } from '../refusal.ts';
import * as fields from './fields.ts';
import { accountingDate } from './periods.ts';
import { moveStock } from './products.ts';
import {
  deliveryStateOf,
  lineOfOrder,
  movedLine,
  openQuantity,
  returnableQuantity,
  takeReserved,
  withLine,
} from './reservations.ts';
import { orderOfDocument, updateOrder } from './sales.ts';

type Shipped = { readonly lineId: string; readonly sku: string; readonly quantity: number };

const soldLine = z.object({
  lineId: fields.idField,
  sku: fields.idField,
  quantity: fields.quantityField,
});

const shipmentBody = z.object({
  relayKey: fields.relayKeyField,
  shipmentId: fields.idField,
  orderId: fields.idField,
  /** Absent: all that is still reserved. */
  lines: z.array(soldLine).min(1).max(fields.MAX_LINES).nullish(),
  /** What becomes of what stays reserved. */
  backorder: z.enum(['create', 'cancel']).default('create'),
  trackingNumber: fields.idField.nullish(),
  ...fields.postingFields,
});

export function deliverShipment(erp: Erp, body: unknown): ShipmentDocument {
  const input = parseBody(shipmentBody, body);
  requireModule(erp, 'sales');
  const order = orderOfDocument(erp, input.orderId, 'orderId');
  const day = accountingDate(erp, { ...input, wanted: input.postingDate, field: 'postingDate' });
  const lines = input.lines ?? openLines(order);
  if (lines.length === 0)
    refuse('nothing_to_deliver', `${order.documentNumber} has nothing to deliver.`, 'orderId');
  const delivered = deliverLines(erp, order, { lines, day });
  const left = input.backorder === 'cancel' ? giveUpRest(erp, delivered) : delivered;
  updateOrder(erp, { ...left, deliveryState: deliveryStateOf(left) });
  const shipment: ShipmentDocument = {
    ...erp.store.next('shipment', 'WH/OUT/'),
    ...{ state: 'done', relayKey: input.relayKey ?? null, createdAt: isoTime(erp.now) },
    ...{ shipmentId: input.shipmentId, orderId: order.orderId, orderDocumentId: order.documentId, lines },
    totalQuantity: formatQuantity(lines.reduce((sum, { quantity }) => sum + storedQuantity(quantity), 0)),
    hasBackorder: openLines(left).length > 0,
    ...{ trackingNumber: input.trackingNumber ?? null, accountingDate: day },
  };
  erp.store.insert('shipment', shipment);
  const { documentId, relayKey, shipmentId } = shipment;
  const operation = 'shipment.deliver';
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: shipmentId });
  return shipment;
}

/** Ships all that is reserved, as the warehouse may do by itself: without a shipment of anybody's. */
export function deliverOrder(erp: Erp, documentId: string): OrderDocument {
  const order = erp.store.get('order', documentId) ?? refuseUnknown('order', documentId);
  const lines = openLines(order);
  if (order.state !== 'confirmed' || lines.length === 0)
    refuse('invalid_state', `${order.documentNumber} has nothing to deliver.`);
  const day = accountingDate(erp, { field: 'date' });
  const delivered = deliverLines(erp, order, { lines, day });
  const { orderId, relayKey } = order;
  erp.store.appendEffect({
    at: erp.now,
    operation: 'sale.deliver',
    relayKey,
    documentId,
    reference: orderId,
  });
  return updateOrder(erp, { ...delivered, deliveryState: deliveryStateOf(delivered) });
}

const openLines = ({ lines }: OrderDocument): Shipped[] =>
  lines
    .map((line) => ({ lineId: line.lineId, sku: line.sku, quantity: formatQuantity(openQuantity(line)) }))
    .filter(({ quantity }) => quantity > 0);

function deliverLines(
  erp: Erp,
  order: OrderDocument,
  { lines, day }: { lines: readonly Shipped[]; day: string },
): OrderDocument {
  return lines.reduce((left, shipped, index) => {
    const at = `lines[${index}]`;
    const line = lineOfOrder(left, shipped, at);
    const quantity = fields.positiveQuantity(shipped.quantity, `${at}.quantity`);
    const open = openQuantity(line);
    if (quantity > open) {
      const text = `Only ${formatQuantity(open)} of line ${line.lineId} are left to deliver.`;
      refuse('over_delivery', text, `${at}.quantity`);
    }
    const { onHand } = erp.store.stockLevel(line.sku, DEFAULT_LOCATION);
    if (onHand < quantity)
      refuse(
        'insufficient_stock',
        `Of ${line.sku} only ${formatQuantity(onHand)} are on hand.`,
        `${at}.quantity`,
      );
    takeReserved(erp, { order, sku: line.sku, quantity, ended: { state: 'done', day } });
    return withLine(left, movedLine(line, { delivered: quantity }));
  }, order);
}

function giveUpRest(erp: Erp, order: OrderDocument): OrderDocument {
  return order.lines.reduce((left, line) => {
    const cancelled = openQuantity(line);
    if (cancelled === 0) return left;
    takeReserved(erp, { order, sku: line.sku, quantity: cancelled, ended: { state: 'cancelled' } });
    return withLine(left, movedLine(line, { cancelled }));
  }, order);
}

const returnBody = z.object({
  relayKey: fields.relayKeyField,
  returnId: fields.idField,
  orderId: fields.idField,
  lines: z
    .array(soldLine.extend({ disposition: z.enum(['restock', 'scrap']) }))
    .min(1)
    .max(fields.MAX_LINES),
  location: fields.idField.nullish(),
  ...fields.postingFields,
});

export function receiveReturn(erp: Erp, body: unknown): ReturnDocument {
  const input = parseBody(returnBody, body);
  requireModule(erp, 'sales');
  const order = orderOfDocument(erp, input.orderId, 'orderId');
  const day = accountingDate(erp, { ...input, wanted: input.postingDate, field: 'postingDate' });
  const location = input.location ?? DEFAULT_LOCATION;
  const ids = erp.store.next('return', 'WH/RET/');
  const returned = input.lines.reduce(
    (left, line, index) =>
      takeBack(erp, left, { line, index, move: { sourceId: ids.documentId, day, location } }),
    order,
  );
  updateOrder(erp, returned);
  const document: ReturnDocument = {
    ...{ ...ids, state: 'done', relayKey: input.relayKey ?? null, createdAt: isoTime(erp.now) },
    ...{ returnId: input.returnId, orderId: order.orderId, orderDocumentId: order.documentId, location },
    lines: input.lines,
    restockedLines: input.lines
      .filter(({ disposition }) => disposition === 'restock')
      .map(({ sku, quantity }) => ({ sku, quantity })),
    accountingDate: day,
  };
  erp.store.insert('return', document);
  const { documentId, relayKey, returnId } = document;
  const operation = 'return.receive';
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: returnId });
  return document;
}

type Returned = {
  readonly line: ReturnLine;
  readonly index: number;
  readonly move: { readonly sourceId: string; readonly day: string; readonly location: string };
};

/** What is scrapped comes in and is written off: the list of moves shows that it was here. */
function takeBack(erp: Erp, order: OrderDocument, { line, index, move }: Returned): OrderDocument {
  const at = `lines[${index}]`;
  const sold = lineOfOrder(order, line, at);
  const quantity: Units = fields.positiveQuantity(line.quantity, `${at}.quantity`);
  const left = returnableQuantity(sold);
  if (quantity > left) {
    const text = `Only ${formatQuantity(left)} of line ${sold.lineId} can come back.`;
    refuse('over_return', text, `${at}.quantity`);
  }
  const { sourceId, day, location } = move;
  const goods = { sku: sold.sku, location, quantity };
  moveStock(erp, { goods, type: 'return', sourceId, against: 'cost_of_goods', day });
  if (line.disposition === 'scrap') {
    const scrapped = { ...goods, quantity: -quantity };
    moveStock(erp, { goods: scrapped, type: 'scrap', sourceId, against: 'scrapped', day });
  }
  return withLine(order, movedLine(sold, { returned: quantity }));
}
