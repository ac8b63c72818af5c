// The adapter of the embedded sandbox ERP, reached over HTTP like any ERP.
// Wiring only: what each operation does is in its handler, what an answer means in read-answer.ts.

import type { ErpAdapter } from '../../core/erp.ts';
import { aboutNoErp } from '../about-no-erp.ts';
import { createInvoiceBatch, createStockBatch } from './batch-handlers.ts';
import { createCustomerHandler } from './customer-handler.ts';
import {
  createCreditNoteHandler,
  createPaymentHandler,
  createPurchaseHandler,
  createReceiptHandler,
  createReconcileHandler,
  createReturnHandler,
  createShipmentHandler,
  createStockHandler,
} from './documents.ts';
import { createInvoiceHandler } from './invoice-handler.ts';
import { createPeriodHandler } from './period-handler.ts';
import { pollJob } from './poll-job.ts';
import { createPriceHandler } from './price-handler.ts';
import { createCancelHandler, createConfirmHandler } from './sale-handlers.ts';
import type { SandboxOptions } from './sandbox-calls.ts';
import { sandboxCapabilities } from './sandbox-capabilities.ts';
import { sandboxChanges } from './sandbox-changes.ts';
import { readSandboxInstance } from './sandbox-instance.ts';
import { sandboxSamples } from './sandbox-samples.ts';
import { sandboxSession } from './sandbox-session.ts';

/**
 * Without idempotency keys the relay's own ledger and look-up are all that keeps things from being done twice, as with
 * most ERPs. With them (`native_key`) the sandbox must have its support switched on.
 */
export function createSandboxAdapter(options: SandboxOptions = { idempotencyKeys: false }): ErpAdapter {
  return {
    name: 'sandbox',
    version: '1.1.0',
    level: 'proven',
    once: options.idempotencyKeys ? 'native_key' : 'searchable_field',
    credentialFields: ['keyId', 'secret'],
    session: sandboxSession,
    operations: {
      'sale.confirm': { ...createConfirmHandler(options), poll: pollJob },
      'sale.cancel': { ...createCancelHandler(options), poll: pollJob },
      'shipment.deliver': createShipmentHandler(options),
      'return.receive': createReturnHandler(options),
      'payment.register': createPaymentHandler(options),
      'invoice.post': { ...createInvoiceHandler(options), poll: pollJob },
      'invoice.reconcile': createReconcileHandler(options),
      'credit_note.issue': createCreditNoteHandler(options),
      'period.close': createPeriodHandler(options),
      'purchase.receive': createPurchaseHandler(options),
      'stock.receive': createReceiptHandler(options),
      'stock.set': createStockHandler(options),
      'price.set': { ...createPriceHandler(options), poll: pollJob },
      'customer.upsert': { ...createCustomerHandler(options), poll: pollJob },
    },
    batches: {
      'stock.set_many': createStockBatch(options),
      'invoice.post_many': createInvoiceBatch(options),
    },
    capabilities: sandboxCapabilities,
    unsupported: aboutNoErp,
    readInstance: readSandboxInstance,
    changes: sandboxChanges,
    samples: sandboxSamples,
  };
}

export const sandboxAdapter = createSandboxAdapter();
