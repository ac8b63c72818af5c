// Values by a JSON Schema, and values that nearly are: what a caller who read the description would send, and what one would who
// did not. Knows the part of JSON Schema that the relay's own description uses, and says so where it meets another.

import fc from 'fast-check';

export type JsonSchema = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
};

export function valid(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  switch (schema.type) {
    case 'object':
      return validObject(schema);
    case 'array':
      return validArray(schema);
    case 'string':
      return validText(schema);
    case 'integer':
      return fc.integer({ min: clamp(schema.minimum, 0), max: clamp(schema.maximum, 10_000) });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`a type this test does not know: ${JSON.stringify(schema)}`);
  }
}

const clamp = (value: number | undefined, fallback: number): number =>
  value === undefined ? fallback : Math.max(-1_000_000, Math.min(1_000_000, value));

/** Bodies are JSON, and JSON has no own `__proto__` that an object literal could be given. */
function validObject({ properties = {}, required = [], additionalProperties }: JsonSchema) {
  const named = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valid(schema)])),
    { requiredKeys: required.filter((name) => name in properties) },
  );
  if (typeof additionalProperties !== 'object') return named;
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), valid(additionalProperties), { maxKeys: 3 });
}

function validArray({ prefixItems, items = {}, minItems = 0, maxItems = 4 }: JsonSchema) {
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map(valid));
  return fc.array(valid(items), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(4, maxItems)),
  });
}

function validText({ format, pattern, minLength = 0, maxLength = 40 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') return instant;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(40, maxLength) }),
    fc.string({ unit: 'binary', minLength, maxLength: Math.min(20, maxLength) }),
  );
}

export const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** What breaks parsers: wrong types, deep and long values, names of prototypes, characters that end lines. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(
    null,
    [],
    {},
    1e308,
    -1,
    0.5,
    2 ** 53,
    '',
    'x'.repeat(5_000),
    '\r\nset-cookie: a=b',
    '../..',
  ),
  fc.constantFrom('__proto__', 'constructor', '%00', '\u0000', "' OR 1=1 --", '<script>', '\ud800'),
  fc.constant(JSON.parse('{"__proto__":{"isAdmin":true}}')),
);

/** A valid value of which a field was made hostile, was added or was left out. */
export function broken(schema: JsonSchema): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  return fc
    .tuple(valid(schema), fc.constantFrom('change', 'add', 'remove', 'replace'), fc.nat(), hostile)
    .map(([value, how, pick, other]) => {
      if (how === 'replace' || typeof value !== 'object' || value === null) return other;
      const name = names[pick % Math.max(1, names.length)] ?? 'a';
      if (how === 'add') return { ...value, [`${name}s`]: other };
      if (how === 'change') return { ...value, [name]: other };
      return Object.fromEntries(Object.entries(value).filter(([field]) => field !== name));
    });
}
