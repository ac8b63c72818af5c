// Promised against actual: small comparisons an operation's compare() is put together from.
// Pure. Amounts are compared as numbers ("29.5" is "29.50"), quantities by SKU, texts letter by letter.

import type { JsonValue } from '../core/json.ts';
import { parseDecimal, rescale } from '../core/money.ts';
import type { StateDifference } from '../core/outcome.ts';
import type { WhenLocked } from './policies.ts';

type Comparison = readonly StateDifference[];

/** Time zones reach from 12 hours behind UTC to 14 ahead of it, ms. */
const westernmostMs = 12 * 3_600_000;
const easternmostMs = 14 * 3_600_000;

const same: Comparison = [];

export function differences(...comparisons: readonly Comparison[]): Comparison {
  return comparisons.flat();
}

export function expectEqual(field: string, expected: JsonValue, actual: JsonValue): Comparison {
  return expected === actual ? same : [{ field, expected, actual }];
}

export function expectAmount(field: string, expected: string, actual: string): Comparison {
  const [promised, written] = [parseDecimal(expected), parseDecimal(actual)];
  const equal = promised !== null && promised.value === written?.value && promised.scale === written.scale;
  return equal ? same : [{ field, expected, actual }];
}

/** Only where the ERP says it. */
export function expectAtMost(field: string, most: string, actual: string | null | undefined): Comparison {
  if (actual === undefined || actual === null) return same;
  const [bound, written] = [parseDecimal(most), parseDecimal(actual)];
  const scale = Math.max(bound?.scale ?? 0, written?.scale ?? 0);
  const isWithin =
    bound !== null && written !== null && (rescale(written, scale) ?? 0n) <= (rescale(bound, scale) ?? 0n);
  return isWithin ? same : [{ field, expected: `at most ${most}`, actual }];
}

/** Only where the ERP says it: not every ERP shows every field of what it was told. */
export function expectStated(
  field: string,
  expected: JsonValue | undefined,
  actual: JsonValue | undefined,
): Comparison {
  const isStated = actual !== undefined && actual !== null && expected !== undefined;
  return isStated ? expectEqual(field, expected, actual) : same;
}

/**
 * The day something was posted on, where one was asked for and the ERP says it. A later one is as promised only where the
 * input allowed it.
 */
export function expectDay(
  wanted: string | undefined,
  actual: string | null | undefined,
  whenLocked: WhenLocked = 'reject',
): Comparison {
  if (wanted === undefined || actual === undefined || actual === null) return same;
  if (whenLocked === 'next_open_day' && actual >= wanted) return same;
  return expectEqual('accountingDate', wanted, actual);
}

/** As `expectDay` of an instant, which is one of two or three days, as the ERP's time zone says. */
export function expectDayOf(
  instant: string,
  actual: string | null | undefined,
  whenLocked: WhenLocked = 'reject',
): Comparison {
  if (actual === undefined || actual === null) return same;
  const at = Date.parse(instant);
  const [first, last] = [at - westernmostMs, at + easternmostMs].map((ms) =>
    new Date(ms).toISOString().slice(0, 10),
  );
  const isPromised = actual >= (first ?? '') && (whenLocked === 'next_open_day' || actual <= (last ?? ''));
  return isPromised ? same : [{ field: 'accountingDate', expected: instant.slice(0, 10), actual }];
}

type Goods = { readonly sku: string; readonly quantity: number };

/** Quantities by SKU: an ERP may split or join lines, but not lose or add goods. */
export function expectQuantities(
  expected: readonly Goods[],
  actual: readonly Goods[],
  noun = 'quantity',
): Comparison {
  const promised = bySku(expected);
  const written = bySku(actual);
  return [...new Set([...promised.keys(), ...written.keys()])].flatMap((sku) =>
    expectEqual(
      `${noun} of ${sku}`,
      fromTenThousandths(promised.get(sku)),
      fromTenThousandths(written.get(sku)),
    ),
  );
}

/** In 1/10,000, the finest quantity there is: sums of doubles would differ in their last place. */
function bySku(goods: readonly Goods[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of goods) sums.set(sku, (sums.get(sku) ?? 0) + Math.round(quantity * 10_000));
  return sums;
}

function fromTenThousandths(units = 0): number {
  return units / 10_000;
}
