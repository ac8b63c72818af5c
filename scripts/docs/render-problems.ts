// docs/reference/problems.md, of the table of problems and the contract.

import { routeRules } from '../../src/http/access/route-rules.ts';
import { contract } from '../../src/http/contract/contract.ts';
import type { ContractRow } from '../../src/http/contract/row.ts';
import { problemCodes } from '../../src/http/contract/to-openapi.ts';
import { type ProblemCode, problems } from '../../src/http/problems.ts';
import { code, generatedNote, table } from './markdown.ts';

const rows = Object.entries(contract) as readonly (readonly [string, ContractRow])[];

/** Where it can be met, in the order of the contract; of what nearly every route may answer, no list. */
export function routesOf(problem: ProblemCode): string {
  const names = rows.flatMap(([name, row]) =>
    problemCodes(name, row, routeRules[name]).includes(problem) ? [name] : [],
  );
  // No count: it would change with every route.
  return names.length > 10 ? 'most routes' : names.map(code).join(', ');
}

export function renderProblems(): string {
  const lines = Object.entries(problems).map(([name, { status, title, advice }]) => [
    ...[code(name), String(status), `${title}. ${advice}`, routesOf(name as ProblemCode)],
  ]);
  return `${generatedNote}
# Problems

Every code an error of the relay can have ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), \`application/problem+json\`). A code is never renamed
and never comes to mean something else; its \`type\` is \`/problems/{code}\` at the relay itself, which says the same as this page. Go by
\`code\`, for titles and details are for people.

${table(['code', 'status', 'what it says, and what to do', 'where'], lines)}
`;
}
