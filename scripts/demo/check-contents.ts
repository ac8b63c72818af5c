// Whether the ERP's documents say what the webhooks said: their fields, the goods they reserve, whose they are. Pure.

import type { Duty } from './demo-order.ts';
import { documentsOf, type ErpState } from './erp-state.ts';
import type { RunIds } from './run-ids.ts';
import type { RunRecord } from './run-record.ts';

export function wrongFields(duties: readonly Duty[], state: ErpState): readonly string[] {
  return duties.flatMap((duty) =>
    documentsOf(state, duty).flatMap((document) =>
      Object.entries(duty.want)
        .filter(([field, value]) => String(document[field]) !== value)
        .map(
          ([field, value]) =>
            `${document.documentNumber}: ${field} is ${document[field]} instead of ${value}`,
        ),
    ),
  );
}

/** The products are the run's own, so what its orders and receipts say is all there may be. */
export function wrongGoods(record: RunRecord, state: ErpState, ids: RunIds): readonly string[] {
  const reserved = sumBySku(
    record.orders.flatMap((order) => (order.isCancelled === true ? [] : order.lines)),
  );
  const received = sumBySku(record.receipts);
  const receivedHere = state.stockOnHand.filter(({ sku }) => received.has(sku));
  return [
    ...state.stockOnHand
      .filter((stock) => ids.owns(stock.sku) && stock.reserved !== (reserved.get(stock.sku) ?? 0))
      .map((stock) => `${stock.sku}: ${stock.reserved} reserved instead of ${reserved.get(stock.sku) ?? 0}`),
    ...receivedHere
      .filter((stock) => stock.onHand !== received.get(stock.sku))
      .map((stock) => `${stock.sku}: ${stock.onHand} on hand instead of ${received.get(stock.sku)}`),
  ];
}

function sumBySku(
  lines: readonly { readonly sku: string; readonly quantity: number }[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return sums;
}

/** The ERP writes the sender's customer id with a prefix of the sender's. */
export function wrongCustomers(record: RunRecord, state: ErpState): readonly string[] {
  return record.orders.flatMap(({ orderId, customer }) =>
    state.orders
      .filter((order) => order.orderId === orderId && !order.customerId.endsWith(String(customer.wireId)))
      .map(({ documentNumber, customerId }) => `${documentNumber}: its customer is ${customerId}`),
  );
}
