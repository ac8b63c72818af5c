// shipment.deliver and purchase.receive on NetSuite: an item fulfilment of the sales order, an item receipt of the purchase
// order. The rest stays open: giving it up is a change of the order, so that policy is refused.

import type { OperationHandler } from '../../core/erp.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { shipmentDeliver } from '../../operations/shipping.ts';
import type { Written } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { dated, documentOperation, orderAt } from './document-operation.ts';
import { dayOf, goodsOf, headOf, idIn } from './documents.ts';
import { externalIdOf } from './external-id.ts';
import type { NetsuiteClient } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { chooseLines } from './transform-lines.ts';

/** Goods, days and places as NetSuite calls them in a refusal. */
export const goodsFieldNames = {
  'item.items.item': 'lines',
  'item.items.quantity': 'lines',
  'item.items.location': 'location',
  item: 'lines',
  tranDate: 'postingDate',
};

/** Shipped; picked and packed goods are still in the house. */
const shipped = 'C';

const noGivingUp = () =>
  refused('backorder_unsupported', '"cancel" is unsupported: close the lines in NetSuite', 'backorder');

export const createShipmentHandler = (options: NetsuiteOptions): OperationHandler<typeof shipmentDeliver> =>
  documentOperation<typeof shipmentDeliver>({
    ...{ options, type: 'itemFulfillment', fieldNames: goodsFieldNames },
    isDone: ({ shipStatus }) => idIn(shipStatus) === shipped,
    write: async ({ client, input, externalId }) => {
      const { orderId, lines, backorder, postingDate } = input;
      if (lines !== undefined && backorder === 'cancel') return noGivingUp();
      const order = await client.find('salesOrder', externalIdOf('order', orderId));
      if (order.kind !== 'document') return order;
      if (order.document === null)
        return refused('order_unknown', `NetSuite has no order ${orderId}`, 'orderId');
      const chosen = lines === undefined ? null : chooseLines(order.document, lines);
      if (chosen !== null && chosen.kind !== 'lines') return chosen;
      return client.transform(orderAt(orderId), 'itemFulfillment', {
        ...{ externalId, shipStatus: { id: shipped }, ...dated(postingDate) },
        ...(chosen === null ? {} : { item: { items: chosen.items } }),
      });
    },
    toOutput: ({ orderId, shipmentId }, shipment) => ({
      ...{ ...headOf(shipment), state: idIn(shipment.shipStatus) === shipped ? 'done' : 'packed' },
      ...{ shipmentId, orderId, lines: goodsOf(shipment), accountingDate: dayOf(shipment) },
    }),
  });

export const createReceiptHandler = (options: NetsuiteOptions): OperationHandler<typeof purchaseReceive> =>
  documentOperation<typeof purchaseReceive>({
    ...{ options, type: 'itemReceipt', fieldNames: goodsFieldNames },
    write: async ({ client, input, externalId }) => {
      const { lines, backorder, location, postingDate } = input;
      if (backorder === 'cancel') return noGivingUp();
      const locationId = locationOf(options, location);
      if (location !== undefined && locationId === undefined)
        return refused('location_unknown', `locations does not name ${location}`, 'location');
      const { purchaseOrder } = input;
      return receivePurchase(client, { purchaseOrder, lines, externalId, locationId, day: postingDate });
    },
    toOutput: ({ receiptId, purchaseOrder }, receipt) => ({
      ...{ ...headOf(receipt), state: 'done', receiptId, purchaseOrder },
      ...{ lines: goodsOf(receipt), accountingDate: dayOf(receipt) },
    }),
  });

export type PurchaseReceipt = {
  readonly purchaseOrder: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly externalId: string;
  readonly locationId: string | undefined;
  readonly day: string | undefined;
};

/** What did not come stays open on the purchase order. */
export async function receivePurchase(client: NetsuiteClient, receipt: PurchaseReceipt): Promise<Written> {
  const { purchaseOrder, lines, externalId, locationId, day } = receipt;
  const purchase = await client.findPurchase(purchaseOrder);
  if (purchase.kind !== 'document') return purchase;
  if (purchase.document === null)
    return refused('order_unknown', 'NetSuite has no such purchase order', 'purchaseOrder');
  const chosen = chooseLines(purchase.document, lines, locationId);
  if (chosen.kind !== 'lines') return chosen;
  const from = { type: 'purchaseOrder', id: textOf(purchase.document.id) };
  return client.transform(from, 'itemReceipt', { externalId, ...dated(day), item: { items: chosen.items } });
}

export function locationOf(
  { defaultLocationId, locations = {} }: NetsuiteOptions,
  location: string | undefined,
) {
  if (location === undefined) return defaultLocationId;
  return Object.hasOwn(locations, location) ? locations[location] : undefined;
}
