// Business rules over several fields of an input: money exact to its currency, lines that add up, no line named twice.
// Pure. Each rule adds its issues with the path of the field to blame.

import type { z } from 'zod';
import { minorUnitDigits } from '../core/currency.ts';
import { divideRoundingHalfUp, fromMinorUnits, parseDecimal, rescale, toMinorUnits } from '../core/money.ts';

export type Path = readonly (string | number)[];

/** Adds an issue at `path` saying what must hold. */
export type Blame = (path: Path, rule: string) => void;

export function blameIn(context: { addIssue(issue: z.core.$ZodSuperRefineIssue): void }): Blame {
  return (path, rule) => context.addIssue({ code: 'custom', path: [...path], message: rule });
}

type PricedLine = {
  readonly quantity: number;
  readonly unitPrice: string;
  readonly total?: string | undefined;
};

export type SaleTotals = {
  readonly currency: string;
  readonly lines: readonly PricedLine[];
  readonly discountTotal?: string | undefined;
  readonly shippingTotal?: string | undefined;
  readonly taxTotal?: string | undefined;
  readonly total: string;
};

/** An amount in minor units; blames it and answers null where it is finer than its currency. */
export function exactAmount(
  money: { amount: string; currency: string; path: Path },
  blame: Blame,
): bigint | null {
  const minorUnits = toMinorUnits(money.amount, money.currency);
  if (minorUnits === null) {
    const digits = minorUnitDigits(money.currency) ?? 0;
    blame(
      money.path,
      `must be exact in ${money.currency}, which has ${digits === 0 ? 'no' : digits} decimals`,
    );
  }
  return minorUnits;
}

export function uniqueLines(lines: readonly { readonly lineId: string }[], blame: Blame): void {
  uniqueBy(lines, ['lineId'], blame);
}

/** No two lines with the same values in `fields`; the last of them is blamed. */
export function uniqueBy<Line>(
  lines: readonly Line[],
  fields: readonly (keyof Line & string)[],
  blame: Blame,
): void {
  const first = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const values = fields.map((field) => JSON.stringify(line[field])).join(' and ');
    const earlier = first.get(values);
    if (earlier === undefined) first.set(values, index);
    else blame(['lines', index, fields.at(-1) ?? ''], `must be unique: lines[${earlier}] is ${values} too`);
  }
}

/** Lines + shipping + tax - discount is the total, to the last minor unit. */
export function saleAddsUp(sale: SaleTotals, blame: Blame): void {
  const { currency } = sale;
  const amount = (field: 'discountTotal' | 'shippingTotal' | 'taxTotal' | 'total') =>
    exactAmount({ amount: sale[field] ?? '0', currency, path: [field] }, blame);
  const lines = sale.lines.map((line, index) => lineAmount({ line, currency, index }, blame));
  const [discount, shipping, tax, total] = [
    amount('discountTotal'),
    amount('shippingTotal'),
    amount('taxTotal'),
    amount('total'),
  ];
  if (discount === null || shipping === null || tax === null || total === null || lines.includes(null))
    return;
  const lineSum = lines.reduce<bigint>((sum, line) => sum + (line ?? 0n), 0n);
  const sum = lineSum + shipping + tax - discount;
  if (sum === total) return;
  const [lineText, shippingText, taxText, discountText, sumText] = [
    lineSum,
    shipping,
    tax,
    discount,
    sum,
  ].map((minorUnits) => fromMinorUnits(minorUnits, currency));
  const terms = `lines ${lineText} + shipping ${shippingText} + tax ${taxText} - discount ${discountText}`;
  blame(['total'], `must be the sum of its parts: ${terms} = ${sumText} ${currency}`);
}

/** Scale at which quantity × price is a whole number: four decimals each. */
const productScale = 8;

/**
 * What a line comes to: its total where it has one, else quantity × price rounded to the minor unit. A given total may
 * be rounded either way, and a price cut off at four decimals may be half its last place off for each piece.
 */
function lineAmount(
  { line, currency, index }: { line: PricedLine; currency: string; index: number },
  blame: Blame,
): bigint | null {
  const quantity = rescale(parseDecimal(line.quantity) ?? { value: 0n, scale: 0 }, 4) ?? 0n;
  const price = parseDecimal(line.unitPrice) ?? { value: 0n, scale: 0 };
  const product = quantity * (rescale(price, 4) ?? 0n);
  const minorUnit = 10n ** BigInt(productScale - (minorUnitDigits(currency) ?? 0));
  if (line.total === undefined) return divideRoundingHalfUp(product, minorUnit);
  const path = ['lines', index, 'total'];
  const total = exactAmount({ amount: line.total, currency, path }, blame);
  if (total === null) return null;
  const difference = total * minorUnit - product;
  const slackInPrice = price.scale === 4 ? quantity / 2n : 0n;
  if ((difference < 0n ? -difference : difference) < minorUnit + slackInPrice) return total;
  const expected = fromMinorUnits(divideRoundingHalfUp(product, minorUnit), currency);
  blame(path, `must be quantity × unitPrice: ${line.quantity} × ${line.unitPrice} = ${expected} ${currency}`);
  return null;
}

/** The lines of a credit note may leave a rest (shipping, goodwill) but not exceed what is given back. */
export function creditCovers(
  credit: { currency: string; amount: string; lines: readonly { amount: string }[] },
  blame: Blame,
): void {
  const { currency } = credit;
  const amount = exactAmount({ amount: credit.amount, currency, path: ['amount'] }, blame);
  const lines = credit.lines.map((line, index) =>
    exactAmount({ amount: line.amount, currency, path: ['lines', index, 'amount'] }, blame),
  );
  if (amount === null || lines.includes(null)) return;
  const sum = lines.reduce<bigint>((total, line) => total + (line ?? 0n), 0n);
  if (sum <= amount) return;
  blame(['amount'], `must cover its lines, which come to ${fromMinorUnits(sum, currency)} ${currency}`);
}

/** More than nothing, and exact in its currency. */
export function positiveAmount(money: { amount: string; currency: string; path: Path }, blame: Blame): void {
  if (exactAmount(money, blame) === 0n) blame(money.path, 'must be greater than 0');
}
