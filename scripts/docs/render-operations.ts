// docs/reference/operations.md, of the catalogue: each operation with the fields of its input and output, as their schemas say.

import * as z from 'zod';
import type { AnyOperation } from '../../src/core/operation.ts';
import { operations } from '../../src/operations/index.ts';
import { code, generatedNote, table } from './markdown.ts';

type Schema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly exclusiveMinimum?: number;
  readonly minimum?: number;
};

const repeats = {
  never: 'once for each ordering key',
  per_subject: 'once for each subject',
  per_version: 'once for each version of a subject',
} as const;

function fieldsOf(schema: Schema, prefix = ''): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const own = [code(path), required.has(name) ? 'yes' : '', kindOf(field), boundsOf(field)];
    if (field.type === 'array') return [own, ...fieldsOf(field.items ?? {}, `${path}[].`)];
    return [own, ...fieldsOf(field, `${path}.`)];
  });
}

function kindOf({ type, enum: words, const: only, anyOf, items }: Schema): string {
  if (words !== undefined) return words.map((word) => code(String(word))).join(', ');
  if (only !== undefined) return code(String(only));
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ');
  if (type === 'array')
    return items?.type === 'object' || items === undefined ? 'list' : `list of ${kindOf(items)}`;
  return typeof type === 'string' ? type : (type ?? ['any']).join(' or ');
}

function boundsOf({ minLength, maxLength, minItems, maxItems, exclusiveMinimum, minimum }: Schema): string {
  const bounds = [
    maxLength === undefined ? '' : `${atMost(minLength)}${maxLength} characters`,
    maxItems === undefined ? '' : `${atMost(minItems)}${maxItems}`,
    exclusiveMinimum === undefined ? '' : `more than ${exclusiveMinimum}`,
    minimum === undefined || minimum < -1e15 ? '' : `at least ${minimum}`,
  ];
  return bounds.filter((bound) => bound !== '').join(', ');
}

function atMost(least: number | undefined): string {
  return least === undefined ? 'at most ' : `${least} to `;
}

function toSchema(type: z.ZodType, io: 'input' | 'output'): Schema {
  return z.toJSONSchema(type, { io, unrepresentable: 'any', reused: 'inline' }) as Schema;
}

function renderOne(operation: AnyOperation): string {
  const {
    name,
    version,
    input,
    output,
    requires,
    repeats: repeat,
    replacesState,
    keyFields = [],
  } = operation;
  const facts = [
    `Version ${version}, ${repeats[repeat]}`,
    replacesState ? 'replaces a state' : null,
    requires.length === 0 ? null : `needs the modules ${requires.map(code).join(', ')}`,
    keyFields.length === 0 ? null : `its key is made of ${keyFields.map(code).join(', ')}`,
  ];
  return `## ${name}

${facts.filter((fact) => fact !== null).join('; ')}.

${table(['input', 'required', 'kind', 'bounds'], fieldsOf(toSchema(input, 'input')))}

${table(['answer', 'always', 'kind', 'bounds'], fieldsOf(toSchema(output, 'output')))}`;
}

export function renderOperations(): string {
  return `${generatedNote}
# Operations, field by field

The catalogue as its schemas have it. What each means, and its rules over several fields (a total that adds up, a rest that needs a word):
[operations](../operations.md). How money, quantities, instants and ids are written: [fields](../operations.md#fields).

${Object.values(operations).map(renderOne).join('\n\n')}
`;
}
