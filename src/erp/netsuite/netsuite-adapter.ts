// The adapter of Oracle NetSuite, by its REST web services. Wiring and what it declares: what each operation does is in its
// handler, what an answer means in netsuite-errors.ts. Level `documented`: written from Oracle's documentation, never run
// against an account.

import type { ErpAdapter } from '../../core/erp.ts';
import type { AsyncMode, DeclaredCapabilities } from '../../core/erp-capabilities.ts';
import { createCustomerHandler } from './customer-handler.ts';
import { createReceiptHandler, createShipmentHandler } from './goods-handlers.ts';
import { createCreditNoteHandler, createInvoiceHandler, createPaymentHandler } from './money-handlers.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { netsuiteSession } from './netsuite-session.ts';
import { createConfirmHandler } from './sale-handler.ts';

const noNextDay = 'whenLocked: a locked day is always refused';
const noGivingUp = 'backorder: "cancel" is refused, the rest of an order is closed by a person';

function capabilitiesOf({ respondAsync = false, refundItem }: NetsuiteOptions): DeclaredCapabilities {
  // The idempotency key is NetSuite's for jobs only.
  const mode: AsyncMode = respondAsync ? 'always' : 'never';
  const document = { nativeIdempotency: respondAsync, async: mode };
  return {
    'sale.confirm': document,
    'invoice.post': { ...document, limits: [noNextDay] },
    'shipment.deliver': { ...document, limits: [noGivingUp, 'trackingNumber is not written'] },
    'payment.register': {
      ...document,
      limits: ['an invoice is paid, an order without one cannot be', noNextDay],
    },
    'purchase.receive': { ...document, limits: [noGivingUp] },
    'customer.upsert': { async: 'never', limits: ['address is refused: it is a record of its own'] },
    ...(refundItem === undefined
      ? {}
      : {
          'credit_note.issue': {
            ...document,
            limits: [
              'one amount on the refund item, not applied to the invoice',
              'restock is refused',
              noNextDay,
            ],
          },
        }),
  };
}

/** Credential: `accountId`, `clientId`, `keyId` (the certificate's id), `privateKey` (PKCS#8 PEM, an RSA key). */
export function createNetsuiteAdapter(options: NetsuiteOptions): ErpAdapter {
  const { refundItem } = options;
  return {
    name: 'netsuite',
    version: '1.0.0',
    level: 'documented',
    once: 'unique_field',
    credentialFields: ['accountId', 'clientId', 'keyId', 'privateKey'],
    session: { ...netsuiteSession, optionalFields: [] },
    operations: {
      'sale.confirm': createConfirmHandler(options),
      'invoice.post': createInvoiceHandler(options),
      'shipment.deliver': createShipmentHandler(options),
      'payment.register': createPaymentHandler(options),
      'purchase.receive': createReceiptHandler(options),
      'customer.upsert': createCustomerHandler(options),
      ...(refundItem === undefined
        ? {}
        : { 'credit_note.issue': createCreditNoteHandler(options, refundItem) }),
    },
    capabilities: capabilitiesOf(options),
  };
}
