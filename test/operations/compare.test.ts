// What an operation promised against what the ERP wrote: differences that count, and notations that do not.
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { type SampleName, sampleInput, sampleOutput } from './samples.ts';

function differences(
  name: SampleName,
  written: Record<string, unknown>,
  asked: Record<string, unknown> = {},
): readonly unknown[] {
  const document = operations[name].output.parse({ ...sampleOutput(name), ...written });
  return operations[name].compare({ ...sampleInput(name), ...asked } as never, document as never);
}

describe('a comparison of promised and written', () => {
  it('reads amounts as numbers', () => {
    expect(differences('sale.confirm', { total: '30.0500' })).toEqual([]);
    expect(differences('sale.confirm', { total: '30.04' })).toEqual([
      { field: 'total', expected: '30.05', actual: '30.04' },
    ]);
    expect(differences('payment.register', { amount: '-30.05' })).toHaveLength(1);
  });

  it('lets the ERP split and join lines, and sees goods that are lost, added or changed', () => {
    const split = [
      { sku: 'SKU-2', quantity: 0.2 },
      { sku: 'SKU-1', quantity: 2 },
      { sku: 'SKU-2', quantity: 0.3 },
    ];
    expect(differences('sale.confirm', { lines: split })).toEqual([]);
    expect(differences('sale.confirm', { lines: split.slice(0, 2) })).toEqual([
      { field: 'quantity of SKU-2', expected: 0.5, actual: 0.2 },
    ]);
    expect(differences('stock.receive', { lines: [{ sku: 'SKU-9', quantity: 10 }] })).toEqual([
      { field: 'quantity of SKU-1', expected: 10, actual: 0 },
      { field: 'quantity of SKU-9', expected: 0, actual: 10 },
    ]);
  });

  it('sees another currency, another subject and goods that were not put back', () => {
    expect(differences('payment.register', { currency: 'USD', paymentId: 'pi_2' })).toHaveLength(2);
    expect(differences('credit_note.issue', { restocked: false })).toEqual([
      { field: 'restocked', expected: true, actual: false },
    ]);
    expect(differences('stock.set', { onHand: 4 })).toEqual([{ field: 'onHand', expected: 0, actual: 4 }]);
  });

  it('sees an invoice that was moved out of a locked period, unless the input allowed it', () => {
    const moved = { accountingDate: '2026-04-01' };
    expect(differences('invoice.post', moved)).toEqual([
      { field: 'accountingDate', expected: '2026-03-01', actual: '2026-04-01' },
    ]);
    expect(differences('invoice.post', moved, { whenLocked: 'next_open_day' })).toEqual([]);
    expect(
      differences('invoice.post', { accountingDate: '2026-02-28' }, { whenLocked: 'next_open_day' }),
    ).toHaveLength(1);
    expect(differences('invoice.post', moved, { invoiceDate: undefined })).toEqual([]);
    expect(differences('invoice.post', { accountingDate: null })).toEqual([]);
  });

  it('takes an instant for any day it is somewhere on Earth', () => {
    const late = { paidAt: '2026-03-01T23:30:00Z' };
    for (const accountingDate of ['2026-03-01', '2026-03-02'])
      expect(differences('payment.register', { accountingDate }, late)).toEqual([]);
    expect(differences('payment.register', { accountingDate: '2026-03-03' }, late)).toHaveLength(1);
    expect(differences('payment.register', { accountingDate: '2026-02-28' }, late)).toHaveLength(1);
    const allowed = { ...late, whenLocked: 'next_open_day' };
    expect(differences('payment.register', { accountingDate: '2026-04-01' }, allowed)).toEqual([]);
  });

  it('compares what an invoice comes to where the caller says it', () => {
    const expected = { total: '30.04', currency: 'EUR' };
    expect(differences('invoice.post', {}, expected)).toEqual([
      { field: 'total', expected: '30.04', actual: '30.05' },
    ]);
    expect(differences('invoice.post', {}, { total: '30.05', currency: 'USD' })).toEqual([
      { field: 'currency', expected: 'USD', actual: 'EUR' },
    ]);
  });

  it('asks for no rest where the rest was to be given up, and where everything was to leave', () => {
    const rest = { hasBackorder: true };
    expect(differences('shipment.deliver', rest)).toHaveLength(1);
    expect(differences('shipment.deliver', rest, { backorder: 'create' })).toEqual([]);
    expect(differences('shipment.deliver', rest, { backorder: 'create', lines: undefined })).toHaveLength(1);
    expect(differences('purchase.receive', rest, { backorder: 'create' })).toEqual([]);
  });

  it('takes no write-off that was not allowed, and none above what was', () => {
    expect(differences('invoice.reconcile', { writtenOff: '0.10' })).toEqual([]);
    expect(differences('invoice.reconcile', { writtenOff: '0.101' })).toEqual([
      { field: 'writtenOff', expected: 'at most 0.10', actual: '0.101' },
    ]);
    expect(differences('invoice.reconcile', { writtenOff: '0.00' }, { writeOffUpTo: undefined })).toEqual([]);
    expect(
      differences('invoice.reconcile', { writtenOff: '0.01' }, { writeOffUpTo: undefined }),
    ).toHaveLength(1);
    expect(differences('invoice.reconcile', { writtenOff: '-0.05' })).toHaveLength(1);
  });

  it('is content with a period that is closed further than was asked for', () => {
    expect(differences('period.close', { closedThrough: '2026-03-31' })).toEqual([]);
    expect(differences('period.close', { closedThrough: '2026-01-31' })).toHaveLength(1);
  });

  it('takes an address for the same in another case, and not another address', () => {
    expect(differences('customer.upsert', { email: 'ADA@example.COM' })).toEqual([]);
    expect(differences('customer.upsert', { email: null })).toHaveLength(1);
  });
});
