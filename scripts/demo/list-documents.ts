// The documents of a run as lines that do not depend on the run, on the ERP's numbers or on its name: two runs that ended alike give the
// same list, whatever ERP stood behind the relay. Pure.

import { dutiesOf } from './demo-order.ts';
import { documentsOf, type ErpState, effectsOf } from './erp-state.ts';
import type { RunIds } from './run-ids.ts';
import type { RunRecord } from './run-record.ts';

/** @returns sorted, one line a document, with what the ERP says of it and how often it was done */
export function listDocuments(record: RunRecord, state: ErpState, ids: RunIds): readonly string[] {
  const plain = (text: string): string => text.replaceAll(ids.token, '');
  const orders = record.orders.flatMap((order) =>
    dutiesOf(order).flatMap((duty) =>
      documentsOf(state, duty).map((document) => {
        const said = Object.keys(duty.want).map((field) => `${field} ${plain(String(document[field]))}`);
        const count = effectsOf(state, duty).length;
        return `${order.label}: ${duty.operation}, ${said.join(', ')}, done ${count} times`;
      }),
    ),
  );
  const lines = record.orders.flatMap(({ label, orderId }) =>
    state.orders
      .filter((sale) => sale.orderId === orderId)
      .flatMap((sale) =>
        sale.lines.map(({ sku, quantity }) => `${label}: ${plain(sku)}, ${quantity} ordered`),
      ),
  );
  const receipts = state.receipts
    .filter(({ receiptId }) => ids.owns(receiptId))
    .map((receipt) => `${plain(receipt.receiptId)}: ${receipt.state}, ${receipt.totalQuantity} received`);
  const stock = state.stockOnHand
    .filter(({ sku }) => ids.owns(sku))
    .map(({ sku, onHand, reserved }) => `${plain(sku)}: ${onHand} on hand, ${reserved} reserved`);
  const customers = state.customers
    .filter(({ customerId }) => ids.owns(customerId))
    .map(({ customerId, name }) => `${plain(customerId)}: ${name}`);
  return [...orders, ...lines, ...receipts, ...stock, ...customers].sort();
}
