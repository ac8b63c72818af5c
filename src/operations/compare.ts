// Promised against actual: small comparisons an operation's compare() is put together from.
// Pure. Amounts are compared as numbers ("29.5" is "29.50"), quantities by SKU, texts letter by letter.

import type { JsonValue } from '../core/json.ts';
import { parseDecimal } from '../core/money.ts';
import type { StateDifference } from '../core/outcome.ts';

type Comparison = readonly StateDifference[];

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

/** Only where the ERP says it: not every ERP shows every field of what it was told. */
export function expectStated(
  field: string,
  expected: JsonValue | undefined,
  actual: JsonValue | undefined,
): Comparison {
  const isStated = actual !== undefined && actual !== null && expected !== undefined;
  return isStated ? expectEqual(field, expected, actual) : same;
}

type Goods = { readonly sku: string; readonly quantity: number };

/** Quantities by SKU: an ERP may split or join lines, but not lose or add goods. */
export function expectQuantities(expected: readonly Goods[], actual: readonly Goods[]): Comparison {
  const promised = bySku(expected);
  const written = bySku(actual);
  return [...new Set([...promised.keys(), ...written.keys()])].flatMap((sku) =>
    expectEqual(
      `quantity of ${sku}`,
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
