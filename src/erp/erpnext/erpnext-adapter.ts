// The adapter of ERPNext (Frappe), by its REST API of version 1. Wiring and what it declares: what each operation does is in its
// handler, what an answer means in erpnext-errors.ts. Level `documented`: written from its sources and documentation, never
// run against one.

import type { ErpAdapter } from '../../core/erp.ts';
import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';
import { createCreditNoteHandler } from './credit-note-handler.ts';
import { createCustomerHandler } from './customer-handler.ts';
import { type ErpnextOptions, toErpnextSettings } from './erpnext-options.ts';
import { createErpnextSession } from './erpnext-session.ts';
import { createInvoiceHandler } from './invoice-handler.ts';
import { createPaymentHandler } from './payment-handler.ts';
import { createCancelHandler, createConfirmHandler } from './sale-handlers.ts';
import { createPriceHandler, createStockHandler } from './stock-and-price-handlers.ts';
import { createReceiptHandler, createShipmentHandler } from './transfer-handlers.ts';

const noNextDay = 'whenLocked: a locked day is always refused';
const noGivingUp = 'backorder: "cancel" is refused, the rest of an order is closed by a person';

const erpnextCapabilities: DeclaredCapabilities = {
  'sale.confirm': { limits: ['orderedAt is required: its day is that of the order and of its delivery'] },
  'invoice.post': { limits: [noNextDay] },
  'payment.register': { limits: [noNextDay] },
  'credit_note.issue': {
    limits: ['amount: the whole invoice, or exactly what the lines come to', noNextDay],
  },
  'shipment.deliver': { limits: [noGivingUp] },
  'purchase.receive': { limits: [noGivingUp] },
  'customer.upsert': { limits: ['address is refused: it is a document of its own'] },
};

/** Credential: `apiKey` and `apiSecret`; with `oauth` `clientId`, `clientSecret`, `refreshToken`. */
export function createErpnextAdapter(options: ErpnextOptions = {}): ErpAdapter {
  const settings = toErpnextSettings(options);
  const isToken = settings.authentication === 'token';
  return {
    name: 'erpnext',
    version: '1.0.0',
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
    },
    capabilities: erpnextCapabilities,
  };
}
