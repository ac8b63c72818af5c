// The adapter of Tryton, driven over its JSON-RPC against a running server in the staging suite.
// Wiring only: what each operation does is in its saga, what an answer means in read-answer.ts and error-rules.ts.

import type { ErpAdapter } from '../../core/erp.ts';
import type { creditNoteIssue, periodClose } from '../../operations/accounting.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import type { invoicePost, invoiceReconcile } from '../../operations/invoicing.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import type { priceSet } from '../../operations/pricing.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { saleCancel, saleConfirm } from '../../operations/sales.ts';
import type { returnReceive, shipmentDeliver } from '../../operations/shipping.ts';
import type { stockReceive, stockSet } from '../../operations/stock.ts';
import { aboutNoErp } from '../about-no-erp.ts';
import { createInvoiceBatch, createStockBatch } from './batches.ts';
import { creditNoteIssueSaga } from './credit-note-issue.ts';
import { customerUpsertSaga } from './customer-upsert.ts';
import { invoicePostSaga } from './invoice-post.ts';
import { invoiceReconcileSaga } from './invoice-reconcile.ts';
import { paymentRegisterSaga } from './payment-register.ts';
import { periodCloseSaga } from './period-close.ts';
import { priceSetSaga } from './price-set.ts';
import { returnReceiveSaga } from './return-receive.ts';
import { createSagaHandler } from './saga.ts';
import { saleCancelSaga } from './sale-cancel.ts';
import { saleConfirmSaga } from './sale-confirm.ts';
import { shipmentDeliverSaga } from './shipment-deliver.ts';
import { purchaseReceiveSaga, stockReceiveSaga } from './stock-receipts.ts';
import { stockSetSaga } from './stock-set.ts';
import { createTrytonChanges } from './tryton-changes.ts';
import { createReadInstance, trytonCapabilities } from './tryton-instance.ts';
import { type TrytonOptions, trytonDefaults } from './tryton-options.ts';
import { trytonSession } from './tryton-session.ts';

/** Options that are absent have the value of `trytonDefaults`. */
export function createTrytonAdapter(changed: Partial<TrytonOptions> = {}): ErpAdapter {
  const options = { ...trytonDefaults, ...changed };
  return {
    name: 'tryton',
    version: '1.0.0',
    level: 'proven',
    once: 'searchable_field',
    credentialFields: ['user', 'password'],
    session: trytonSession,
    operations: {
      'sale.confirm': createSagaHandler<typeof saleConfirm>(saleConfirmSaga, options),
      'sale.cancel': createSagaHandler<typeof saleCancel>(saleCancelSaga, options),
      'invoice.post': createSagaHandler<typeof invoicePost>(invoicePostSaga, options),
      'invoice.reconcile': createSagaHandler<typeof invoiceReconcile>(invoiceReconcileSaga, options),
      'payment.register': createSagaHandler<typeof paymentRegister>(paymentRegisterSaga, options),
      'credit_note.issue': createSagaHandler<typeof creditNoteIssue>(creditNoteIssueSaga, options),
      'shipment.deliver': createSagaHandler<typeof shipmentDeliver>(shipmentDeliverSaga, options),
      'return.receive': createSagaHandler<typeof returnReceive>(returnReceiveSaga, options),
      'stock.receive': createSagaHandler<typeof stockReceive>(stockReceiveSaga, options),
      'purchase.receive': createSagaHandler<typeof purchaseReceive>(purchaseReceiveSaga, options),
      'stock.set': createSagaHandler<typeof stockSet>(stockSetSaga, options),
      'customer.upsert': createSagaHandler<typeof customerUpsert>(customerUpsertSaga, options),
      'price.set': createSagaHandler<typeof priceSet>(priceSetSaga, options),
      'period.close': createSagaHandler<typeof periodClose>(periodCloseSaga, options),
    },
    capabilities: trytonCapabilities,
    unsupported: aboutNoErp,
    readInstance: createReadInstance(options),
    changes: createTrytonChanges(options),
    batches: {
      'stock.set_many': createStockBatch(options),
      'invoice.post_many': createInvoiceBatch(options),
    },
  };
}

export const trytonAdapter = createTrytonAdapter();
