// docs/reference/problems.md is made of the table of problems: `npx vitest run --project unit test/docs-problems.test.ts -u` writes it again.
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routeRules } from '../src/http/access/route-rules.ts';
import { problemCodes } from '../src/http/contract/to-openapi.ts';
import { type ProblemCode, problems } from '../src/http/problems.ts';
import { rows } from './support/check-answer.ts';

const file = join(resolve(import.meta.dirname, '..'), 'docs/reference/problems.md');

/** Where it can be met, in the order of the contract; of what nearly every route may answer, no list. */
function routesOf(code: ProblemCode): string {
  const names = Object.keys(rows).filter((name) => {
    const row = rows[name];
    return row !== undefined && problemCodes(name, row, routeRules[name]).includes(code);
  });
  return names.length > 10 ? `${names.length} routes` : names.map((name) => `\`${name}\``).join(', ');
}

function render(): string {
  const lines = Object.entries(problems).map(
    ([code, { status, title, advice }]) =>
      `| \`${code}\` | ${status} | ${title}. ${advice} | ${routesOf(code as ProblemCode)} |`,
  );
  return `# Problems

Every code an error of the relay can have ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), \`application/problem+json\`). A code is never renamed
and never comes to mean something else; its \`type\` is \`/problems/{code}\` at the relay itself, which says the same as this page. Go by
\`code\`, for titles and details are for people.

| code | status | what it says, and what to do | where |
|---|---|---|---|
${lines.join('\n')}
`;
}

describe('docs/reference/problems.md', () => {
  it('says what the table says', async () => {
    await expect(render()).toMatchFileSnapshot(file);
  });

  it('leaves no code that no route can answer', () => {
    const unused = Object.keys(problems).filter((code) => routesOf(code as ProblemCode) === '');
    expect(unused).toEqual([]);
  });
});
