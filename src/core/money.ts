// Exact decimal arithmetic for money and quantities: decimal text in, whole numbers inside, decimal text out.
// Pure. May not round by itself except where a function's name says so: an unstated rounding is a wrong ledger.

import { minorUnitDigits } from './currency.ts';
import { trimEnd } from './trim-end.ts';

/** 12 digits before the point: with four decimals still a number that JSON and the ERPs' own columns keep exactly. */
const maxWholeDigits = 12;

/** Zeros before and after included: no ERP writes more, and a number of a million digits would take seconds to read. */
const maxWrittenCharacters = 64;

/** A non-negative decimal: `value / 10^scale`. */
export type Decimal = { readonly value: bigint; readonly scale: number };

/** Reads a non-negative decimal such as "29.35" or 0.5; null for anything else (signs, exponents, NaN, "1,50"). */
export function parseDecimal(text: string | number): Decimal | null {
  const written = String(text);
  const match = written.length > maxWrittenCharacters ? null : /^(\d+)(?:\.(\d+))?$/.exec(written);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  if (whole.replace(/^0+/, '').length > maxWholeDigits) return null;
  const kept = trimEnd(fraction, '0');
  return { value: BigInt(whole + kept), scale: kept.length };
}

/** The same number with `scale` decimals; null where that would lose a digit. */
export function rescale(decimal: Decimal, scale: number): bigint | null {
  return decimal.scale > scale ? null : decimal.value * 10n ** BigInt(scale - decimal.scale);
}

/** "29.35" EUR → 2935n; null where the text is no amount, is finer than the currency's minor unit, or the code is unknown. */
export function toMinorUnits(amount: string, currency: string): bigint | null {
  const digits = minorUnitDigits(currency);
  const decimal = parseDecimal(amount);
  return digits === null || decimal === null ? null : rescale(decimal, digits);
}

/** 2935 EUR → "29.35", 2935 JPY → "2935". Throws where the code is unknown or the number is not a whole one. */
export function fromMinorUnits(minorUnits: bigint | number, currency: string): string {
  const digits = knownDigits(currency);
  if (typeof minorUnits === 'number' && !Number.isSafeInteger(minorUnits)) {
    throw new Error(`${minorUnits} is not a whole number of minor units of ${currency}`);
  }
  return formatDecimal(BigInt(minorUnits), digits);
}

/** Adds amounts exactly: ["29.35", "0.65"] → "30.00". Throws on what is no amount: a mapping reports that by throwing. */
export function sumMoney(amounts: readonly string[], currency: string): string {
  const sum = amounts.reduce((total, amount) => total + knownMinorUnits(amount, currency), 0n);
  return fromMinorUnits(sum, currency);
}

/**
 * Rounds half up to the currency's minor unit, for senders whose numbers are finer: 10.499999 → "10.50" EUR.
 * Throws on what is no amount.
 */
export function roundMoney(amount: string | number, currency: string): string {
  return roundDecimal(amount, knownDigits(currency));
}

/** Rounds half up to at most `digits` decimals: ("16.666666", 4) → "16.6667". Throws on what is no decimal. */
export function roundDecimal(number: string | number, digits: number): string {
  const decimal = parseDecimal(number);
  if (decimal === null) throw new Error(`${JSON.stringify(number)} is not a decimal of 0 or more`);
  const exact = rescale(decimal, digits);
  return formatDecimal(
    exact ?? divideRoundingHalfUp(decimal.value, 10n ** BigInt(decimal.scale - digits)),
    digits,
  );
}

/** Both not negative; `divisor` more than zero. */
export function divideRoundingHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

function formatDecimal(value: bigint, digits: number): string {
  const sign = value < 0n ? '-' : '';
  const text = String(value < 0n ? -value : value).padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function knownDigits(currency: string): number {
  const digits = minorUnitDigits(currency);
  if (digits === null) throw new Error(`${JSON.stringify(currency)} is not an ISO 4217 currency code`);
  return digits;
}

function knownMinorUnits(amount: string, currency: string): bigint {
  const minorUnits = toMinorUnits(amount, currency);
  if (minorUnits === null) throw new Error(`${JSON.stringify(amount)} is not an amount in ${currency}`);
  return minorUnits;
}
