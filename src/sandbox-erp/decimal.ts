// Exact decimal arithmetic for the sandbox ERP: amounts and quantities are whole numbers of 1/10,000.
// Pure. May not round by itself except where a function says so: an unstated rounding is a wrong ledger.

/** A whole number of 1/10,000: four decimals cover every ISO 4217 currency and the finest quantity an operation may carry. */
export type Units = number;

const UNITS_PER_ONE = 10_000;

/** 10^11 of any currency. Above it the units would leave the whole numbers a double keeps exactly (2^53). */
export const MAX_UNITS = 100_000_000_000 * UNITS_PER_ONE;

const MONEY = /^(-?)(\d{1,11})(?:\.(\d{1,4}))?$/;

/** Currencies whose smallest unit is not a hundredth (ISO 4217). */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

const DEFAULT_MINOR_DIGITS = 2;

const minorDigits = (currency: string): number => MINOR_DIGITS[currency] ?? DEFAULT_MINOR_DIGITS;

/** The smallest payable amount of a currency, in units: 100 for EUR, 10,000 for JPY. */
export const minorUnit = (currency: string): Units => 10 ** (4 - minorDigits(currency));

/** Reads a decimal string of at most 11 digits before and 4 after the point; null where it is anything else. */
export function parseMoney(text: string): Units | null {
  const match = MONEY.exec(text);
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const units = Number(whole) * UNITS_PER_ONE + Number(fraction.padEnd(4, '0'));
  return sign === '-' && units !== 0 ? -units : units;
}

/** Reads an amount the ERP wrote itself; anything else is a bug. */
export function storedMoney(text: string): Units {
  const units = parseMoney(text);
  if (units === null) throw new Error(`not an amount the ERP could have stored: ${text}`);
  return units;
}

/** Writes at least the currency's own decimals, and more only where the amount has them: "29.35", "29.3501", "2935" (JPY). */
export function formatMoney(units: Units, currency: string): string {
  const absolute = Math.abs(units);
  const whole = Math.floor(absolute / UNITS_PER_ONE);
  const fraction = String(absolute % UNITS_PER_ONE).padStart(4, '0');
  const digits = Math.max(minorDigits(currency), fraction.replace(/0+$/, '').length);
  const text = digits === 0 ? String(whole) : `${whole}.${fraction.slice(0, digits)}`;
  return units < 0 ? `-${text}` : text;
}

/** Reads a quantity of at most 4 decimals; null where it is not finite, too fine or too large. */
export function parseQuantity(quantity: number): Units | null {
  const scaled = quantity * UNITS_PER_ONE;
  const units = Math.round(scaled);
  // A double cannot hold 0.1 exactly: what is left of a true four-decimal number is far below a millionth of a unit's part.
  if (!Number.isFinite(quantity) || Math.abs(scaled - units) > 1e-3 || Math.abs(units) > MAX_UNITS)
    return null;
  return units === 0 ? 0 : units;
}

/** Reads a quantity the ERP wrote itself. */
export const storedQuantity = (quantity: number): Units => Math.round(quantity * UNITS_PER_ONE);

export const formatQuantity = (units: Units): number => units / UNITS_PER_ONE;

/** `quantity × price`, rounded half away from zero to the currency's minor unit. */
export function extend(quantity: Units, price: Units, currency: string): Units {
  const step = BigInt(UNITS_PER_ONE) * BigInt(minorUnit(currency));
  return roundedQuotient(BigInt(quantity) * BigInt(price), step) * minorUnit(currency);
}

/** The part of `amount` that `part` is of `whole`, rounded half away from zero to the currency's minor unit. */
export function proportion(amount: Units, ratio: { part: Units; whole: Units }, currency: string): Units {
  if (ratio.whole === 0) return 0;
  const step = BigInt(ratio.whole) * BigInt(minorUnit(currency));
  return roundedQuotient(BigInt(amount) * BigInt(ratio.part), step) * minorUnit(currency);
}

function roundedQuotient(numerator: bigint, denominator: bigint): number {
  const negative = numerator < 0n !== denominator < 0n;
  const top = numerator < 0n ? -numerator : numerator;
  const bottom = denominator < 0n ? -denominator : denominator;
  const quotient = Number((2n * top + bottom) / (2n * bottom));
  return negative && quotient !== 0 ? -quotient : quotient;
}
