// The pages of docs/ that are made from code are as the code says, and complete: `npm run docs` writes them.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docsSections } from '../scripts/docs/docs-pages.ts';
import { generatedPages } from '../scripts/docs/generated-pages.ts';
import { listPages } from '../scripts/docs/markdown-pages.ts';
import { reasons } from '../scripts/docs/render-limits.ts';
import { routesOf } from '../scripts/docs/render-problems.ts';
import { variableGroups } from '../scripts/docs/variables.ts';
import { limits } from '../src/core/limits.ts';
import { type ProblemCode, problems } from '../src/http/problems.ts';

const repository = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

describe.each(generatedPages)('$path', ({ path, render }) => {
  it('says what the code says', () => {
    expect(read(path), 'run "npm run docs"').toBe(render());
  });
});

describe('docs/README.md', () => {
  it('leads to every page but those of senders, which sources.md lists', () => {
    const listed = Object.values(docsSections).flatMap((pages) => pages.map(({ path }) => path));
    expect(new Set(listed).size).toBe(listed.length);
    const known = new Set([...listed, 'README.md']);
    expect(listPages().filter((path) => !known.has(path) && !path.startsWith('senders/'))).toEqual([]);
  });
});

describe('docs/reference/problems.md', () => {
  it('leaves no code that no route can answer', () => {
    const unused = Object.keys(problems).filter((code) => routesOf(code as ProblemCode) === '');
    expect(unused).toEqual([]);
  });
});

describe('docs/reference/limits.md', () => {
  it('has a reason for every bound', () => {
    expect([...reasons(read('src/core/limits.ts')).keys()].sort()).toEqual(Object.keys(limits).sort());
  });
});

describe('docs/reference/variables.md', () => {
  it('has every name that the configuration reads, and no other', () => {
    const files = ['variables', 'alert', 'identity', 'trace'].map((part) => read(`src/${part}-config.ts`));
    const text = files.join('\n').replaceAll(/'ALERT_MAIL'/g, '');
    const quoted = [...text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)];
    const fields = [...text.matchAll(/(?:environment\.|^\s+)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)(?::|,|\)|;)/gm)];
    const names = [...quoted, ...fields].map(([, name = '']) => name).filter((name) => name !== 'ALERT_MAIL');
    const told = Object.values(variableGroups).flatMap((notes) => notes.map(({ name }) => name));
    expect(told.sort()).toEqual([...new Set(names)].sort());
  });

  it('says which of them are secrets as the configuration does', () => {
    const env = read('src/platform/worker-configuration.d.ts');
    expect(env).toContain('ADMIN_KEY');
    const secrets = Object.values(variableGroups).flatMap((notes) =>
      notes.filter(({ secret }) => secret).map(({ name }) => name),
    );
    const files = ['variables', 'alert', 'identity', 'trace']
      .map((part) => read(`src/${part}-config.ts`))
      .join('\n');
    const named = [...files.matchAll(/(?:secretVariables[^=]*= \[|secretNames[^(]*\(\[)([^\]]*)\]/g)].flatMap(
      ([, list = '']) => list.match(/[A-Z_]{5,}/g) ?? [],
    );
    for (const name of named) expect(secrets).toContain(name);
    expect(named.length).toBeGreaterThan(4);
  });
});
