// return.receive on ERPNext: the return that ERPNext makes of the order's Delivery Note, cut to what came back, inserted and submitted
// in one request. What is scrapped comes into a warehouse of its own, which the target names.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { returnReceive } from '../../operations/shipping.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { createErpnextClient, type ErpnextClient, toWritten } from './erpnext-client.ts';
import { type ErpnextSettings, warehouseOf } from './erpnext-options.ts';
import {
  chooseItems,
  findByKey,
  findOrder,
  goodsOf,
  headOf,
  type ItemQuantities,
  isSubmitted,
  keyOf,
  orderIdOf,
  orderNumberOf,
  submitted,
} from './orders.ts';

type Input = InputOf<typeof returnReceive>;
type Call = ErpCall<Input>;

const doctype = 'Delivery Note';
const mapper = 'erpnext.stock.doctype.delivery_note.delivery_note.make_sales_return';
const fieldNames = { posting_date: 'postingDate', qty: 'lines', item_code: 'lines', warehouse: 'location' };

export function createReturnHandler(settings: ErpnextSettings): OperationHandler<typeof returnReceive> {
  return keyedOperation<typeof returnReceive>({
    find: findByKey(doctype, settings),
    isDone: isSubmitted,
    write: async (call, begun) => {
      const client = createErpnextClient(call.erp, fieldNames);
      if (begun !== null) return toWritten(await client.change(doctype, begun, { docstatus: submitted }));
      const { postingDate, orderId } = call.input;
      const delivery = await findDelivery(client, orderId);
      if (delivery.kind !== 'delivery') return delivery;
      const made = await client.make(mapper, { source_name: delivery.name });
      if (made.kind !== 'document') return made;
      const chosen = chooseReturned(made.document, call.input, settings);
      if (chosen.kind !== 'items') return chosen;
      const day = postingDate === undefined ? {} : { set_posting_time: 1, posting_date: postingDate };
      const document = {
        ...{ ...made.document, is_return: 1, po_no: orderNumberOf(orderId), ...day },
        ...{ [settings.keyField]: keyOf(call), items: chosen.items, docstatus: submitted },
      };
      return toWritten(await client.insert(doctype, document));
    },
    verify: ({ input }: Call, note) => {
      const kept = objectsOf(note.items).filter(({ warehouse }) => warehouse !== settings.scrapWarehouse);
      const output = {
        ...headOf(note, 'done'),
        // Found by the key, which is the return's.
        ...{ returnId: input.returnId, orderId: orderIdOf(note.po_no, input.orderId) },
        ...{ lines: goodsOf(note), restockedLines: goodsOf({ items: kept }) },
        accountingDate: textOf(note.posting_date) || null,
      };
      return { kind: 'verified', output };
    },
  });
}

type Delivery = { readonly kind: 'delivery'; readonly name: string } | AdapterFailure;

/** The newest that left for the order. ERPNext refuses what comes back and did not leave with it. */
async function findDelivery(client: ErpnextClient, orderId: string): Promise<Delivery> {
  const order = await findOrder(client, orderId);
  if (order.kind !== 'order') return order;
  const found = await client.findOne(doctype, [
    ['Delivery Note Item', 'against_sales_order', '=', textOf(order.order.name)],
    [doctype, 'is_return', '=', 0],
    [doctype, 'docstatus', '=', submitted],
  ]);
  if (found.kind !== 'document') return found;
  return found.document === null
    ? refused('nothing_delivered', 'nothing of the order has been delivered', 'orderId')
    : { kind: 'delivery', name: textOf(found.document.name) };
}

function chooseReturned(made: JsonObject, input: Input, settings: ErpnextSettings): ItemQuantities {
  const { location } = input;
  const shelf = warehouseOf(settings, location);
  if (location !== undefined && shelf === null)
    return refused('location_unknown', `warehouses does not name ${location}`, 'location');
  const items: JsonObject[] = [];
  for (const disposition of ['restock', 'scrap'] as const) {
    const wanted = input.lines.filter((line) => line.disposition === disposition);
    const isHomeless = disposition === 'scrap' && settings.scrapWarehouse === undefined;
    const [first] = wanted;
    if (first === undefined) continue;
    const field = `lines[${input.lines.indexOf(first)}].disposition`;
    if (isHomeless) return refused('scrap_unsupported', 'scrapWarehouse is not configured', field);
    const chosen = chooseItems(made, wanted, -1);
    if (chosen.kind !== 'items') return chosen;
    const warehouse =
      disposition === 'scrap' ? settings.scrapWarehouse : location === undefined ? null : shelf;
    items.push(...chosen.items.map((item) => ({ ...item, ...(warehouse ? { warehouse } : {}) })));
  }
  return { kind: 'items', items };
}
