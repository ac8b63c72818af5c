// The operations the sandbox adapter runs, each with an input, what must exist before it, and where its document is.
import type { operations } from '../../../../src/operations/index.ts';
import type { Json } from './start-sandbox.ts';

export type OperationCase = {
  readonly name: Exclude<keyof typeof operations, 'relay.smoke' | `${string}_many`>;
  readonly input: Json;
  /** Operations done before, as [name, input]. */
  readonly before: readonly (readonly [name: string, input: Json])[];
  /** Of the ERP. */
  readonly settings?: Json;
  /** The list of the sandbox's state that its documents stand in. */
  readonly list: string;
  /** What its one document must look like. */
  readonly document: Json;
};

export const sale = {
  orderId: '1001',
  customer: { customerId: 'c-1', name: 'Ada Lovelace', email: 'ada@example.test' },
  currency: 'EUR',
  lines: [
    { lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' },
    { lineId: '2', sku: 'SKU-2', quantity: 3, unitPrice: '1.45', total: '4.35' },
  ],
  ...{ discountTotal: '2.00', shippingTotal: '5.00', taxTotal: '2.00', total: '29.35' },
  orderedAt: '2026-11-20T09:30:00Z',
};

export const payment = {
  ...{ paymentId: 'pi_1', orderId: '1001', amount: '29.35', currency: 'EUR', method: 'card' },
  paidAt: '2026-11-20T10:00:00Z',
};

export const invoice = { orderId: '1001', invoiceDate: '2026-11-20' };

export const creditNote = {
  ...{
    refundId: 're_1',
    orderId: '1001',
    currency: 'EUR',
    amount: '29.35',
    restock: true,
    reason: 'damaged',
  },
  lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1, amount: '10.00' }],
};

export const receipt = {
  ...{ receiptId: 'asn-77', purchaseOrder: 'PO-1' },
  lines: [{ sku: 'SKU-1', quantity: 60 }],
};

export const customer = {
  ...{ customerId: 'c-9', name: 'Grace Hopper', email: 'grace@example.test', phone: '+31 20 123 4567' },
  address: { line1: 'Damrak 1', city: 'Amsterdam', postalCode: '1012 LG', country: 'NL' },
};

export const shipment = {
  ...{ shipmentId: 'ship-1', orderId: '1001', backorder: 'create', trackingNumber: '1Z999' },
  lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1.5 }],
};

export const everythingShipped = { shipmentId: 'ship-2', orderId: '1001' };

export const returned = {
  ...{ returnId: 'rma-1', orderId: '1001' },
  lines: [
    { lineId: '1', sku: 'SKU-1', quantity: 1, disposition: 'restock' },
    { lineId: '1', sku: 'SKU-1', quantity: 0.5, disposition: 'scrap' },
  ],
};

export const purchaseReceipt = {
  ...{ receiptId: 'asn-78', purchaseOrder: 'PO-1', backorder: 'cancel' },
  lines: [{ sku: 'SKU-1', quantity: 60 }],
};

export const reconciliation = { paymentId: 'pi_1', orderId: '1001', currency: 'EUR' };

export const operationCases: readonly OperationCase[] = [
  {
    name: 'sale.confirm',
    input: sale,
    before: [],
    list: 'orders',
    document: { state: 'confirmed', total: '29.35' },
  },
  {
    name: 'sale.cancel',
    input: { orderId: '1001', reason: 'changed their mind' },
    before: [['sale.confirm', sale]],
    list: 'orders',
    document: { state: 'cancelled', cancelReason: 'changed their mind' },
  },
  {
    name: 'payment.register',
    input: payment,
    before: [['sale.confirm', sale]],
    list: 'payments',
    document: { state: 'posted', amount: '29.35', paymentId: 'pi_1' },
  },
  {
    name: 'invoice.post',
    input: invoice,
    before: [['sale.confirm', sale]],
    list: 'invoices',
    document: { state: 'posted', total: '29.35', accountingDate: '2026-11-20' },
  },
  {
    name: 'credit_note.issue',
    input: creditNote,
    before: [
      ['sale.confirm', sale],
      ['invoice.post', invoice],
    ],
    list: 'creditNotes',
    document: { state: 'posted', amount: '29.35', restocked: true },
  },
  {
    name: 'stock.receive',
    input: receipt,
    before: [],
    list: 'receipts',
    document: { state: 'done', totalQuantity: 60 },
  },
  {
    name: 'stock.set',
    input: { sku: 'SKU-1', quantity: 950.5, asOf: '2026-11-20T10:00:00Z' },
    before: [],
    list: 'adjustments',
    document: { state: 'done', onHand: 950.5, difference: -49.5 },
  },
  {
    name: 'shipment.deliver',
    input: shipment,
    before: [['sale.confirm', sale]],
    list: 'shipments',
    document: { state: 'done', totalQuantity: 1.5, hasBackorder: true, trackingNumber: '1Z999' },
  },
  {
    name: 'return.receive',
    input: returned,
    before: [
      ['sale.confirm', sale],
      ['shipment.deliver', everythingShipped],
    ],
    list: 'returns',
    document: { state: 'done', restockedLines: [{ sku: 'SKU-1', quantity: 1 }] },
  },
  {
    name: 'purchase.receive',
    input: purchaseReceipt,
    before: [],
    list: 'receipts',
    document: { state: 'done', totalQuantity: 60, purchaseOrder: 'PO-1', hasBackorder: false },
  },
  {
    name: 'invoice.reconcile',
    input: reconciliation,
    settings: { reconcilePayments: 'by_hand' },
    before: [
      ['sale.confirm', sale],
      ['invoice.post', invoice],
      ['payment.register', payment],
    ],
    list: 'reconciliations',
    document: { state: 'reconciled', amount: '29.35', residual: '0.00', writtenOff: '0.00' },
  },
  {
    name: 'period.close',
    input: { through: '2025-12-31' },
    settings: { periodCloseMs: 0 },
    before: [],
    list: 'periods',
    document: { state: 'closed', closedThrough: '2025-12-31' },
  },
  {
    name: 'price.set',
    input: {
      ...{ sku: 'SKU-1', priceList: 'retail', currency: 'EUR', price: '2.4950' },
      ...{ asOf: '2026-11-20T10:00:00Z', acknowledgeWarnings: ['price_below_cost'] },
    },
    before: [],
    list: 'prices',
    document: { state: 'active', price: '2.495', priceList: 'retail', revision: 1 },
  },
  {
    name: 'customer.upsert',
    input: customer,
    before: [],
    list: 'customers',
    document: { state: 'active', name: 'Grace Hopper', address: customer.address },
  },
];
