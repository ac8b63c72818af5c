// One good input and the document an ERP would answer it with, for every operation of the catalogue.
// Tests change one field at a time; nothing here is a rule.

export const samples = {
  'sale.confirm': {
    input: {
      orderId: '1001',
      customer: { customerId: '77', name: 'Ada Lovelace', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [
        { lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '9.95' },
        { lineId: '2', sku: 'SKU-2', quantity: 0.5, unitPrice: '3.9900', total: '2.00' },
      ],
      discountTotal: '1.00',
      shippingTotal: '4.95',
      taxTotal: '4.20',
      total: '30.05',
      orderedAt: '2026-03-01T10:00:00+01:00',
    },
    output: {
      orderId: '1001',
      state: 'confirmed',
      currency: 'EUR',
      total: '30.05',
      lines: [
        { sku: 'SKU-1', quantity: 2 },
        { sku: 'SKU-2', quantity: 0.5 },
      ],
    },
  },
  'sale.cancel': {
    input: { orderId: '1001', reason: 'customer' },
    output: { orderId: '1001', state: 'cancelled' },
  },
  'shipment.deliver': {
    input: {
      shipmentId: 'S-1',
      orderId: '1001',
      lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1 }],
      backorder: 'cancel',
      trackingNumber: '1Z999',
      postingDate: '2026-03-02',
    },
    output: {
      shipmentId: 'S-1',
      orderId: '1001',
      state: 'done',
      lines: [{ sku: 'SKU-1', quantity: 1 }],
      hasBackorder: false,
      trackingNumber: '1Z999',
      accountingDate: '2026-03-02',
    },
  },
  'return.receive': {
    input: {
      returnId: 'RMA-1',
      orderId: '1001',
      lines: [
        { lineId: '1', sku: 'SKU-1', quantity: 1, disposition: 'restock' },
        { lineId: '2', sku: 'SKU-2', quantity: 0.5, disposition: 'scrap' },
      ],
      postingDate: '2026-03-09',
    },
    output: {
      returnId: 'RMA-1',
      orderId: '1001',
      state: 'done',
      lines: [
        { sku: 'SKU-1', quantity: 1 },
        { sku: 'SKU-2', quantity: 0.5 },
      ],
      restockedLines: [{ sku: 'SKU-1', quantity: 1 }],
      accountingDate: '2026-03-09',
    },
  },
  'payment.register': {
    input: {
      paymentId: 'pi_1',
      orderId: '1001',
      amount: '30.05',
      currency: 'EUR',
      paidAt: '2026-03-01T09:01:00Z',
      method: 'card',
    },
    output: { paymentId: 'pi_1', state: 'posted', amount: '30.05', currency: 'EUR' },
  },
  'invoice.post': {
    input: { orderId: '1001', invoiceDate: '2026-03-01' },
    output: {
      orderId: '1001',
      state: 'posted',
      currency: 'EUR',
      total: '30.05',
      accountingDate: '2026-03-01',
    },
  },
  'invoice.reconcile': {
    input: {
      paymentId: 'pi_1',
      orderId: '1001',
      currency: 'EUR',
      writeOffUpTo: '0.10',
      postingDate: '2026-03-03',
    },
    output: {
      paymentId: 'pi_1',
      orderId: '1001',
      invoiceNumber: 'INV/1',
      state: 'reconciled',
      currency: 'EUR',
      residual: '0.00',
      writtenOff: '0.05',
      accountingDate: '2026-03-03',
    },
  },
  'period.close': {
    input: { through: '2026-02-28' },
    output: { state: 'closed', closedThrough: '2026-02-28' },
  },
  'purchase.receive': {
    input: {
      receiptId: 'R-9',
      purchaseOrder: 'PO-1',
      lines: [{ sku: 'SKU-1', quantity: 10 }],
      backorder: 'cancel',
      postingDate: '2026-03-04',
    },
    output: {
      receiptId: 'R-9',
      purchaseOrder: 'PO-1',
      state: 'done',
      lines: [{ sku: 'SKU-1', quantity: 10, onHand: 1010 }],
      hasBackorder: false,
      accountingDate: '2026-03-04',
    },
  },
  'price.set': {
    input: { sku: 'SKU-1', currency: 'EUR', price: '9.9500', asOf: '2026-03-01T09:00:00Z' },
    output: { sku: 'SKU-1', state: 'active', currency: 'EUR', price: '9.95' },
  },
  'credit_note.issue': {
    input: {
      refundId: 're_1',
      orderId: '1001',
      currency: 'EUR',
      amount: '12.00',
      lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1, amount: '9.95' }],
      restock: true,
    },
    output: {
      refundId: 're_1',
      orderId: '1001',
      state: 'posted',
      currency: 'EUR',
      amount: '12.00',
      restocked: true,
    },
  },
  'stock.receive': {
    input: { receiptId: 'R-1', purchaseOrder: 'PO-1', lines: [{ sku: 'SKU-1', quantity: 10 }] },
    output: { receiptId: 'R-1', state: 'done', lines: [{ sku: 'SKU-1', quantity: 10, onHand: 1010 }] },
  },
  'stock.set': {
    input: { sku: 'SKU-1', quantity: 0, asOf: '2026-03-01T09:00:00Z' },
    output: { sku: 'SKU-1', state: 'done', onHand: 0 },
  },
  'stock.set_many': {
    input: { batchId: 'count-7', records: [{ sku: 'SKU-1', quantity: 3 }] },
    output: { state: 'done', recordCount: 1, doneCount: 1, failedCount: 0 },
  },
  'invoice.post_many': {
    input: { batchId: 'run-7', records: [{ orderId: '1001' }] },
    output: { state: 'done', recordCount: 1, doneCount: 1, failedCount: 0 },
  },
  'customer.upsert': {
    input: {
      customerId: '77',
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
      address: { line1: 'St James Square 12', city: 'London', country: 'GB' },
    },
    output: { customerId: '77', state: 'active', name: 'Ada Lovelace', email: 'ada@example.com' },
  },
  'relay.smoke': { input: { note: 'smoke-1' }, output: { state: 'done', note: 'smoke-1' } },
} as const;

export type SampleName = keyof typeof samples;

/** A changeable copy of the good input. */
export function sampleInput(name: SampleName): Record<string, unknown> {
  return structuredClone(samples[name].input) as Record<string, unknown>;
}

/** The document as the adapter hands it over, with what every document has. */
export function sampleOutput(name: SampleName): Record<string, unknown> {
  return { documentId: 'doc_1', documentNumber: 'DOC/1', ...structuredClone(samples[name].output) };
}
