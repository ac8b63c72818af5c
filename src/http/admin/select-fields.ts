// `fields=id,status,…`: only those of each thing shown, so that a list costs what its caller reads. Chosen from what the caller may see
// anyway: it shows nothing more. What tells things apart, and what is redacted, is always there.

import * as z from 'zod';

const always: readonly string[] = ['id', 'redacted'];

/** A name nobody knows is refused, or a misspelt one would read as absent. */
export function fieldsOf(schema: z.ZodObject) {
  const names = Object.keys(schema.shape);
  const name = z.enum(names, { error: `must be of ${names.join(', ')}, separated by commas` });
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(name).min(1));
}

/** Undefined: all of them. */
export function selectFields<T extends object>(shown: T, fields: readonly string[] | undefined): Partial<T> {
  if (fields === undefined) return shown;
  const kept = Object.entries(shown).filter(([name]) => fields.includes(name) || always.includes(name));
  return Object.fromEntries(kept) as Partial<T>;
}
