// Whether an answer of the API is what its contract says: a status it names, the type and the shape it names, and no field beside
// it. A problem must be one of the route's own. Null, or what is wrong.

import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import { routeRules } from '../../src/http/access/route-rules.ts';
import { contract } from '../../src/http/contract/contract.ts';
import type { ContractRow } from '../../src/http/contract/row.ts';
import { problemCodes, problemSchema } from '../../src/http/contract/to-openapi.ts';
import { problems } from '../../src/http/problems.ts';

export const rows: Readonly<Record<string, ContractRow>> = contract;

export type Answered = { readonly status: number; readonly type: string; readonly text: string };

export async function answered(response: Response): Promise<Answered> {
  const bytes = await response.arrayBuffer();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  return { status: response.status, type, text: new TextDecoder().decode(bytes) };
}

export function checkAnswer(name: string, { status, type, text }: Answered): string | null {
  const row = rows[name];
  if (row === undefined) return `${name} has no row in the contract`;
  if (type === 'application/problem+json') return checkProblem(name, status, JSON.parse(text));
  const expected = row.answers[status];
  if (expected === undefined) return `${status} (${type}) is none of its answers: ${text.slice(0, 200)}`;
  if ('contentType' in expected)
    return type === expected.contentType ? null : `its type is ${type}, not ${expected.contentType}`;
  if (type !== 'application/json') return `its type is ${type}`;
  const whole = checkShape(expected, JSON.parse(text));
  // Which of the two is right the tests of `fields` say.
  return whole === null || row.selected === undefined ? whole : checkShape(row.selected, JSON.parse(text));
}

function checkProblem(name: string, status: number, body: unknown): string | null {
  const shape = checkShape(problemSchema, body);
  if (shape !== null) return `the problem: ${shape}`;
  const { code } = body as z.output<typeof problemSchema>;
  const row = rows[name] as ContractRow;
  if (problems[code].status !== status) return `${code} was answered with ${status}`;
  return problemCodes(name, row, routeRules[name]).includes(code) ? null : `${code} is none of its problems`;
}

/** zod leaves out what a schema does not name: what differs afterwards was not described. */
function checkShape(schema: z.ZodType, body: unknown): string | null {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return JSON.stringify(parsed.error.issues).slice(0, 400);
  return isDeepStrictEqual(parsed.data, body)
    ? null
    : `a field is not described: ${JSON.stringify(body)}, described: ${JSON.stringify(parsed.data)}`;
}
