// The adapter of Microsoft Dynamics 365 Business Central, by its standard API of version 2.0. Wiring and what it declares.
// Level `documented`: written from Microsoft's documentation, never run against one. What the standard API has no action for
// (release an order, ship or receive without invoicing) is unsupported, or needs a named extension.

import type { AdapterProblem, ErpAdapter } from '../../core/erp.ts';
import type { DeclaredCapabilities, Unsupported } from '../../core/erp-capabilities.ts';
import { aboutNoErp } from '../about-no-erp.ts';
import { oneByOne } from '../rest/one-by-one.ts';
import { createReadInstance } from './bc-instance.ts';
import { type BusinessCentralOptions, isGuid } from './bc-options.ts';
import { bcSession } from './bc-session.ts';
import { createRenewSubscriptions } from './bc-subscriptions.ts';
import { createCreditNoteHandler } from './credit-note-handler.ts';
import { createCustomerHandler } from './customer-handler.ts';
import { createInvoiceHandler } from './invoice-handler.ts';
import { createPaymentHandler } from './payment-handler.ts';
import { createPriceHandler } from './price-handler.ts';
import { createConfirmHandler } from './sale-handler.ts';
import { createStockBatch, createStockHandler } from './stock-handlers.ts';

const noNextDay = 'whenLocked: a locked day is always refused';

const oneInventory = 'location is refused: the inventory is that of all locations together';
const invoicing = ['sales', 'invoicing', 'stock'];

const bcCapabilities: DeclaredCapabilities = {
  'invoice.post': { modules: invoicing, limits: ['ships the order as well', noNextDay] },
  'invoice.post_many': {
    modules: invoicing,
    limits: [
      'one by one, for posting commits by itself: never all or none',
      'ships the orders as well',
      noNextDay,
    ],
  },
  'credit_note.issue': { limits: ['lines without restock are one amount on the refund account', noNextDay] },
  'stock.set': { limits: [oneInventory] },
  'stock.set_many': { limits: [oneInventory] },
  'price.set': { limits: ["priceList is refused: the item's own price, in the company's currency"] },
};

const noShipping =
  'the standard API ships and receives only together with an invoice: an extension has to offer a page that posts it alone';

const bcUnsupported: Unsupported = {
  ...aboutNoErp,
  'sale.confirm':
    'the standard API has no action that releases an order: name that of an extension as releaseAction',
  'payment.register': "a journal that is the relay's alone has to be named as paymentJournalId",
  'sale.cancel': 'an order can only be deleted, and nothing would be left to tell it from one that never was',
  'shipment.deliver': noShipping,
  'purchase.receive': noShipping,
  'return.receive': 'the standard API has no return orders: an extension has to offer them',
  'stock.receive': 'the standard API has no item journal: an inventory can be set, and not added to',
  'invoice.reconcile':
    'a payment is applied as it is posted; entries of customers cannot be applied later by the standard API',
  'period.close': 'generalLedgerSetup and accountingPeriods of the standard API can be read only',
};

/** Credential: `clientId`, `clientSecret` of the application in Entra. */
export function createBusinessCentralAdapter(options: BusinessCentralOptions): ErpAdapter {
  const { releaseAction, paymentJournalId } = options;
  const problems = whyNot(options);
  return {
    name: 'business_central',
    version: '1.1.0',
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
      'price.set': createPriceHandler(options),
      'customer.upsert': createCustomerHandler(options),
    },
    renewSubscriptions: createRenewSubscriptions(options),
    batches: {
      'stock.set_many': createStockBatch(options),
      'invoice.post_many': oneByOne(createInvoiceHandler(options)),
    },
    readInstance: createReadInstance(options),
    unsupported: bcUnsupported,
    capabilities: {
      ...bcCapabilities,
      ...(paymentJournalId === undefined
        ? {}
        : {
            'payment.register': {
              limits: [
                `currency: ${options.currency} only`,
                'a prepayment stands open: a person applies it',
                noNextDay,
              ],
            },
          }),
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
