// The adapter of Oracle NetSuite, by its REST web services. Wiring and what it declares: what each operation does is in its
// handler, what an answer means in netsuite-errors.ts. Level `documented`: written from Oracle's documentation, never run
// against an account.

import type { ErpAdapter } from '../../core/erp.ts';
import type { AsyncMode, DeclaredCapabilities, Unsupported } from '../../core/erp-capabilities.ts';
import { aboutNoErp } from '../about-no-erp.ts';
import { oneByOne } from '../rest/one-by-one.ts';
import { createCancelHandler } from './cancel-handler.ts';
import { createCustomerHandler } from './customer-handler.ts';
import { createReceiptHandler, createShipmentHandler } from './goods-handlers.ts';
import { createCreditNoteHandler, createInvoiceHandler } from './money-handlers.ts';
import { createReadInstance } from './netsuite-instance.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { netsuiteSession } from './netsuite-session.ts';
import { createPaymentHandler } from './payment-handler.ts';
import { createReconcileHandler } from './reconcile-handler.ts';
import { createConfirmHandler } from './sale-handler.ts';
import { createStockReceiptHandler } from './stock-receipt-handler.ts';

const noNextDay = 'whenLocked: a locked day is always refused';
const noGivingUp = 'backorder: "cancel" is refused, the rest of an order is closed by a person';

function capabilitiesOf({ respondAsync = false, refundItem }: NetsuiteOptions): DeclaredCapabilities {
  // The idempotency key is NetSuite's for jobs only.
  const mode: AsyncMode = respondAsync ? 'always' : 'never';
  // A record type that the account does not have is a feature that is off.
  const document = (...modules: readonly string[]) => ({
    ...{ nativeIdempotency: respondAsync, async: mode, modules },
  });
  return {
    'sale.confirm': document('salesOrder'),
    'sale.cancel': {
      ...{ async: 'never', modules: ['salesOrder'] },
      limits: ['only while nothing of the order was shipped or invoiced'],
    },
    'invoice.post': { ...document('salesOrder', 'invoice'), limits: [noNextDay] },
    ...(respondAsync
      ? {}
      : {
          'invoice.post_many': {
            modules: ['salesOrder', 'invoice'],
            limits: ['one by one, so never all or none', noNextDay],
          },
        }),
    'shipment.deliver': {
      ...document('salesOrder', 'itemFulfillment'),
      limits: [noGivingUp, 'trackingNumber is not written'],
    },
    'payment.register': {
      ...document('invoice', 'customerPayment'),
      limits: ['without an invoice a customer deposit, which stands open until invoice.reconcile', noNextDay],
    },
    'invoice.reconcile': {
      ...document('invoice', 'customerDeposit', 'depositApplication'),
      limits: ['writeOffUpTo is refused where something is left', noNextDay],
    },
    'purchase.receive': { ...document('purchaseOrder', 'itemReceipt'), limits: [noGivingUp] },
    'stock.receive': {
      ...document('inventoryAdjustment'),
      limits: ['without purchaseOrder it needs adjustmentAccountId'],
    },
    'customer.upsert': {
      ...{ async: 'never', modules: ['customer'] },
      limits: ['address is refused: it is a record of its own'],
    },
    ...(refundItem === undefined
      ? {}
      : {
          'credit_note.issue': {
            ...document('creditMemo'),
            limits: [
              'one amount on the refund item, not applied to the invoice',
              'restock is refused',
              noNextDay,
            ],
          },
        }),
  };
}

const noAbsolute =
  'an inventory is adjusted by a difference: with a movement in between a count would be wrong';

const netsuiteUnsupported: Unsupported = {
  ...aboutNoErp,
  'credit_note.issue': 'the item that a refund is a line of has to be named as refundItem',
  'invoice.post_many': 'documents are made as jobs here (respondAsync), one by one: run invoice.post',
  'stock.set': noAbsolute,
  'stock.set_many': noAbsolute,
  'return.receive': "goods come back by a return authorization, whose approval is the account's own workflow",
  'price.set':
    'a price is a cell of the matrix of levels, currencies and quantities of an item, which is written whole',
  'period.close': "a period is closed by a checklist of tasks in NetSuite's own pages, which no API offers",
};

/** Credential: `accountId`, `clientId`, `keyId` (the certificate's id), `privateKey` (PKCS#8 PEM, an RSA key). */
export function createNetsuiteAdapter(options: NetsuiteOptions): ErpAdapter {
  const { refundItem } = options;
  const capabilities = capabilitiesOf(options);
  const modules = new Set(Object.values(capabilities).flatMap((each) => each?.modules ?? []));
  return {
    name: 'netsuite',
    version: '1.1.0',
    level: 'documented',
    once: 'unique_field',
    credentialFields: ['accountId', 'clientId', 'keyId', 'privateKey'],
    session: { ...netsuiteSession, optionalFields: [] },
    operations: {
      'sale.confirm': createConfirmHandler(options),
      'sale.cancel': createCancelHandler(),
      'invoice.post': createInvoiceHandler(options),
      'shipment.deliver': createShipmentHandler(options),
      'payment.register': createPaymentHandler(options),
      'invoice.reconcile': createReconcileHandler(options),
      'purchase.receive': createReceiptHandler(options),
      'stock.receive': createStockReceiptHandler(options),
      'customer.upsert': createCustomerHandler(options),
      ...(refundItem === undefined
        ? {}
        : { 'credit_note.issue': createCreditNoteHandler(options, refundItem) }),
    },
    ...(options.respondAsync === true
      ? {}
      : { batches: { 'invoice.post_many': oneByOne(createInvoiceHandler(options)) } }),
    capabilities,
    unsupported: netsuiteUnsupported,
    readInstance: createReadInstance(options, modules),
  };
}
