// Whether an answer shown in a document is one the contract describes: every field it shows has a place in the schema, and a value of
// its kind. A document may leave fields out, and says so with "…". Null, or what is wrong.

type Schema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
};

const left = '…';

export function checkFragment(schema: Schema, value: unknown, path = '$'): string | null {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const found = choices.map((choice) => checkFragment(choice, value, path));
    return found.some((each) => each === null) ? null : (found[0] ?? null);
  }
  if (value === left) return null;
  if (schema.const !== undefined && schema.const !== value) return `${path} is not ${String(schema.const)}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${path} is none of its words`;
  const kinds = [schema.type ?? []].flat();
  if (kinds.length > 0 && !kinds.some((kind) => isOf(kind, value)))
    return `${path} is no ${kinds.join(' or ')}`;
  if (Array.isArray(value))
    return firstOf(value.map((item, at) => checkFragment(schema.items ?? {}, item, `${path}[${at}]`)));
  if (typeof value !== 'object' || value === null) return null;
  return firstOf(
    Object.entries(value).map(([name, field]) =>
      checkField(schema, { name, field, path: `${path}.${name}` }),
    ),
  );
}

type Field = { readonly name: string; readonly field: unknown; readonly path: string };

function checkField(schema: Schema, { name, field, path }: Field): string | null {
  if (name === left) return null;
  const known = schema.properties?.[name];
  if (known !== undefined) return checkFragment(known, field, path);
  const rest = schema.additionalProperties;
  if (rest === false || (rest === undefined && schema.properties !== undefined))
    return `${path} is not described`;
  return typeof rest === 'object' ? checkFragment(rest, field, path) : null;
}

function firstOf(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function isOf(kind: string, value: unknown): boolean {
  if (kind === 'null') return value === null;
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'integer') return Number.isInteger(value);
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === kind;
}
