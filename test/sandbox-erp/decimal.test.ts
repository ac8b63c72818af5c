// The sandbox ERP's decimal arithmetic: exact, and rounded only where it says so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extend, formatMoney, parseMoney, parseQuantity, proportion } from '../../src/sandbox-erp/decimal.ts';

describe('an amount', () => {
  it('is read and written without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15 + 1, max: 1e15 - 1 }), (units) => {
        expect(parseMoney(formatMoney(units, 'EUR'))).toBe(units);
      }),
    );
  });

  it('is written with the decimals of its currency, and more only where it has them', () => {
    expect(formatMoney(293_500, 'EUR')).toBe('29.35');
    expect(formatMoney(293_501, 'EUR')).toBe('29.3501');
    expect(formatMoney(290_000, 'JPY')).toBe('29');
    expect(formatMoney(290_000, 'KWD')).toBe('29.000');
    expect(formatMoney(-50, 'EUR')).toBe('-0.005');
  });

  it('is nothing but digits with a point', () => {
    for (const text of ['', '1e3', '1,5', ' 1', '1.', '.5', '1.23456', '123456789012', 'NaN']) {
      expect(parseMoney(text)).toBeNull();
    }
    expect(Object.is(parseMoney('-0.00'), 0)).toBe(true);
  });
});

describe('a quantity', () => {
  it('may have four decimals and no more', () => {
    expect(parseQuantity(0.1)).toBe(1_000);
    expect(parseQuantity(2.0001)).toBe(20_001);
    for (const quantity of [0.00001, Number.NaN, Number.POSITIVE_INFINITY, 1e15])
      expect(parseQuantity(quantity)).toBeNull();
  });

  it('of four decimals is always read', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e10, max: 1e10 }), (units) => {
        expect(parseQuantity(units / 10_000)).toBe(units);
      }),
    );
  });
});

describe('rounding', () => {
  it('goes half away from zero, to the smallest unit of the currency', () => {
    expect(extend(5_000, 3_300, 'EUR')).toBe(1_700);
    expect(extend(-5_000, 3_300, 'EUR')).toBe(-1_700);
    expect(extend(10_000, 5_000, 'JPY')).toBe(10_000);
    expect(proportion(100_000, { part: 20_000, whole: 293_500 }, 'EUR')).toBe(6_800);
    expect(proportion(100_000, { part: 1, whole: 0 }, 'EUR')).toBe(0);
  });

  it('is never off by more than half a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e8 }), fc.integer({ min: 0, max: 1e7 }), (quantity, price) => {
        const exact = (quantity * price) / 10_000;
        expect(Math.abs(extend(quantity, price, 'EUR') - exact)).toBeLessThanOrEqual(50.001);
      }),
    );
  });
});
