// The adapter of Odoo, by JSON-2 (19 and later) or JSON-RPC. Wiring and the check of its options: what each operation does is in its
// handler, what an answer means in read-odoo.ts. Level `recorded`: tested with bodies of a running Odoo, not with one.

import type { AdapterProblem, ErpAdapter } from '../../core/erp.ts';
import { aboutNoErp } from '../about-no-erp.ts';
import { countBatch, invoiceBatch } from './batch-kinds.ts';
import { createOdooBatch } from './batches.ts';
import { createCreditNoteHandler } from './credit-note-issue.ts';
import { createCustomerHandler } from './customer-upsert.ts';
import { createInvoiceHandler } from './invoice-post.ts';
import { createReconcileHandler } from './invoice-reconcile.ts';
import { odooCapabilities } from './odoo-capabilities.ts';
import { createOdooChanges } from './odoo-changes.ts';
import { createReadInstance } from './odoo-instance.ts';
import { type OdooOptions, toOdooSettings } from './odoo-options.ts';
import { createOdooSession } from './odoo-session.ts';
import { createPaymentHandler } from './payment-register.ts';
import { createPeriodHandler } from './period-close.ts';
import { createPriceHandler } from './price-set.ts';
import { createReturnHandler } from './return-receive.ts';
import { createCancelHandler } from './sale-cancel.ts';
import { createConfirmHandler } from './sale-confirm.ts';
import { createStockReceiptHandler } from './stock-receive.ts';
import { createStockHandler } from './stock-set.ts';
import { createReceiptHandler, createShipmentHandler } from './transfers.ts';

/** Credential: `apiKey`; with `jsonrpc` also `login`; with `json2` optionally `expiresAt`, the end of the first key. */
export function createOdooAdapter(options: OdooOptions = {}): ErpAdapter {
  const settings = toOdooSettings(options);
  const problems = whyNot(options);
  return {
    name: 'odoo',
    version: '1.1.0',
    level: 'recorded',
    once: 'searchable_field',
    credentialFields: settings.api === 'json2' ? ['apiKey'] : ['login', 'apiKey'],
    session: createOdooSession(settings),
    operations: {
      'sale.confirm': createConfirmHandler(settings),
      'sale.cancel': createCancelHandler(settings),
      'invoice.post': createInvoiceHandler(settings),
      'payment.register': createPaymentHandler(settings),
      'invoice.reconcile': createReconcileHandler(settings),
      'credit_note.issue': createCreditNoteHandler(settings),
      'shipment.deliver': createShipmentHandler(settings),
      'purchase.receive': createReceiptHandler(settings),
      'return.receive': createReturnHandler(settings),
      'stock.receive': createStockReceiptHandler(settings),
      'stock.set': createStockHandler(settings),
      'price.set': createPriceHandler(settings),
      'period.close': createPeriodHandler(settings),
      'customer.upsert': createCustomerHandler(settings),
    },
    batches: {
      'stock.set_many': createOdooBatch(countBatch, settings),
      'invoice.post_many': createOdooBatch(invoiceBatch, settings),
    },
    capabilities: odooCapabilities,
    unsupported: aboutNoErp,
    readInstance: createReadInstance(settings),
    changes: createOdooChanges(settings),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** Half of Odoo's three months: later, two failed weeks would be too many. */
const maxRotateAfterDays = 45;

function whyNot(options: OdooOptions): readonly AdapterProblem[] {
  const { api = 'json2', database, module = 'holdfast', rotateAfterDays = 0 } = options;
  const found: AdapterProblem[] = [];
  const expect = (holds: boolean, field: string, rule: string): void => {
    if (!holds) found.push({ field, rule });
  };
  expect(api === 'json2' || api === 'jsonrpc', 'api', 'must be json2 or jsonrpc');
  const hasDatabase = database !== undefined && database !== '';
  expect(api !== 'jsonrpc' || hasDatabase, 'database', 'is required with jsonrpc');
  expect(/^[a-z][a-z0-9_]*$/.test(module), 'module', 'must be lower-case letters, digits and _');
  const isWithin = Number.isInteger(rotateAfterDays) && rotateAfterDays >= 0;
  const rule = `must be a whole number from 0 to ${maxRotateAfterDays}`;
  expect(isWithin && rotateAfterDays <= maxRotateAfterDays, 'rotateAfterDays', rule);
  for (const [name, id] of Object.entries({ ...options.locations, ...options.priceLists })) {
    expect(Number.isInteger(id) && id > 0, `locations or priceLists.${name}`, 'must be the id of a record');
  }
  return found;
}
