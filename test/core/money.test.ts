// Exact decimal arithmetic, against properties and against the numbers people look at.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromMinorUnits,
  parseDecimal,
  roundDecimal,
  roundMoney,
  sumMoney,
  toMinorUnits,
} from '../../src/core/money.ts';

describe('money', () => {
  it('is read into whole minor units of its currency', () => {
    expect(toMinorUnits('29.35', 'EUR')).toBe(2935n);
    expect(toMinorUnits('2935', 'JPY')).toBe(2935n);
    expect(toMinorUnits('0.005', 'KWD')).toBe(5n);
    expect(toMinorUnits('29.3500', 'EUR')).toBe(2935n);
    expect(toMinorUnits('1000.00', 'JPY')).toBe(1000n);
  });

  it('is refused where it is finer than its currency, signed, or no plain decimal', () => {
    for (const amount of [
      '29.351',
      '-1.00',
      '+1',
      '1,50',
      '1.',
      '.5',
      '1e3',
      '',
      ' 1',
      'NaN',
      '٣',
      '1'.repeat(13),
    ]) {
      expect(toMinorUnits(amount, 'EUR'), amount).toBeNull();
    }
    expect(toMinorUnits('0.5', 'JPY')).toBeNull();
    expect(toMinorUnits('1.00', 'EURO')).toBeNull();
  });

  it('comes back as it was written, for every currency', () => {
    const currencies = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n - 1n }), currencies, (minorUnits, currency) => {
        expect(toMinorUnits(fromMinorUnits(minorUnits, currency), currency)).toBe(minorUnits);
      }),
    );
  });

  it('adds up without the errors of binary fractions', () => {
    expect(sumMoney(['0.10', '0.20'], 'EUR')).toBe('0.30');
    expect(sumMoney([], 'EUR')).toBe('0.00');
    expect(sumMoney(['1', '2'], 'JPY')).toBe('3');
  });

  it('throws where a mapping hands it something that is no amount', () => {
    expect(() => sumMoney(['1.00', 'free'], 'EUR')).toThrow('"free" is not an amount in EUR');
    expect(() => roundMoney('1.00', 'euro')).toThrow('"euro" is not an ISO 4217 currency code');
    expect(() => roundMoney(Number.NaN, 'EUR')).toThrow('is not a decimal of 0 or more');
    expect(() => fromMinorUnits(0.5, 'EUR')).toThrow('0.5 is not a whole number of minor units of EUR');
  });
});

describe('rounding', () => {
  it('goes half up at the asked decimal and pads to it', () => {
    expect(roundMoney('10.005', 'EUR')).toBe('10.01');
    expect(roundMoney(10.004999, 'EUR')).toBe('10.00');
    expect(roundMoney(7, 'EUR')).toBe('7.00');
    expect(roundMoney('0.5', 'JPY')).toBe('1');
    expect(roundDecimal('16.666666666667', 4)).toBe('16.6667');
  });

  it('is never off by more than half of the last place', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 0, max: 6 }), (value, scale) => {
        const padded = String(value).padStart(scale + 1, '0');
        const text = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
        expect(Math.abs(Number(roundDecimal(text, 2)) - Number(text))).toBeLessThanOrEqual(0.005 + 1e-9);
      }),
    );
  });
});

describe('a decimal', () => {
  it('is read from a number as from its text', () => {
    expect(parseDecimal(0.1)).toEqual(parseDecimal('0.1000'));
    expect(parseDecimal(1e21)).toBeNull();
    expect(parseDecimal(-1)).toBeNull();
    expect(parseDecimal(Number.POSITIVE_INFINITY)).toBeNull();
  });
});
