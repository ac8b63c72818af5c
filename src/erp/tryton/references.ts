// What an input names, as Tryton's own rows: products by code, the warehouse, the currency, the day's period.
// Reads only. What is not there is a refusal that names the field of the input.

import * as z from 'zod';
import type { AdapterFailure } from '../../core/erp.ts';
import type { FieldError } from '../../core/outcome.ts';
import type { WhenLocked } from '../../operations/policies.ts';
import { type Attempting, fail, refuse } from './attempting.ts';
import { readRow, search, searchOne, type Tryton } from './tryton-calls.ts';
import { day, decimal, toDay } from './values.ts';

const productRow = z.object({
  id: z.number(),
  code: z.string().nullable(),
  name: z.string(),
  type: z.string(),
  default_uom: z.number(),
  template: z.number(),
  cost_price: decimal.nullable(),
});

export type Product = z.infer<typeof productRow>;

/** A product that is asked for, and the field that asks. */
export type ProductWanted = { readonly code: string; readonly field: string };

/** By code. All that are missing are named at once. */
export async function* findProducts(
  tryton: Tryton,
  wanted: readonly ProductWanted[],
): Attempting<ReadonlyMap<string, Product>> {
  const codes = [...new Set(wanted.map(({ code }) => code))];
  if (codes.length === 0) return new Map();
  const where = [['code', 'in', codes]];
  const rows = yield* search(tryton, { model: 'product.product', where, row: productRow });
  const products = new Map<string, Product>();
  for (const row of rows) if (row.code !== null && !products.has(row.code)) products.set(row.code, row);
  const missing = wanted.filter(({ code }) => !products.has(code));
  if (missing.length > 0) return yield* fail(unknownProducts(missing));
  return products;
}

export function productOf(products: ReadonlyMap<string, Product>, code: string): Product {
  const product = products.get(code);
  if (product === undefined) throw new Error(`product ${code} was not asked for`);
  return product;
}

function unknownProducts(missing: readonly ProductWanted[]): AdapterFailure {
  const fieldErrors = missing.map(
    ({ code, field }): FieldError => ({ field, rule: `Tryton has no product with the code ${code}` }),
  );
  const message = fieldErrors.map(({ rule }) => rule).join('; ');
  return { kind: 'rejected', code: 'unknown_product', message, fieldErrors };
}

const locationRow = z.object({
  id: z.number(),
  type: z.string(),
  input_location: z.number().nullable(),
  storage_location: z.number().nullable(),
});

export type Warehouse = {
  readonly id: number;
  readonly input: number;
  /** Where goods are kept, and counted. */
  readonly storage: number;
};

/** @param code of a warehouse; undefined: the one of the options, else the only one */
export async function* findWarehouse(tryton: Tryton, code: string | undefined): Attempting<Warehouse> {
  const wanted = code ?? tryton.options.warehouse;
  const where = [['type', '=', 'warehouse'], ...(wanted === undefined ? [] : [['code', '=', wanted]])];
  const rows = yield* search(tryton, { model: 'stock.location', where, row: locationRow, limit: 2 });
  const [found] = rows;
  const field = code === undefined ? 'input' : 'location';
  if (found === undefined) {
    const message = wanted === undefined ? 'Tryton has no warehouse' : `Tryton has no warehouse ${wanted}`;
    return yield* refuse('unknown_location', message, field);
  }
  if (rows.length > 1) {
    const message = 'Tryton has several warehouses: name one in the options of the adapter';
    return yield* refuse('ambiguous_location', message, field);
  }
  const { id, input_location: input, storage_location: storage } = found;
  if (input === null || storage === null) {
    return yield* refuse('unknown_location', `warehouse ${id} has no input or storage location`, field);
  }
  return { id, input, storage };
}

const idRow = z.object({ id: z.number() });

export async function* findCurrency(tryton: Tryton, code: string): Attempting<number> {
  const query = { model: 'currency.currency', where: [['code', '=', code]], row: idRow };
  const found = yield* searchOne(tryton, query);
  return found?.id ?? (yield* refuse('unknown_currency', `Tryton has no currency ${code}`, 'currency'));
}

const companyRow = z.object({ id: z.number(), 'currency.': z.object({ id: z.number(), code: z.string() }) });

/** The currency the books are kept in. */
export async function* companyCurrency(
  tryton: Tryton,
): Attempting<{ readonly id: number; readonly code: string }> {
  const company = yield* readRow(tryton, { model: 'company.company', id: tryton.company, row: companyRow });
  return company['currency.'];
}

const periodRow = z.object({ id: z.number(), name: z.string(), state: z.string(), start_date: day });

export type PostingDay = { readonly period: number; readonly date: string };

/** The day that something may be posted on: the wanted one, or where that is allowed the first that is open after it. */
export async function* findPostingDay(
  tryton: Tryton,
  wanted: { readonly date: string; readonly whenLocked?: WhenLocked | undefined; readonly field: string },
): Attempting<PostingDay> {
  const { date, whenLocked = 'reject', field } = wanted;
  const where = [
    ['company', '=', tryton.company],
    ['type', '=', 'standard'],
    ['end_date', '>=', toDay(date)],
  ];
  const order = [['start_date', 'ASC']] as const;
  const periods = yield* search(tryton, { model: 'account.period', where, row: periodRow, order });
  const own = periods.find((period) => period.start_date <= date);
  if (own?.state === 'open') return { period: own.id, date };
  const next = periods.find(({ state }) => state === 'open');
  if (whenLocked === 'next_open_day' && next !== undefined) return { period: next.id, date: next.start_date };
  const message = own === undefined ? `Tryton has no period for ${date}` : `period ${own.name} is closed`;
  return yield* refuse('period_closed', message, field);
}
