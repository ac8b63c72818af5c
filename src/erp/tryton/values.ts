// Tryton's values on the wire, both ways: decimals, days, rows. Schemas name the fields that are read; what is not named
// is not asked for. Pure.

import * as z from 'zod';
import type { JsonObject } from '../../core/json.ts';

/** `"0E-2"` and `"1.2E+3"` are ways in which Python writes decimals; the relay's are plain. */
export function toPlainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?E([+-]\d+)$/i.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  if (scale <= 0) return `${sign}${`${whole}${fraction}${'0'.repeat(-scale)}`.replace(/^0+(?=\d)/, '')}`;
  const digits = `${whole}${fraction}`.padStart(scale + 1, '0');
  const units = digits.slice(0, -scale).replace(/^0+(?=\d)/, '');
  return `${sign}${units}.${digits.slice(-scale)}`;
}

export const decimal = z
  .object({ __class__: z.literal('Decimal'), decimal: z.string() })
  .transform(({ decimal: text }) => toPlainDecimal(text));

/** SQLite's booleans come as 0 and 1. */
export const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

/** `2026-03-01` */
export const day = z
  .object({ __class__: z.literal('date'), year: z.number(), month: z.number(), day: z.number() })
  .transform(({ year, month, day: date }) => [pad(year, 4), pad(month, 2), pad(date, 2)].join('-'));

export const toDecimal = (text: string): JsonObject => ({ __class__: 'Decimal', decimal: text });

/** @param text `2026-03-01` */
export function toDay(text: string): JsonObject {
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
  return { __class__: 'date', year, month, day: date };
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

export type RowShape = Readonly<Record<string, z.ZodType>>;

/**
 * The names to ask for: a key that ends in a dot holds rows of another model, of which each key is asked for
 * (`'product.': { code }` is `product.code`).
 */
export function fieldNames(row: z.ZodObject): string[] {
  return Object.entries(row.shape).flatMap(([name, schema]) => {
    if (!name.endsWith('.')) return [name];
    const inner = unwrap(schema as z.ZodType);
    return inner instanceof z.ZodObject ? fieldNames(inner).map((field) => `${name}${field}`) : [];
  });
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodArray) return unwrap(schema.element);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema;
}
