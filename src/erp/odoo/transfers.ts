// shipment.deliver and purchase.receive on Odoo: the same transfer in two directions. What an operation is asked and answers is
// here; how goods move is in pickings.ts.

import type { ErpCall, OperationHandler, Verified } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { shipmentDeliver } from '../../operations/shipping.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findOrder, unknownOrder, whyLocked } from './orders.ts';
import { findMarked, hasBackorder, lookUpTransfer, moveGoods } from './pickings.ts';
import { readGoods } from './products.ts';
import type { Row } from './read-odoo.ts';

type Shipment = InputOf<typeof shipmentDeliver>;
type Receipt = InputOf<typeof purchaseReceive>;

const fieldNames = { product_id: 'lines', quantity: 'lines', carrier_tracking_ref: 'trackingNumber' };

export function createShipmentHandler(settings: OdooSettings): OperationHandler<typeof shipmentDeliver> {
  const clientOf = ({ erp }: ErpCall<unknown>) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: (call) => lookUpTransfer(clientOf(call), call.key),
    perform: async (call) => {
      const { orderId, lines, backorder = 'create', trackingNumber, postingDate, whenLocked } = call.input;
      const client = clientOf(call);
      const found = await findOrder(client, orderId);
      if (found.kind !== 'order') return found;
      if (found.order === null) return unknownOrder(orderId);
      const locked = await whyLocked(client, { day: postingDate, field: 'postingDate', whenLocked });
      if (locked !== null) return locked;
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
      const { purchaseOrder, lines, backorder, location, postingDate, whenLocked } = call.input;
      if (location !== undefined)
        return refused('location_unsupported', 'the transfer says where goods go', 'location');
      const client = clientOf(call);
      const found = await client.findOne('purchase.order', [['name', '=', purchaseOrder]], ['name', 'state']);
      if (found.kind !== 'row') return found;
      if (found.row === null)
        return refused(
          'unknown_purchase_order',
          `Odoo has no purchase order ${purchaseOrder}`,
          'purchaseOrder',
        );
      const locked = await whyLocked(client, { day: postingDate, field: 'postingDate', whenLocked });
      if (locked !== null) return locked;
      return moveGoods({
        client,
        key: call.key,
        origin: purchaseOrder,
        direction: 'incoming',
        lines,
        backorder,
      });
    },
    verify: (call) =>
      verifyTransfer(clientOf(call), call, ({ receiptId, purchaseOrder }: Receipt) => ({
        receiptId,
        purchaseOrder,
      })),
  };
}

async function verifyTransfer<Input>(
  client: OdooClient,
  { key, input }: ErpCall<Input>,
  named: (input: Input) => Readonly<Record<string, JsonValue>>,
): Promise<Verified> {
  const found = await findMarked(client, key);
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
  };
  return { kind: 'verified', output: { ...output, ...named(input) } };
}
