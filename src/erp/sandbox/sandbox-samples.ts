// What of the sandbox ERP can be read without changing anything, to see whether its documents still have their shape: every
// collection an operation ends in.

import type { ErpSample } from '../../core/erp.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { AnyOperation } from '../../core/operation.ts';
import { err, ok } from '../../core/result.ts';
import { operations } from '../../operations/index.ts';

const collections: readonly (readonly [AnyOperation, string])[] = [
  [operations['sale.confirm'], '/api/orders'],
  [operations['sale.cancel'], '/api/orders'],
  [operations['payment.register'], '/api/payments'],
  [operations['invoice.post'], '/api/invoices'],
  [operations['credit_note.issue'], '/api/credit-notes'],
  [operations['stock.receive'], '/api/receipts'],
  [operations['stock.set'], '/api/adjustments'],
  [operations['customer.upsert'], '/api/customers'],
  [operations['shipment.deliver'], '/api/shipments'],
  [operations['return.receive'], '/api/returns'],
  [operations['purchase.receive'], '/api/receipts'],
  [operations['invoice.reconcile'], '/api/reconciliations'],
  [operations['period.close'], '/api/periods'],
  [operations['price.set'], '/api/prices'],
];

/** How many documents of each collection are looked at: what changed lately shows in the newest. */
const sampleCount = '20';

export function sandboxSamples(): readonly ErpSample[] {
  return collections.map(([operation, path]) => ({
    operation,
    path,
    query: { newest: sampleCount },
    documents: (answer) => {
      const items = isJsonObject(answer) ? answer.items : undefined;
      if (Array.isArray(items)) return ok(items.filter((item) => isOf(operation, item)));
      const actual = items === undefined ? 'missing' : typeof items;
      return err({ path: '$.items', expected: 'array', actual });
    },
  }));
}

/** Receipts with and without a purchase order stand in one collection; a missing field is no null and stays to be seen. */
function isOf({ name }: AnyOperation, document: JsonValue): boolean {
  return name !== 'purchase.receive' || !isJsonObject(document) || document.purchaseOrder !== null;
}
