// The operations of the sandbox ERP that are one write of one new document, as data.
// Each names the refusals that may only say "done before"; all else of the ERP's refusals is final.

import type { OperationHandler } from '../../core/erp.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import type { paymentRegister } from '../../operations/payments.ts';
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
