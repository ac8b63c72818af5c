// The operations of the sandbox ERP that are one write of one new document, as data.
// Each names the refusals that may only say "done before"; all else of the ERP's refusals is final.

import type { OperationHandler } from '../../core/erp.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import type { invoiceReconcile } from '../../operations/invoicing.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import type { purchaseReceive } from '../../operations/purchasing.ts';
import type { returnReceive, shipmentDeliver } from '../../operations/shipping.ts';
import type { stockReceive, stockSet } from '../../operations/stock.ts';
import { keyedBody, keyedDocument } from './keyed-document.ts';
import { pathSegment, refusedSegment, type SandboxOptions } from './sandbox-calls.ts';

export const createPaymentHandler = (options: SandboxOptions): OperationHandler<typeof paymentRegister> =>
  keyedDocument<typeof paymentRegister>(
    {
      collection: '/api/payments',
      toWrite: (input, key) => ({ method: 'POST', path: '/api/payments', body: keyedBody(input, key) }),
      subject: ({ paymentId }) => ({ paymentId }),
      doneCodes: ['nothing_left_to_pay', 'payment_exceeds_residual'],
    },
    options,
  );

export const createCreditNoteHandler = (options: SandboxOptions): OperationHandler<typeof creditNoteIssue> =>
  keyedDocument<typeof creditNoteIssue>(
    {
      collection: '/api/credit-notes',
      toWrite: (input, key) => ({ method: 'POST', path: '/api/credit-notes', body: keyedBody(input, key) }),
      subject: ({ refundId }) => ({ refundId }),
      doneCodes: ['credit_exceeds_invoice', 'over_return'],
    },
    options,
  );

export const createReconcileHandler = (options: SandboxOptions): OperationHandler<typeof invoiceReconcile> =>
  keyedDocument<typeof invoiceReconcile>(
    {
      collection: '/api/reconciliations',
      toWrite: (input, key) => ({
        method: 'POST',
        path: '/api/reconciliations',
        body: keyedBody(input, key),
      }),
      subject: ({ paymentId }) => ({ paymentId }),
      doneCodes: ['already_reconciled'],
    },
    options,
  );

export const createShipmentHandler = (options: SandboxOptions): OperationHandler<typeof shipmentDeliver> =>
  keyedDocument<typeof shipmentDeliver>(
    {
      collection: '/api/shipments',
      toWrite: (input, key) => ({ method: 'POST', path: '/api/shipments', body: keyedBody(input, key) }),
      subject: ({ shipmentId }) => ({ shipmentId }),
      doneCodes: ['nothing_to_deliver', 'over_delivery'],
    },
    options,
  );

export const createReturnHandler = (options: SandboxOptions): OperationHandler<typeof returnReceive> =>
  keyedDocument<typeof returnReceive>(
    {
      collection: '/api/returns',
      toWrite: (input, key) => ({ method: 'POST', path: '/api/returns', body: keyedBody(input, key) }),
      subject: ({ returnId }) => ({ returnId }),
      doneCodes: ['over_return'],
    },
    options,
  );

export const createPurchaseHandler = (options: SandboxOptions): OperationHandler<typeof purchaseReceive> =>
  keyedDocument<typeof purchaseReceive>(
    {
      collection: '/api/receipts',
      toWrite: (input, key) => ({
        method: 'POST',
        path: '/api/purchase-receipts',
        body: keyedBody(input, key),
      }),
      subject: ({ receiptId }) => ({ receiptId }),
      doneCodes: ['over_receipt'],
    },
    options,
  );

export const createReceiptHandler = (options: SandboxOptions): OperationHandler<typeof stockReceive> =>
  keyedDocument<typeof stockReceive>(
    {
      collection: '/api/receipts',
      toWrite: (input, key) => ({ method: 'POST', path: '/api/receipts', body: keyedBody(input, key) }),
      subject: ({ receiptId }) => ({ receiptId }),
      doneCodes: ['over_receipt'],
    },
    options,
  );

/** Setting a quantity twice is no refusal: absolute numbers repeat harmlessly. */
export const createStockHandler = (options: SandboxOptions): OperationHandler<typeof stockSet> =>
  keyedDocument<typeof stockSet>(
    {
      collection: '/api/adjustments',
      toWrite: ({ sku, ...count }, key) => {
        const segment = pathSegment(sku);
        if (segment === null) return refusedSegment('sku');
        return { method: 'PUT', path: `/api/stock/${segment}`, body: keyedBody(count, key) };
      },
      subject: null,
      doneCodes: [],
    },
    options,
  );
