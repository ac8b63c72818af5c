// docs/reference/api.md, of the contract and the table of access: every route, who may call it, what it answers.

import { type RouteRule, routeRules } from '../../src/http/access/route-rules.ts';
import { contract } from '../../src/http/contract/contract.ts';
import type { ContractRow } from '../../src/http/contract/row.ts';
import { problemCodes } from '../../src/http/contract/to-openapi.ts';
import { code, generatedNote, table } from './markdown.ts';

const rows = Object.entries(contract) as readonly (readonly [string, ContractRow])[];

function accessOf(rule: RouteRule | undefined): string {
  if (rule === undefined || rule.access === 'public') return 'anybody';
  if (rule.access === 'signed') return 'the sender, by its signature';
  return rule.access === 'known' ? 'any credential' : rule.anyOf.map(code).join(' or ');
}

function rowOf([name, row]: readonly [string, ContractRow]): string[] {
  const rule = routeRules[name];
  const common = 10;
  const own = problemCodes(name, row, rule).filter((problem) => countOf(problem) <= common);
  return [
    code(name),
    accessOf(rule),
    row.summary,
    Object.keys(row.answers).join(', '),
    own.map((problem) => `[${problem}](problems.md)`).join(', '),
  ];
}

function countOf(problem: string): number {
  return rows.filter(([name, row]) =>
    problemCodes(name, row, routeRules[name]).some((each) => each === problem),
  ).length;
}

export function renderApi(): string {
  const tags = [...new Set(rows.map(([, { tag }]) => tag))];
  const parts = tags.map((tag) => {
    const own = rows.filter(([, row]) => row.tag === tag).map(rowOf);
    return `## ${tag}\n\n${table(['route', 'scope', 'does', 'answers', 'own problems'], own)}`;
  });
  return `${generatedNote}
# The API, route by route

With the schemas of every query, body and answer it is at a relay itself: \`/docs/api\` as a page, \`/openapi.json\` as OpenAPI 3.1, and the
[typed client](../api-client.md) for TypeScript. How it is used, with examples: [admin API](../admin-api.md). Problems that nearly every route may
answer are left out here: [problems](problems.md) has all.

${parts.join('\n\n')}
`;
}
