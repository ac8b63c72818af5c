// Whether a place exists in an operation's input or output, told from its schema: so that a misspelt field of a description
// stops the start instead of a delivery. Knows objects, lists and what may be absent; anything else counts as open.

import type * as z from 'zod';

export type FieldFact = 'required' | 'optional' | 'unknown' | 'open';

type Def = {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
};

const wrappers = new Set(['optional', 'nullable', 'default', 'prefault', 'readonly', 'catch', 'nonoptional']);

/** @param segments as in a template; `[]` and numbers are elements of a list */
export function factOf(schema: z.core.$ZodType, segments: readonly (string | number)[]): FieldFact {
  const { inner, isOptional } = unwrap(schema);
  const [segment, ...rest] = segments;
  if (segment === undefined) return isOptional ? 'optional' : 'required';
  const found = step(defOf(inner), segment);
  if (found === 'open' || found === 'unknown') return found;
  const fact = factOf(found, rest);
  // Inside a list there is an element, whether or not the list may be absent.
  if (segment === '[]') return fact;
  return fact === 'required' && isOptional ? 'optional' : fact;
}

/** The members an object must have. */
export function requiredMembers(schema: z.core.$ZodType): readonly string[] {
  const { shape = {} } = defOf(unwrap(schema).inner);
  return Object.keys(shape).filter((name) => factOf(schema, [name]) === 'required');
}

function step(def: Def, segment: string | number): z.core.$ZodType | 'unknown' | 'open' {
  if (def.type === 'object') {
    const member = typeof segment === 'string' ? def.shape?.[segment] : undefined;
    return member ?? 'unknown';
  }
  if (def.type !== 'array') return scalars.has(def.type) ? 'unknown' : 'open';
  const isElement = typeof segment === 'number' || segment === '[]';
  return isElement ? (def.element ?? 'open') : 'unknown';
}

const scalars = new Set(['string', 'number', 'boolean', 'enum', 'literal', 'null']);

function unwrap(schema: z.core.$ZodType): { inner: z.core.$ZodType; isOptional: boolean } {
  let inner = schema;
  let isOptional = false;
  for (;;) {
    const def = defOf(inner);
    if (wrappers.has(def.type) && def.innerType !== undefined) {
      isOptional ||= def.type === 'optional' || def.type === 'nullable';
      inner = def.innerType;
    } else if (def.type === 'pipe' && def.in !== undefined) inner = def.in;
    else return { inner, isOptional };
  }
}

function defOf(schema: z.core.$ZodType): Def {
  return schema._zod.def as unknown as Def;
}
