// shipment.deliver and purchase.receive on ERPNext: a Delivery Note of the order, a Purchase Receipt of the purchase order,
// made by ERPNext, cut to what moved, inserted and submitted in one request. What did not move stays open: giving the rest up
// is another document in ERPNext, so that policy is refused.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { shipmentDeliver } from '../../operations/shipping.ts';
import { keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { createErpnextClient, type ErpnextClient, toWritten } from './erpnext-client.ts';
import { type ErpnextSettings, warehouseOf } from './erpnext-options.ts';
import {
  chooseItems,
  findByKey,
  findOrder,
  type Goods,
  goodsOf,
  headOf,
  isSubmitted,
  keyOf,
  orderIdOf,
  orderNumberOf,
  submitted,
} from './orders.ts';

const deliveryMapper = 'erpnext.selling.doctype.sales_order.sales_order.make_delivery_note';
const receiptMapper = 'erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_receipt';
export const transferFieldNames = {
  posting_date: 'postingDate',
  qty: 'lines',
  item_code: 'lines',
  warehouse: 'location',
  target_warehouse: 'location',
  set_warehouse: 'location',
};

const noGivingUp = () =>
  refused('backorder_unsupported', '"cancel" is unsupported: close the order in ERPNext', 'backorder');

type Transfer = {
  readonly client: ErpnextClient;
  readonly doctype: 'Delivery Note' | 'Purchase Receipt';
  readonly mapper: string;
  readonly source: string;
  /** Null: all that is open. */
  readonly wanted: readonly Goods[] | null;
  readonly fields: JsonObject;
  readonly postingDate: string | undefined;
};

async function transfer(work: Transfer): Promise<Written> {
  const { client, doctype, wanted, postingDate } = work;
  const made = await client.make(work.mapper, { source_name: work.source });
  if (made.kind !== 'document') return made;
  const rows = objectsOf(made.document.items);
  if (rows.length === 0) return refused('nothing_open', 'nothing of this order is open any more');
  const chosen = wanted === null ? null : chooseItems(made.document, wanted);
  if (chosen !== null && chosen.kind !== 'items') return chosen;
  const day = postingDate === undefined ? {} : { set_posting_time: 1, posting_date: postingDate };
  const items = chosen?.items ?? rows;
  const document = { ...made.document, ...work.fields, ...day, items, docstatus: submitted };
  return toWritten(await client.insert(doctype, document));
}

export function createShipmentHandler(settings: ErpnextSettings): OperationHandler<typeof shipmentDeliver> {
  return keyedOperation<typeof shipmentDeliver>({
    find: findByKey('Delivery Note', settings),
    isDone: isSubmitted,
    write: async (call: ErpCall<InputOf<typeof shipmentDeliver>>, begun) => {
      const client = createErpnextClient(call.erp, transferFieldNames);
      if (begun !== null)
        return toWritten(await client.change('Delivery Note', begun, { docstatus: submitted }));
      const { orderId, lines, backorder, trackingNumber, postingDate } = call.input;
      if (lines !== undefined && backorder === 'cancel') return noGivingUp();
      const found = await findOrder(client, orderId);
      if (found.kind !== 'order') return found;
      return transfer({
        ...{ client, doctype: 'Delivery Note', mapper: deliveryMapper, postingDate },
        ...{ source: textOf(found.order.name), wanted: lines ?? null },
        fields: {
          ...{ [settings.keyField]: keyOf(call), po_no: orderNumberOf(orderId) },
          ...(trackingNumber === undefined ? {} : { lr_no: trackingNumber }),
        },
      });
    },
    verify: ({ input }, note) => ({
      kind: 'verified',
      output: {
        ...headOf(note, 'done'),
        // Found by the key, which is the shipment's.
        shipmentId: input.shipmentId,
        orderId: orderIdOf(note.po_no, input.orderId),
        lines: goodsOf(note),
        trackingNumber: textOf(note.lr_no) || null,
        accountingDate: textOf(note.posting_date) || null,
      },
    }),
  });
}

export function createReceiptHandler(settings: ErpnextSettings): OperationHandler<typeof purchaseReceive> {
  return keyedOperation<typeof purchaseReceive>({
    find: findByKey('Purchase Receipt', settings),
    isDone: isSubmitted,
    write: async (call: ErpCall<InputOf<typeof purchaseReceive>>, begun) => {
      const client = createErpnextClient(call.erp, transferFieldNames);
      if (begun !== null)
        return toWritten(await client.change('Purchase Receipt', begun, { docstatus: submitted }));
      const { purchaseOrder, lines, backorder, postingDate, location, receiptId } = call.input;
      if (backorder === 'cancel') return noGivingUp();
      const warehouse = warehouseOf(settings, location);
      if (location !== undefined && warehouse === null)
        return refused('location_unknown', `warehouses does not name ${location}`, 'location');
      const receipt = { key: keyOf(call), purchaseOrder, lines, receiptId, warehouse, postingDate };
      return receivePurchase(client, settings, receipt);
    },
    verify: ({ input }, receipt) => ({
      kind: 'verified',
      output: {
        ...headOf(receipt, 'done'),
        receiptId: input.receiptId,
        purchaseOrder: textOf(objectsOf(receipt.items)[0]?.purchase_order),
        lines: goodsOf(receipt),
        accountingDate: textOf(receipt.posting_date) || null,
      },
    }),
  });
}

export type PurchaseReceipt = {
  readonly key: string;
  readonly purchaseOrder: string;
  readonly lines: readonly Goods[];
  readonly receiptId: string;
  readonly warehouse: string | null;
  readonly postingDate: string | undefined;
};

/** What did not come stays open on the purchase order. */
export function receivePurchase(
  client: ErpnextClient,
  { keyField }: ErpnextSettings,
  receipt: PurchaseReceipt,
): Promise<Written> {
  const { key, purchaseOrder, lines, receiptId, warehouse, postingDate } = receipt;
  return transfer({
    ...{ client, doctype: 'Purchase Receipt', mapper: receiptMapper, postingDate },
    ...{ source: purchaseOrder, wanted: lines },
    fields: {
      ...{ [keyField]: key, supplier_delivery_note: receiptId.slice(0, 140) },
      ...(warehouse === null ? {} : { set_warehouse: warehouse }),
    },
  });
}
