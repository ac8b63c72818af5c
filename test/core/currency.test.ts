// The table of currencies against the runtime's own list, and the decimals that matter.
import { describe, expect, it } from 'vitest';
import { minorUnitDigits } from '../../src/core/currency.ts';

describe('currencies', () => {
  it('know the decimals of their smallest amount', () => {
    const digits = ['EUR', 'JPY', 'KWD', 'CLF', 'HUF', 'ISK', 'MGA'].map(minorUnitDigits);
    expect(digits).toEqual([2, 0, 3, 4, 2, 0, 2]);
  });

  it('are refused where the code is none, is lower case or names something that has no amounts', () => {
    expect(['', 'EURO', 'eur', 'XXX', 'XAU', 'toString'].map(minorUnitDigits)).toEqual(Array(6).fill(null));
  });

  it('hold every code the runtime knows as a currency, but for those without amounts', () => {
    const withoutAmounts = [
      'XAG',
      'XAU',
      'XBA',
      'XBB',
      'XBC',
      'XBD',
      'XDR',
      'XPD',
      'XPT',
      'XSU',
      'XTS',
      'XUA',
      'XXX',
    ];
    const known = Intl.supportedValuesOf('currency').filter((code) => !withoutAmounts.includes(code));
    expect(known.filter((code) => minorUnitDigits(code) === null)).toEqual([]);
  });
});
