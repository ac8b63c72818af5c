// Behaviour drift: an ERP that answers success and did something else. Every promise of every operation is broken once, and
// each must be seen as a difference that names its field.
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { type SampleName, sampleInput, sampleOutput } from './samples.ts';

const otherLines = [
  { sku: 'SKU-1', quantity: 1 },
  { sku: 'SKU-2', quantity: 0.5 },
];

/** What the ERP writes instead of what was asked, by operation and field. */
const broken: Record<Exclude<SampleName, 'relay.smoke'>, Readonly<Record<string, unknown>>> = {
  'sale.confirm': { state: 'draft', orderId: '1002', currency: 'USD', total: '30.06', lines: otherLines },
  'sale.cancel': { state: 'confirmed', orderId: '1002' },
  'payment.register': {
    state: 'draft',
    paymentId: 'pi_2',
    orderId: '1002',
    currency: 'USD',
    amount: '30.04',
    accountingDate: '2026-03-04',
  },
  'invoice.post': { state: 'draft', orderId: '1002', accountingDate: '2026-03-02' },
  'shipment.deliver': {
    state: 'draft',
    shipmentId: 'S-2',
    orderId: '1002',
    lines: [{ sku: 'SKU-1', quantity: 2 }],
    hasBackorder: true,
    trackingNumber: '1Z998',
    accountingDate: '2026-03-03',
  },
  'return.receive': {
    state: 'draft',
    returnId: 'RMA-2',
    orderId: '1002',
    lines: [{ sku: 'SKU-1', quantity: 1 }],
    restockedLines: [{ sku: 'SKU-1', quantity: 2 }],
    accountingDate: '2026-03-01',
  },
  'invoice.reconcile': {
    state: 'draft',
    paymentId: 'pi_2',
    orderId: '1002',
    currency: 'USD',
    residual: '0.05',
    writtenOff: '0.11',
    accountingDate: '2026-03-04',
  },
  'period.close': { state: 'open', closedThrough: '2026-02-27' },
  'purchase.receive': {
    state: 'draft',
    receiptId: 'R-10',
    purchaseOrder: 'PO-2',
    lines: [{ sku: 'SKU-1', quantity: 9 }],
    hasBackorder: true,
    accountingDate: '2026-03-05',
  },
  'price.set': { state: 'draft', sku: 'SKU-2', currency: 'USD', price: '9.9501' },
  'credit_note.issue': {
    state: 'draft',
    refundId: 're_2',
    orderId: '1002',
    currency: 'USD',
    amount: '11.99',
    restocked: false,
    lines: [{ sku: 'SKU-1', quantity: 2 }],
  },
  'stock.receive': { state: 'draft', receiptId: 'R-2', lines: [{ sku: 'SKU-1', quantity: 9 }] },
  'stock.set': { state: 'draft', sku: 'SKU-2', onHand: 1 },
  // Of a batch each record is compared as the operation it is one of.
  'stock.set_many': { state: 'partial' },
  'invoice.post_many': { state: 'partial' },
  'customer.upsert': { state: 'archived', customerId: '78', name: 'Ada', email: 'eve@example.com' },
};

const cases = Object.entries(broken).flatMap(([name, fields]) =>
  Object.entries(fields).map(([field, value]) => [name as SampleName, field, value] as const),
);

function differences(name: SampleName, written: Record<string, unknown>) {
  const document = operations[name].output.parse({ ...sampleOutput(name), ...written });
  return operations[name].compare(sampleInput(name) as never, document as never);
}

describe('a document that is not what was asked for', () => {
  it.each(cases)('%s: another %s is one difference', (name, field, value) => {
    const found = differences(name, { [field]: value });
    expect(found).toHaveLength(1);
    expect(found[0]?.field === field || field.toLowerCase().endsWith('lines')).toBe(true);
  });

  it.each(Object.keys(broken) as SampleName[])('%s: as it was asked for is none', (name) => {
    expect(differences(name, {})).toEqual([]);
  });

  it('does not take what an ERP leaves out for another', () => {
    expect(differences('payment.register', { orderId: null })).toEqual([]);
    expect(differences('payment.register', {})).toEqual([]);
  });
});
