// The catalogue of operations, closed: what is not in this table cannot be run.
// docs/operations.md describes each; a new one is a value in its domain's file and an entry here.

import type { AnyOperation } from '../core/operation.ts';
import { creditNoteIssue, periodClose } from './accounting.ts';
import { customerUpsert } from './customers.ts';
import { invoicePost, invoicePostMany, invoiceReconcile } from './invoicing.ts';
import { paymentRegister } from './payments.ts';
import { priceSet } from './pricing.ts';
import { purchaseReceive } from './purchasing.ts';
import { relaySmoke } from './relay.ts';
import { saleCancel, saleConfirm } from './sales.ts';
import { returnReceive, shipmentDeliver } from './shipping.ts';
import { stockReceive, stockSet, stockSetMany } from './stock.ts';

export { creditNoteIssue, periodClose } from './accounting.ts';
export { customerUpsert } from './customers.ts';
export { invoicePost, invoicePostMany, invoiceReconcile } from './invoicing.ts';
export { paymentRegister } from './payments.ts';
export { priceSet } from './pricing.ts';
export { purchaseReceive } from './purchasing.ts';
export { relaySmoke } from './relay.ts';
export { saleCancel, saleConfirm } from './sales.ts';
export { returnReceive, shipmentDeliver } from './shipping.ts';
export { stockReceive, stockSet, stockSetMany } from './stock.ts';
export { toFieldErrors } from './to-field-errors.ts';

/** Every operation by its name. */
export const operations = {
  'sale.confirm': saleConfirm,
  'sale.cancel': saleCancel,
  'shipment.deliver': shipmentDeliver,
  'return.receive': returnReceive,
  'payment.register': paymentRegister,
  'invoice.post': invoicePost,
  'invoice.post_many': invoicePostMany,
  'invoice.reconcile': invoiceReconcile,
  'credit_note.issue': creditNoteIssue,
  'period.close': periodClose,
  'purchase.receive': purchaseReceive,
  'stock.receive': stockReceive,
  'stock.set': stockSet,
  'stock.set_many': stockSetMany,
  'price.set': priceSet,
  'customer.upsert': customerUpsert,
  'relay.smoke': relaySmoke,
} as const satisfies Readonly<Record<string, AnyOperation>>;

export type OperationName = keyof typeof operations;

/** The operation of that name, or null: names come from requests and rows, and `toString` is none. */
export function findOperation(name: string): AnyOperation | null {
  return Object.hasOwn(operations, name) ? operations[name as OperationName] : null;
}
