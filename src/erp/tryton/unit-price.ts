// The unit price at which Tryton's own arithmetic comes to the amount the sender stated. Tryton keeps prices with four
// decimals and rounds quantity × price half to even. Pure; exact.

import { minorUnitDigits } from '../../core/currency.ts';
import { fromMinorUnits, parseDecimal, rescale, toMinorUnits } from '../../core/money.ts';

/** Tryton's `price_decimal`, which is 4 unless its configuration says more. */
const priceDigits = 4;

/** Quantities have at most four decimals. */
const quantityDigits = 4;

const productDigits = priceDigits + quantityDigits;

export type LinePrice = {
  readonly quantity: number;
  readonly unitPrice: string;
  /** What the line comes to; absent: quantity × unitPrice, rounded half up. */
  readonly total?: string | undefined;
  readonly currency: string;
};

/** Null: no price of four decimals comes to the amount. */
export function toUnitPrice({ quantity, unitPrice, total, currency }: LinePrice): string | null {
  const units = rescale(parseDecimal(quantity) ?? { value: 0n, scale: 0 }, quantityDigits);
  const price = rescale(parseDecimal(unitPrice) ?? { value: 0n, scale: 0 }, priceDigits);
  if (units === null || price === null || units === 0n) return null;
  const wanted = total === undefined ? halfUp(units * price, currency) : toMinorUnits(total, currency);
  if (wanted === null) return null;
  const near = (wanted * minorUnit(currency) + units / 2n) / units;
  const found = [price, near, near + 1n, near - 1n].find(
    (candidate) => candidate >= 0n && halfEven(units * candidate, currency) === wanted,
  );
  return found === undefined ? null : formatPrice(found);
}

/** The price of one piece of a line that is known by its amount alone; the nearest, and what Tryton makes of it. */
export function spreadAmount(
  amount: string,
  quantity: number,
  currency: string,
): { readonly unitPrice: string; readonly amount: string } {
  const units = rescale(parseDecimal(quantity) ?? { value: 1n, scale: 0 }, quantityDigits) ?? 1n;
  const wanted = (toMinorUnits(amount, currency) ?? 0n) * minorUnit(currency);
  // Cut off, not rounded: what is left goes to a line of its own and must not be negative.
  let price = wanted / units;
  while (price > 0n && halfEven(units * price, currency) * minorUnit(currency) > wanted) price -= 1n;
  return {
    unitPrice: formatPrice(price),
    amount: fromMinorUnits(halfEven(units * price, currency), currency),
  };
}

/** One minor unit, in the last place of quantity × price. */
function minorUnit(currency: string): bigint {
  return 10n ** BigInt(productDigits - (minorUnitDigits(currency) ?? 0));
}

function halfUp(product: bigint, currency: string): bigint {
  const unit = minorUnit(currency);
  return (2n * product + unit) / (2n * unit);
}

function halfEven(product: bigint, currency: string): bigint {
  const unit = minorUnit(currency);
  const whole = product / unit;
  const rest = 2n * (product % unit);
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole;
}

function formatPrice(price: bigint): string {
  const digits = String(price).padStart(priceDigits + 1, '0');
  return `${digits.slice(0, -priceDigits)}.${digits.slice(-priceDigits)}`;
}
