// Fields that several request bodies share, and the business rules on a single value.
// Pure but for the refusal it throws. May not look anything up.

import * as z from 'zod';
import { MAX_UNITS, parseMoney, parseQuantity, type Units } from '../decimal.ts';
import { refuse } from '../refusal.ts';

/** 200 characters: as long as an operation key gets; a longer id is a mistake in a mapping. */
export const idField = z.string().min(1).max(200);

/** 512 characters: an operation key with its subject and version. */
export const relayKeyField = z.string().min(1).max(512).nullish();

export const currencyField = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR');

export const moneyField = z
  .string()
  .regex(/^-?\d{1,11}(\.\d{1,4})?$/, 'must be a decimal string such as "29.35"');

export const quantityField = z.number();

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A day or an instant in ISO 8601. */
export const timeField = z
  .string()
  .refine(
    (text) => INSTANT.test(text) && Number.isFinite(Date.parse(text)),
    'must be an ISO 8601 date or time',
  );

/** Warnings to pass over, by code. */
export const acknowledgeWarnings = z.array(z.string().max(100)).max(20).nullish();

/** The day something is posted on, and what becomes of it where that day is closed. */
export const postingFields = {
  postingDate: timeField.nullish(),
  whenLocked: z.enum(['reject', 'next_open_day']).nullish(),
};

/** 500 lines: past what an order of a shop or a receipt of a warehouse holds, and still one small transaction. */
export const MAX_LINES = 500;

export function money(text: string, field: string): Units {
  const units = parseMoney(text);
  return (
    units ?? refuse('invalid_amount', `${field} must be a decimal amount of at most four decimals.`, field)
  );
}

/** An amount that may be nothing but not less. */
export function amountOrZero(text: string | null | undefined, field: string): Units {
  const units = money(text ?? '0', field);
  return units < 0 ? refuse('negative_amount', `${field} may not be negative.`, field) : units;
}

export function positiveAmount(text: string, field: string): Units {
  const units = money(text, field);
  return units <= 0 ? refuse('amount_not_positive', `${field} must be more than zero.`, field) : units;
}

export function positiveQuantity(quantity: number, field: string): Units {
  const units = quantityUnits(quantity, field);
  if (units === 0) refuse('zero_quantity', `${field} must be more than zero.`, field);
  return units;
}

/** A quantity that may be nothing but not less. */
export function quantityUnits(quantity: number, field: string): Units {
  const units = parseQuantity(quantity);
  if (units === null)
    return refuse('invalid_quantity', `${field} must be a number of at most four decimals.`, field);
  return units < 0 ? refuse('negative_quantity', `${field} may not be negative.`, field) : units;
}

/** Refuses what has left the whole numbers that arithmetic here is exact in. */
export function withinBounds(units: Units, field: string): Units {
  if (Math.abs(units) <= MAX_UNITS) return units;
  return refuse('amount_too_large', `${field} comes to more than the ERP can post.`, field);
}
