// shipment.deliver and purchase.receive on Odoo: the same transfer in two directions. What an operation is asked and answers is
// here; how goods move is in pickings.ts.

import type { ErpCall, OperationHandler, Performed, Verified } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { shipmentDeliver } from '../../operations/shipping.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findOrder, unknownOrder } from './orders.ts';
import {
  dayDone,
  findMarked,
  hasBackorder,
  lookUpTransfer,
  moveGoods,
  trackingIn,
  whyNotDated,
} from './pickings.ts';
import { readGoods } from './products.ts';
import type { Refusal, Row } from './read-odoo.ts';

type Shipment = InputOf<typeof shipmentDeliver>;
type Receipt = InputOf<typeof purchaseReceive>;

const fieldNames = { product_id: 'lines', quantity: 'lines', carrier_tracking_ref: 'trackingNumber' };

export function createShipmentHandler(settings: OdooSettings): OperationHandler<typeof shipmentDeliver> {
  const clientOf = ({ erp }: ErpCall<unknown>) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: (call) => lookUpTransfer(clientOf(call), call.key),
    perform: async (call) => {
      const { orderId, lines, backorder = 'create', trackingNumber, postingDate } = call.input;
      const dated = whyNotDated(postingDate);
      if (dated !== null) return dated;
      const client = clientOf(call);
      const found = await findOrder(client, orderId);
      if (found.kind !== 'order') return found;
      if (found.order === null) return unknownOrder(orderId);
      const origin = String(found.order.name);
      const transfer = { client, key: call.key, origin, direction: 'outgoing', lines, backorder } as const;
      return moveGoods({ ...transfer, trackingNumber });
    },
    verify: (call) =>
      verifyTransfer(clientOf(call), call, ({ shipmentId, orderId }: Shipment) => ({ shipmentId, orderId })),
  };
}

export function createReceiptHandler(settings: OdooSettings): OperationHandler<typeof purchaseReceive> {
  const clientOf = ({ erp }: ErpCall<unknown>) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: (call) => lookUpTransfer(clientOf(call), call.key),
    perform: async (call) => {
      const { postingDate, location } = call.input;
      const dated = whyNotDated(postingDate);
      if (dated !== null) return dated;
      const client = clientOf(call);
      const place = locationOf(settings, location);
      return place.kind === 'location'
        ? receivePurchase(client, { ...call.input, key: call.key, locationId: place.id })
        : place;
    },
    verify: (call) =>
      verifyTransfer(clientOf(call), call, ({ receiptId, purchaseOrder }: Receipt) => ({
        receiptId,
        purchaseOrder,
      })),
  };
}

export type PurchaseReceipt = Pick<Receipt, 'purchaseOrder' | 'lines' | 'backorder'> & {
  readonly key: string;
  readonly locationId: number | undefined;
};

/** The purchase's open transfer, as far as it has come. */
export async function receivePurchase(client: OdooClient, receipt: PurchaseReceipt): Promise<Performed> {
  const { purchaseOrder, key, lines, backorder, locationId } = receipt;
  const found = await client.findOne('purchase.order', [['name', '=', purchaseOrder]], ['name', 'state']);
  if (found.kind !== 'row') return found;
  if (found.row === null) {
    const message = `Odoo has no purchase order ${purchaseOrder}`;
    return refused('unknown_purchase_order', message, 'purchaseOrder');
  }
  const transfer = { client, key, origin: purchaseOrder, direction: 'incoming', lines, backorder } as const;
  return moveGoods({ ...transfer, locationId });
}

type Place = { readonly kind: 'location'; readonly id: number | undefined } | Refusal;

/** Undefined: as the transfer says. */
export function locationOf({ locations }: OdooSettings, location: string | undefined): Place {
  const id = location !== undefined && Object.hasOwn(locations, location) ? locations[location] : undefined;
  if (location === undefined || id !== undefined) return { kind: 'location', id };
  return refused('unknown_location', `${location} is not one of the configured locations`, 'location');
}

export async function verifyTransfer<Input>(
  client: OdooClient,
  { key, input }: ErpCall<Input>,
  named: (input: Input) => Readonly<Record<string, JsonValue>>,
): Promise<Verified> {
  const hasTracking = Object.hasOwn(input as object, 'trackingNumber');
  const found = await findMarked(client, key, { hasTracking });
  if (found.kind !== 'row') return found;
  const picking: Row | null = found.row;
  if (picking === null) return { kind: 'answer_lost', message: 'the transfer could not be read back' };
  const goods = await readGoods(client, {
    ...{ model: 'stock.move', quantityField: 'quantity' },
    domain: [
      ['picking_id', '=', Number(picking.id)],
      ['state', '=', 'done'],
    ],
  });
  if (goods.kind !== 'goods') return goods;
  const { id, name, state } = picking;
  const lines = goods.lines.filter(({ quantity }) => quantity > 0);
  const output = {
    documentId: String(id),
    documentNumber: name,
    state,
    lines,
    hasBackorder: hasBackorder(picking),
    accountingDate: dayDone(picking),
    ...(hasTracking ? { trackingNumber: trackingIn(picking) } : {}),
  };
  return { kind: 'verified', output: { ...output, ...named(input) } };
}
