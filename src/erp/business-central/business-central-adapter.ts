// The adapter of Microsoft Dynamics 365 Business Central, by its standard API of version 2.0. Wiring and what it declares.
// Level `documented`: written from Microsoft's documentation, never run against one. What the standard API has no action for
// (release an order, ship or receive without invoicing) is unsupported, or needs a named extension.

import type { AdapterProblem, ErpAdapter } from '../../core/erp.ts';
import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';
import { type BusinessCentralOptions, isGuid } from './bc-options.ts';
import { bcSession } from './bc-session.ts';
import { createRenewSubscriptions } from './bc-subscriptions.ts';
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
  const { releaseAction, paymentJournalId } = options;
  const problems = whyNot(options);
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
    renewSubscriptions: createRenewSubscriptions(options),
    batches: { 'stock.set_many': createStockBatch(options) },
    capabilities: {
      ...bcCapabilities,
      ...(paymentJournalId === undefined
        ? {}
        : { 'payment.register': { limits: [`currency: ${options.currency} only`, noNextDay] } }),
    },
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** What stands in a path without quotes could lead elsewhere. */
function whyNot({ companyId, paymentJournalId, releaseAction }: BusinessCentralOptions): AdapterProblem[] {
  const found: AdapterProblem[] = [];
  const ids = { companyId, ...(paymentJournalId === undefined ? {} : { paymentJournalId }) };
  for (const [field, id] of Object.entries(ids)) {
    if (!isGuid(id)) found.push({ field, rule: 'must be the GUID of a record' });
  }
  if (releaseAction !== undefined && !/^[A-Za-z][A-Za-z.]*$/.test(releaseAction))
    found.push({ field: 'releaseAction', rule: 'must be the name of a bound action' });
  return found;
}
