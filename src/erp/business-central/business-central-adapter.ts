// The adapter of Microsoft Dynamics 365 Business Central, by its standard API of version 2.0. Wiring and what it declares.
// Level `documented`: written from Microsoft's documentation, never run against one. What the standard API has no action for
// (release an order, ship or receive without invoicing) is unsupported, or needs a named extension.

import type { ErpAdapter } from '../../core/erp.ts';
import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';
import { type BusinessCentralOptions, isGuid } from './bc-options.ts';
import { bcSession } from './bc-session.ts';
import { createCreditNoteHandler } from './credit-note-handler.ts';
import { createCustomerHandler } from './customer-handler.ts';
import { createInvoiceHandler } from './invoice-handler.ts';
import { createPaymentHandler } from './payment-handler.ts';
import { createConfirmHandler } from './sale-handler.ts';
import { createStockBatch, createStockHandler } from './stock-handlers.ts';

const noNextDay = 'whenLocked: a locked day is always refused';

const bcCapabilities: DeclaredCapabilities = {
  'invoice.post': {
    modules: ['sales', 'invoicing', 'stock'],
    limits: ['ships the order as well', noNextDay],
  },
  'credit_note.issue': { limits: ['lines without restock are one amount on the refund account', noNextDay] },
  'stock.set': { limits: ['location is refused: the inventory is that of all locations together'] },
  'stock.set_many': { limits: ['location is refused: the inventory is that of all locations together'] },
};

/** Credential: `clientId`, `clientSecret` of the application in Entra. */
export function createBusinessCentralAdapter(options: BusinessCentralOptions): ErpAdapter {
  const { companyId, releaseAction, paymentJournalId } = options;
  for (const id of [companyId, paymentJournalId ?? companyId]) {
    if (!isGuid(id)) throw new Error(`business_central: ${JSON.stringify(id)} is not the GUID of a record`);
  }
  if (releaseAction !== undefined && !/^[A-Za-z][A-Za-z.]*$/.test(releaseAction))
    throw new Error(`business_central: ${JSON.stringify(releaseAction)} is not the name of a bound action`);
  return {
    name: 'business_central',
    version: '1.0.0',
    level: 'documented',
    once: 'searchable_field',
    credentialFields: ['clientId', 'clientSecret'],
    session: bcSession,
    operations: {
      ...(releaseAction === undefined
        ? {}
        : { 'sale.confirm': createConfirmHandler(options, releaseAction) }),
      'invoice.post': createInvoiceHandler(options),
      ...(paymentJournalId === undefined
        ? {}
        : { 'payment.register': createPaymentHandler(options, paymentJournalId) }),
      'credit_note.issue': createCreditNoteHandler(options),
      'stock.set': createStockHandler(options),
      'customer.upsert': createCustomerHandler(options),
    },
    batches: { 'stock.set_many': createStockBatch(options) },
    capabilities: {
      ...bcCapabilities,
      ...(paymentJournalId === undefined
        ? {}
        : { 'payment.register': { limits: [`currency: ${options.currency} only`, noNextDay] } }),
    },
  };
}
