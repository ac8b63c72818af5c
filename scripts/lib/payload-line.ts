// The lines of an order as the payload builders take them, and their sums in cents. No I/O.

export type PayloadLine = {
  readonly sku: string;
  readonly quantity: number;
  /** Decimal with two places, for one, without tax. Default 10.00. */
  readonly price?: string;
  readonly title?: string;
};

export const defaultLines: readonly PayloadLine[] = [
  { sku: 'ANCHOR-1', quantity: 2, price: '24.50', title: 'Anchor' },
];

export const toCents = (price: string): number => Math.round(Number(price) * 100);
export const fromCents = (cents: number): string => (cents / 100).toFixed(2);
export const priceOf = (line: PayloadLine): string => line.price ?? '10.00';
export const totalCents = (lines: readonly PayloadLine[]): number =>
  lines.reduce((sum, line) => sum + toCents(priceOf(line)) * line.quantity, 0);
