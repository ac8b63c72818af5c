// The contract as OpenAPI 3.1. What zod checks beyond JSON Schema (that one field goes with another) stands in the problem a caller
// gets. Schemas are written as a caller meets them: what it may send, and what it reads.

import * as z from 'zod';
import type { RouteRule } from '../access/route-rules.ts';
import { type ProblemCode, problems } from '../problems.ts';
import type { AnswerBody, ContractPart, ContractRow } from './row.ts';

export type Json = { readonly [name: string]: unknown };

/** What any route with a key may answer, with a query, with a body. */
const common = {
  keyed: [
    ...(['unauthorized', 'scope_missing', 'too_many_requests'] as const),
    ...(['admin_key_missing', 'registry_unavailable'] as const),
  ],
  act: [
    ...(['idempotency_key_invalid', 'idempotency_key_reused', 'operation_in_progress'] as const),
    ...(['already_done', 'journal_unavailable'] as const),
  ],
  query: ['invalid_parameter'],
  body: ['malformed_json', 'invalid_body', 'body_too_large', 'unsupported_media_type'],
  all: ['internal_error', 'configuration_invalid'],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;

export function toOpenApi(contract: ContractPart, rules: Readonly<Record<string, RouteRule>>): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, row] of Object.entries(contract)) {
    const [method = '', path = ''] = name.split(' ');
    const methods = method === 'ALL' ? ['GET', 'POST'] : [method];
    const place = path.replaceAll(/:(\w+)/g, '{$1}');
    for (const each of methods)
      paths[place] = {
        ...paths[place],
        [each.toLowerCase()]: toOperation(row, rules[name], `${each} ${path}`),
      };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description: 'A webhook relay for ERPs. Answers are open: pass over fields you do not know.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A credential of the relay, or a token of an issuer it trusts.',
        },
      },
      schemas: { Problem: toSchema(problemSchema) },
    },
  };
}

/** RFC 9457, with what the relay adds. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problems) as [ProblemCode]),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), rule: z.string() })).optional(),
  scope: z.string().optional(),
  version: z.string().optional(),
  requestId: z.string(),
});

function toOperation(row: ContractRow, rule: RouteRule | undefined, name: string): Json {
  const scopes = rule?.access === 'scoped' ? rule.anyOf : null;
  return {
    operationId: toOperationId(name),
    summary: row.summary,
    tags: [row.tag],
    ...(scopes === null ? {} : { security: [{ key: [] }], 'x-scopes': scopes }),
    parameters: toParameters(row, name),
    ...(row.body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: toSchema(row.body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(row.answers).map(([status, body]) => [status, toAnswer(body, row.selected)]),
      ),
      ...(row.conditional === 'shown' ? { 304: { description: 'It is what `If-None-Match` names.' } } : {}),
      ...toProblemAnswers(name, row, rule),
    },
  };
}

/** `POST /admin/deliveries/:id/replay` → `postAdminDeliveriesIdReplay`. */
function toOperationId(name: string): string {
  const words = name.split(/[^A-Za-z]+/).filter(Boolean);
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function toParameters({ query, params, headers, conditional }: ContractRow, name: string): readonly Json[] {
  const inPath = [...name.matchAll(/:(\w+)/g)].map(([, param = '']) => {
    const schema = params?.[param];
    return {
      name: param,
      in: 'path',
      required: true,
      schema: schema === undefined ? { type: 'string' } : toSchema(schema),
    };
  });
  const { properties = {}, required = [] } = query === undefined ? {} : toSchema(query);
  const inQuery = Object.entries(properties as Json).map(([field, schema]) => ({
    name: field,
    in: 'query',
    required: (required as readonly string[]).includes(field),
    schema,
  }));
  const conditions = conditional === undefined ? {} : conditionHeaders[conditional];
  const inHeader = Object.entries({ ...(isAct(name) ? actHeaders : {}), ...conditions, ...headers }).map(
    ([header, description]) => ({
      name: header,
      in: 'header',
      required: description.startsWith('Compulsory'),
      description,
      schema: { type: 'string' },
    }),
  );
  return [...inPath, ...inQuery, ...inHeader];
}

function toAnswer(body: AnswerBody, selected: z.ZodType | undefined): Json {
  if ('contentType' in body)
    return { description: 'Done.', content: { [body.contentType]: { schema: { type: 'string' } } } };
  const whole = toSchema(body);
  const schema = selected === undefined ? whole : { anyOf: [whole, toSchema(selected)] };
  return { description: 'Done.', content: { 'application/json': { schema } } };
}

/** It may be sent with an Idempotency-Key. */
export function isAct(name: string): boolean {
  return name.startsWith('POST /admin/');
}

const actHeaders = {
  'Idempotency-Key': 'The same key and request again are answered as before, and not done again.',
};

const conditionHeaders = {
  shown: { 'If-None-Match': 'The `ETag` of the answer before: 304 where it is still the same.' },
  changed: { 'If-Match': 'The `ETag` of what was read: 412 where it is another by now.' },
} as const;

/** Every code a route may answer with. */
export function problemCodes(
  name: string,
  row: ContractRow,
  rule: RouteRule | undefined,
): readonly ProblemCode[] {
  const isKeyed = rule?.access === 'scoped';
  return [
    ...row.problems,
    ...(isKeyed ? common.keyed : []),
    ...(isAct(name) ? common.act : []),
    ...(row.conditional === 'changed' ? (['precondition_failed'] as const) : []),
    ...(row.query === undefined ? [] : common.query),
    ...(row.body === undefined && !isKeyed ? [] : common.body),
    ...common.all,
  ].filter((code, index, all) => all.indexOf(code) === index);
}

function toProblemAnswers(name: string, row: ContractRow, rule: RouteRule | undefined): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodes(name, row, rule)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const own = Object.keys(row.answers).map(Number);
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !own.includes(status))
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `${code}: ${problems[code].title}.`).join(' '),
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}

/** Its own `$schema` line is the document's. */
export function toSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return rest;
}
