// The few conversions a template may ask for, as a table: `{input.total|number}`. Pure.
// More than these is code: a body or an output may be a function.

import type { JsonValue } from '../../core/json.ts';

export type Filter = { readonly name: FilterName; readonly argument: string };

type Convert = (value: JsonValue | undefined, argument: string) => JsonValue | undefined;

const texts =
  (convert: (text: string) => JsonValue | undefined): Convert =>
  (value) =>
    typeof value === 'string' ? convert(value) : value;

function toNumber(value: JsonValue | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const filters = {
  /** "29.35" → 29.35; what is no number counts as absent. */
  number: toNumber,
  /** 29.35 → "29.35". */
  text: (value) => (value === undefined || typeof value === 'string' ? value : JSON.stringify(value)),
  /** The other sign. */
  negative: (value) => {
    const number = toNumber(value);
    return number === undefined ? undefined : 0 - number;
  },
  /** "2026-03-01T09:30:00Z" → "2026-03-01". */
  day: texts((text) => text.slice(0, 10)),
  lower: texts((text) => text.toLowerCase()),
  upper: texts((text) => text.toUpperCase()),
  /** The value that stands for an absent one: JSON, or text as it is. */
  or: (value, argument) => value ?? parseArgument(argument),
} as const satisfies Readonly<Record<string, Convert>>;

export type FilterName = keyof typeof filters;

/** Null: there is no such filter. */
export function parseFilter(text: string): Filter | null {
  const [name = '', ...rest] = text.split(':');
  return Object.hasOwn(filters, name) ? { name: name as FilterName, argument: rest.join(':') } : null;
}

export function applyFilter({ name, argument }: Filter, value: JsonValue | undefined): JsonValue | undefined {
  const convert: Convert = filters[name];
  return convert(value, argument);
}

function parseArgument(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
