// Numbers and warnings of Tryton: decimals as Python writes them, prices at which Tryton's rounding comes to the sender's
// amount, warnings by their stable codes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMinorUnits } from '../../../src/core/money.ts';
import { spreadAmount, toUnitPrice } from '../../../src/erp/tryton/unit-price.ts';
import { day, decimal, toDay, toPlainDecimal } from '../../../src/erp/tryton/values.ts';
import { acknowledgedBy, warningCode } from '../../../src/erp/tryton/warnings.ts';

describe("Python's decimals", () => {
  it.each([
    ['21.50', '21.50'],
    ['0E-2', '0.00'],
    ['1.2E+3', '1200'],
    ['-5E-3', '-0.005'],
    ['1E+0', '1'],
  ])('%s is %s', (text, plain) => {
    expect(toPlainDecimal(text)).toBe(plain);
  });

  it('and days come as tagged values and go back as such', () => {
    expect(decimal.parse({ __class__: 'Decimal', decimal: '1.0' })).toBe('1.0');
    expect(day.parse(toDay('2026-03-01'))).toBe('2026-03-01');
  });
});

/** Tryton's own arithmetic: quantity × price, rounded half to even. */
function trytonAmount(quantity: number, unitPrice: string): bigint {
  const product = BigInt(Math.round(quantity * 10_000)) * BigInt(unitPrice.replace('.', ''));
  const unit = 1_000_000n;
  const [whole, rest] = [product / unit, 2n * (product % unit)];
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole;
}

describe('a unit price', () => {
  it('is the stated one where Tryton comes to the same amount', () => {
    const price = toUnitPrice({ quantity: 3, unitPrice: '1.45', total: '4.35', currency: 'EUR' });
    expect(price).toBe('1.4500');
  });

  it('is another one where Tryton would round otherwise, and null where none of four decimals will do', () => {
    // 5 × 0.005 = 0.025: half up 0.03, half to even 0.02.
    const price = toUnitPrice({ quantity: 5, unitPrice: '0.005', currency: 'EUR' });
    expect(trytonAmount(5, price ?? '0')).toBe(3n);
    const total = '0.01';
    expect(toUnitPrice({ quantity: 999_999, unitPrice: '0.0001', total, currency: 'EUR' })).toBeNull();
  });

  it('found for an amount always comes to that amount', () => {
    const quantities = fc.integer({ min: 1, max: 5_000 });
    const prices = fc.integer({ min: 0, max: 9_999_999 });
    fc.assert(
      fc.property(quantities, prices, (quantity, price) => {
        const unitPrice = (price / 10_000).toFixed(4);
        const found = toUnitPrice({ quantity, unitPrice, currency: 'EUR' });
        const wanted = (BigInt(quantity) * BigInt(price) * 2n + 100n) / 200n;
        return found === null || trytonAmount(quantity, found) === wanted;
      }),
    );
  });

  it('of a refunded line leaves the rest to a line of its own, never less than nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 50 }), (cents, quantity) => {
        const amount = fromMinorUnits(cents, 'EUR');
        const spread = spreadAmount(amount, quantity, 'EUR');
        expect(Number(spread.amount)).toBeLessThanOrEqual(Number(amount));
        expect(fromMinorUnits(trytonAmount(quantity, spread.unitPrice), 'EUR')).toBe(spread.amount);
      }),
    );
  });
});

describe('a warning', () => {
  it.each([
    ['16bf40d70f3c4b0e8a2d5c6e7f801234.done', 'move_without_origin'],
    ['invoice_payment_term_12', 'payment_date_in_past'],
    ['16bf40d70f3c4b0e8a2d5c6e7f801234.date_future', 'date_in_future'],
    ['sale_line_7.below_cost', 'sale_line_below_cost'],
    ['12', 'unnamed_warning'],
  ])('with the key %s has the code %s', (key, code) => {
    expect(warningCode({ key })).toBe(code);
  });

  it('is acknowledged by nothing where the input says nothing', () => {
    expect(acknowledgedBy({ sku: 'x' })).toEqual([]);
    expect(acknowledgedBy(null)).toEqual([]);
    expect(acknowledgedBy({ acknowledgeWarnings: ['move_without_origin'] })).toEqual(['move_without_origin']);
  });
});
