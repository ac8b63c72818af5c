// The adapter of ERPNext (Frappe), by its REST API of version 1. Wiring and what it declares: what each operation does is in its
// handler, what an answer means in erpnext-errors.ts. Level `documented`: written from its sources and documentation, never
// run against one.

import type { ErpAdapter } from '../../core/erp.ts';
import type { DeclaredCapabilities, Unsupported } from '../../core/erp-capabilities.ts';
import { aboutNoErp } from '../about-no-erp.ts';
import { oneByOne } from '../rest/one-by-one.ts';
import { createCreditNoteHandler } from './credit-note-handler.ts';
import { createCustomerHandler } from './customer-handler.ts';
import { createReadInstance, erpnextApp } from './erpnext-instance.ts';
import { type ErpnextOptions, toErpnextSettings } from './erpnext-options.ts';
import { createErpnextSession } from './erpnext-session.ts';
import { createInvoiceHandler } from './invoice-handler.ts';
import { createPaymentHandler } from './payment-handler.ts';
import { createPeriodHandler } from './period-handler.ts';
import { createReturnHandler } from './return-handler.ts';
import { createCancelHandler, createConfirmHandler } from './sale-handlers.ts';
import { createPriceHandler, createStockHandler } from './stock-and-price-handlers.ts';
import { createStockBatch } from './stock-batch.ts';
import { createStockReceiptHandler } from './stock-receipt-handler.ts';
import { createReceiptHandler, createShipmentHandler } from './transfer-handlers.ts';

const noNextDay = 'whenLocked: a locked day is always refused';
const noGivingUp = 'backorder: "cancel" is refused, the rest of an order is closed by a person';
const modules = [erpnextApp];

const erpnextCapabilities: DeclaredCapabilities = {
  'sale.confirm': {
    modules,
    limits: ['orderedAt is required: its day is that of the order and of its delivery'],
  },
  'sale.cancel': { modules },
  'invoice.post': { modules, limits: [noNextDay] },
  'invoice.post_many': { modules, limits: ['one by one, so never all or none', noNextDay] },
  'payment.register': { modules, limits: [noNextDay] },
  'credit_note.issue': {
    modules,
    limits: ['amount: the whole invoice, or exactly what the lines come to', noNextDay],
  },
  'shipment.deliver': { modules, limits: [noGivingUp] },
  'return.receive': {
    modules,
    limits: ['what comes back is of the newest delivery', 'disposition: scrap needs scrapWarehouse'],
  },
  'purchase.receive': { modules, limits: [noGivingUp] },
  'stock.receive': { modules },
  'stock.set': { modules },
  'stock.set_many': { modules },
  'price.set': { modules },
  'customer.upsert': { modules, limits: ['address is refused: it is a document of its own'] },
  'period.close': {
    modules,
    limits: ['accounts are frozen for all but one role; before ERPNext 16 for all companies of the site'],
  },
};

const erpnextUnsupported: Unsupported = {
  ...aboutNoErp,
  'invoice.reconcile':
    'a Payment Entry is applied as it is made; matching one later is the tool Payment Reconciliation, which has no documents of its own',
};

/** Credential: `apiKey` and `apiSecret`; with `oauth` `clientId`, `clientSecret`, `refreshToken`. */
export function createErpnextAdapter(options: ErpnextOptions = {}): ErpAdapter {
  const settings = toErpnextSettings(options);
  const isToken = settings.authentication === 'token';
  return {
    name: 'erpnext',
    version: '1.1.0',
    level: 'documented',
    once: 'unique_field',
    credentialFields: isToken ? ['apiKey', 'apiSecret'] : ['clientId', 'clientSecret', 'refreshToken'],
    session: createErpnextSession(settings),
    operations: {
      'sale.confirm': createConfirmHandler(settings),
      'sale.cancel': createCancelHandler(),
      'invoice.post': createInvoiceHandler(settings),
      'payment.register': createPaymentHandler(settings),
      'credit_note.issue': createCreditNoteHandler(settings),
      'shipment.deliver': createShipmentHandler(settings),
      'purchase.receive': createReceiptHandler(settings),
      'stock.set': createStockHandler(settings),
      'price.set': createPriceHandler(settings),
      'customer.upsert': createCustomerHandler(settings),
      'return.receive': createReturnHandler(settings),
      'stock.receive': createStockReceiptHandler(settings),
      'period.close': createPeriodHandler(settings),
    },
    batches: {
      'stock.set_many': createStockBatch(settings),
      'invoice.post_many': oneByOne(createInvoiceHandler(settings)),
    },
    capabilities: erpnextCapabilities,
    unsupported: erpnextUnsupported,
    readInstance: createReadInstance(settings),
  };
}
