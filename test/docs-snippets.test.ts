// Every block in README.md and docs/ is code that holds: TypeScript compiles against the sources it names, JSON is JSON and, where it
// shows an answer, what the contract describes, TOML is read, and commands name scripts there are. The commands themselves are
// run by e2e/docs.test.ts.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { checkFragment } from '../scripts/docs/check-fragment.ts';
import { allSnippets, parseInfo, type Snippet, snippetMarks } from '../scripts/docs/snippets.ts';
import { toSchema } from '../src/http/contract/to-openapi.ts';
import { rows } from './support/check-answer.ts';

const repository = resolve(import.meta.dirname, '..');
const snippets = allSnippets();
const nameOf = ({ path, number }: Snippet) => `${path} block ${number}`;
const of = (language: string) => snippets.filter((snippet) => snippet.language === language);

describe('the blocks of the documents', () => {
  it('are in languages that are checked, or are drawings', () => {
    const languages = new Set(snippets.map(({ language }) => language));
    expect([...languages].sort()).toEqual(['', 'jinja', 'js', 'json', 'mermaid', 'sh', 'toml', 'ts', 'yaml']);
  });

  it('are marked with words that say why they are not run', () => {
    for (const snippet of snippets) {
      const { words } = parseInfo(snippet.info);
      const known = words.filter((word) => !Object.hasOwn(snippetMarks, word) && !word.startsWith('answer='));
      expect(known, nameOf(snippet)).toEqual([]);
    }
  });

  it('are marked where it cannot be otherwise, and nowhere else: few', () => {
    const marked = snippets.filter(({ mark }) => mark !== null);
    expect(marked.length).toBeLessThan(snippets.length / 5);
  });
});

describe('TypeScript in the documents', () => {
  let directory: string;
  beforeAll(() => {
    mkdirSync(join(repository, 'dist'), { recursive: true });
    directory = mkdtempSync(join(repository, 'dist/snippets-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Beside the examples, or where its first line says that it belongs. */
  const placeOf = ({ text, path, number }: Snippet): string => {
    const told = /^\/\/ ((?:src|test)\/[a-z0-9/.-]+\.ts)/.exec(text)?.[1];
    return told ?? `src/integrations/${path.replaceAll(/[/.]/g, '-')}-${number}.ts`;
  };

  it('compiles against the sources, all of it but what is a part of a file', () => {
    const whole = of('ts').filter(({ mark }) => mark !== 'fragment');
    expect(whole.length).toBeGreaterThan(55);
    const places = whole.map(placeOf);
    expect(new Set(places).size).toBe(places.length);
    for (const snippet of whole) {
      const file = join(directory, placeOf(snippet));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${snippet.text}\n`);
    }
    copyFileSync(
      join(repository, 'docs/erp/http-example.json'),
      join(directory, 'src/integrations/my-erp.json'),
    );
    const up = relative(directory, repository);
    const options = { noEmit: true, rootDirs: [up, '.'] };
    const config = {
      extends: `${up}/tsconfig.json`,
      compilerOptions: options,
      include: ['src', 'test'],
      exclude: [],
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(repository, 'node_modules/.bin/tsc');
    const result = spawnSync(tsc, ['-p', directory], { cwd: repository, encoding: 'utf8', timeout: 100_000 });
    expect(result.stdout).toBe('');
    expect(result.status).toBe(0);
  }, 120_000);
});

describe('JSON in the documents', () => {
  it.each(of('json').map((snippet) => [nameOf(snippet), snippet] as const))('%s', (_, snippet) => {
    const shown: unknown = JSON.parse(snippet.text);
    const answer = parseInfo(snippet.info).words.find((word) => word.startsWith('answer='));
    if (answer === undefined) return;
    const name = answer.slice('answer='.length).replace(':', ' ');
    const [body] = Object.values(rows[name]?.answers ?? {});
    expect(body, name).toBeDefined();
    expect(checkFragment(toSchema(body as z.ZodType), shown)).toBeNull();
  });

  it('that shows an answer is told from one that is none', () => {
    const schema = {
      properties: { id: { type: 'string' }, items: { items: { properties: { n: { type: 'integer' } } } } },
    };
    expect(checkFragment(schema, { id: 'a', items: [{ n: 1, '…': '…' }], '…': '…' })).toBeNull();
    expect(checkFragment(schema, { id: 1 })).toBe('$.id is no string');
    expect(checkFragment(schema, { items: [{ m: 1 }] })).toBe('$.items[0].m is not described');
  });
});

describe('settings in the documents', () => {
  it.each(of('toml').map((snippet) => [nameOf(snippet), snippet] as const))('%s', (_, { text }) => {
    expect(Object.keys(parse(text)).length).toBeGreaterThan(0);
  });
});

describe('commands in the documents', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };

  it('name scripts that there are', () => {
    const named = of('sh').flatMap(({ text }) => [...text.matchAll(/\bnpm (?:run )?([a-z][a-z:-]+)/g)]);
    const own = named
      .map(([, name = '']) => name)
      .filter((name) => !['ci', 'install', 'link'].includes(name));
    expect(own.length).toBeGreaterThan(50);
    for (const name of own) expect(Object.keys(scripts)).toContain(name);
  });

  it('hold what the reader has to fill in only where they say so', () => {
    for (const snippet of of('sh').filter(({ mark }) => mark === null))
      expect(snippet.text, nameOf(snippet)).not.toMatch(/…|<your-|<relay>/);
  });
});
