// What an operation promised against what the ERP wrote: differences that count, and notations that do not.
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { type SampleName, sampleInput, sampleOutput } from './samples.ts';

function differences(name: SampleName, written: Record<string, unknown>): readonly unknown[] {
  const document = operations[name].output.parse({ ...sampleOutput(name), ...written });
  return operations[name].compare(sampleInput(name) as never, document as never);
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

  it('lets the ERP move an invoice out of a closed period, and keeps the day it chose', () => {
    expect(differences('invoice.post', { accountingDate: '2026-04-01' })).toEqual([]);
    expect(operations['invoice.post'].output.parse(sampleOutput('invoice.post')).accountingDate).toBe(
      '2026-03-02',
    );
  });

  it('takes an address for the same in another case, and not another address', () => {
    expect(differences('customer.upsert', { email: 'ADA@example.COM' })).toEqual([]);
    expect(differences('customer.upsert', { email: null })).toHaveLength(1);
  });
});
