// stock.receive on ERPNext: with a purchase order its Purchase Receipt, as purchase.receive makes it; without one a Stock Entry that
// brings material in, inserted and submitted in one request.

import type { OperationHandler } from '../../core/erp.ts';
import type { stockReceive } from '../../operations/stock.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused } from '../rest/read-rest.ts';
import { createErpnextClient, toWritten } from './erpnext-client.ts';
import { type ErpnextSettings, warehouseOf } from './erpnext-options.ts';
import { findByKey, goodsOf, headOf, isSubmitted, keyOf, submitted } from './orders.ts';
import { receivePurchase, transferFieldNames } from './transfer-handlers.ts';

const purpose = 'Material Receipt';

const doctypeOf = (purchaseOrder: string | undefined) =>
  purchaseOrder === undefined ? 'Stock Entry' : 'Purchase Receipt';

export function createStockReceiptHandler(settings: ErpnextSettings): OperationHandler<typeof stockReceive> {
  return keyedOperation<typeof stockReceive>({
    find: (call) => findByKey(doctypeOf(call.input.purchaseOrder), settings)(call),
    isDone: isSubmitted,
    write: async (call, begun) => {
      const { purchaseOrder, location, lines, receiptId } = call.input;
      const client = createErpnextClient(call.erp, transferFieldNames);
      if (begun !== null)
        return toWritten(await client.change(doctypeOf(purchaseOrder), begun, { docstatus: submitted }));
      const warehouse = warehouseOf(settings, location);
      if (location !== undefined && warehouse === null)
        return refused('location_unknown', `warehouses does not name ${location}`, 'location');
      if (purchaseOrder !== undefined) {
        const receipt = {
          key: keyOf(call),
          purchaseOrder,
          lines,
          receiptId,
          warehouse,
          postingDate: undefined,
        };
        return receivePurchase(client, settings, receipt);
      }
      if (warehouse === null)
        return refused('location_unknown', 'no warehouse is configured for it', 'location');
      return toWritten(
        await client.insert('Stock Entry', {
          ...{ stock_entry_type: purpose, purpose, to_warehouse: warehouse, remarks: receiptId },
          ...{ [settings.keyField]: keyOf(call), docstatus: submitted },
          ...(settings.company === undefined ? {} : { company: settings.company }),
          items: lines.map(({ sku, quantity }) => ({
            item_code: sku,
            qty: quantity,
            t_warehouse: warehouse,
          })),
        }),
      );
    },
    verify: ({ input }, receipt) => ({
      kind: 'verified',
      output: { ...headOf(receipt, 'done'), receiptId: input.receiptId, lines: goodsOf(receipt) },
    }),
  });
}
