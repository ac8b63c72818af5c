// Fields that several operations share, as zod schemas with the rule each keeps.
// Pure. A rule that needs two fields at once is in rules.ts.

import * as z from 'zod';
import { minorUnitDigits } from '../core/currency.ts';
import { parseDecimal } from '../core/money.ts';

/** Characters of an id or a number of a document: longer than any sender's, short enough for the ERPs' reference columns. */
const maxIdLength = 200;

/** Characters of a name or an address line: the longest column among the ERPs the relay speaks to. */
const maxNameLength = 500;

/** Characters of a reason or a note. */
const maxNoteLength = 1_000;

/** Characters of an e-mail address: RFC 5321, 4.5.3.1.3. */
const maxEmailLength = 254;

/** Lines of a document: more than an order or a receipt holds, and still one small transaction in an ERP. */
export const maxLines = 500;

/** 9 digits before the point: a bar code scanned into a quantity field has 12 or 13. */
const quantityPattern = /^\d{1,9}(\.\d{1,4})?$/;

/** Days a business date may lie in: an epoch read in the wrong unit falls out (1970, or the year 50000). */
const firstPlausibleDay = '2000-01-01';
const lastPlausibleDay = '2099-12-31';

const text = (maxLength: number, noun: string) =>
  z
    .string()
    .max(maxLength, `must have at most ${maxLength} characters`)
    .refine((value) => value.trim() !== '', { error: `must be ${noun}, not empty`, abort: true })
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode');

/** An id at the sender: order, payment, refund, SKU … Kept as it is, compared letter by letter. */
export const idField = text(maxIdLength, 'an id').refine(
  (value) => value.trim() === value,
  'must not begin or end with a space',
);

export const nameField = text(maxNameLength, 'a name');

export const noteField = z.string().max(maxNoteLength, `must have at most ${maxNoteLength} characters`);

export const emailField = z
  .string()
  .max(maxEmailLength, `must have at most ${maxEmailLength} characters`)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@.]+$/, 'must be an e-mail address such as ada@example.com');

export const currencyField = z.string().refine((code) => minorUnitDigits(code) !== null, {
  error: 'must be an ISO 4217 currency code such as EUR',
  abort: true,
});

/** Zero or more, a decimal string. That it is no finer than the currency's minor unit is a rule of the whole input. */
export const moneyField = z.string().refine((amount) => parseDecimal(amount) !== null, {
  error: 'must be a decimal string of 0 or more, such as "29.35"',
  abort: true,
});

/** At most four decimals: finer than any currency, because screws cost less than a cent. */
export const unitPriceField = moneyField.refine(
  (price) => (parseDecimal(price)?.scale ?? 0) <= 4,
  'must have at most 4 decimals',
);

const quantity = z.number().refine((value) => value < 0 || quantityPattern.test(String(value)), {
  error: 'must be a number below 1000000000 with at most 4 decimals',
  abort: true,
});

export const quantityField = quantity.refine((value) => value > 0, 'must be greater than 0');

/** A counted stock may be nothing, and cannot be less. */
export const countedQuantityField = quantity.refine((value) => value >= 0, 'must not be less than 0');

const isPlausible = (day: string): boolean => day >= firstPlausibleDay && day <= lastPlausibleDay;
const plausibility = `must lie between ${firstPlausibleDay} and ${lastPlausibleDay}`;

/** An instant with its offset: "2026-03-01T09:30:00Z". */
export const instantField = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO 8601 time with its offset, such as 2026-03-01T09:30:00Z',
    abort: true,
  })
  .refine((instant) => isPlausible(instant.slice(0, 10)), plausibility);

/** A calendar day: "2026-03-01". */
export const dayField = z.iso
  .date({
    error: ({ input }) => (input === undefined ? undefined : 'must be an ISO 8601 day such as 2026-03-01'),
    abort: true,
  })
  .refine(isPlausible, plausibility);

/** One of a few words. */
export const choice = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, {
    error: ({ input }) =>
      input === undefined ? 'is required' : `must be ${words.map((word) => `"${word}"`).join(' or ')}`,
  });

/** What every operation answers with at least; `state` in the operation's own words, put there by the adapter. */
export const documentFields = {
  documentId: z.string().min(1),
  documentNumber: z.string().min(1),
  state: z.string().min(1),
};

/** An amount an ERP wrote: kept as text, compared as a number. */
export const writtenAmount = z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a decimal string');

/** Goods as an ERP wrote them. */
export const writtenLines = z.array(z.object({ sku: z.string(), quantity: z.number() }));

/** Goods that came in, with what is on hand of them afterwards where the ERP says it. */
export const receivedLines = z.array(
  z.object({ sku: z.string(), quantity: z.number(), onHand: z.number().optional() }),
);
