// What the compiler says to a mistake in an integration: one message for each, at its line, naming the field.
// Runs tsc over a copy of test/types/routes.test-d.ts without its `@ts-expect-error` lines.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Mistake = { readonly name: string; readonly line: number; readonly words: string };

const repository = resolve(import.meta.dirname, '../..');
const original = readFileSync(join(repository, 'test/types/routes.test-d.ts'), 'utf8');
const marker = /^\s*\/\/ @ts-expect-error (.+)$/;

/** The copy: what was expected becomes a plain comment, and what it imports is found from anywhere. */
const copy = original
  .replaceAll('@ts-expect-error', 'wrong:')
  .replaceAll("'../../src/", `'${repository}/src/`)
  .replaceAll("'./fixtures.ts'", `'${repository}/test/types/fixtures.ts'`)
  .replace(
    "import { describe, it } from 'vitest';",
    'declare const describe: (n: string, f: () => void) => void; const it = describe;',
  );

const lines = original.split('\n');
const mistakes: readonly Mistake[] = lines.flatMap((line, index) => {
  const words = marker.exec(line)?.[1];
  if (words === undefined) return [];
  const title = lines.slice(0, index).findLast((earlier) => earlier.includes("  it('")) ?? '';
  // The mistake stands on the line after the comment; lines are counted from 1.
  return [{ name: /it\('(.+)', /.exec(title)?.[1] ?? '', line: index + 2, words }];
});

/** Line → the message, its explanations on further lines included. */
const messages = new Map<number, string>();
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-types-'));
  writeFileSync(join(directory, 'routes.ts'), copy);
  const config = {
    extends: join(repository, 'tsconfig.json'),
    include: ['./routes.ts'],
    exclude: [],
    compilerOptions: { types: [join(repository, 'node_modules/@cloudflare/workers-types')] },
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(repository, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', directory, '--pretty', 'false'];
  const run = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8', timeout: 60_000 });
  for (const block of run.stdout.split(/^(?=\S+\(\d+,\d+\): error )/m)) {
    const place = /^(\S+)\((\d+),\d+\): error [A-Z\d]+: /.exec(block);
    // A message about another file is a line the test below will not find: it is kept under no line of the copy.
    const line = place?.[1] === 'routes.ts' ? Number(place[2]) : -1;
    if (block.trim() !== '') messages.set(line, block.slice(place?.[0].length ?? 0));
  }
}, 70_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the compiler', () => {
  it('complains about the mistakes and about nothing else', () => {
    expect(mistakes.length).toBeGreaterThan(20);
    expect([...messages.keys()].toSorted((a, b) => a - b)).toEqual(mistakes.map(({ line }) => line));
  });

  it.each(mistakes)('names what is wrong with $name', ({ line, words }) => {
    const [first = '', second = ''] = (messages.get(line) ?? '').split('\n');
    // A missing property is named by the explanation of the first line.
    const told = first.startsWith('Argument of type') ? `${first} ${second}` : first;
    expect(told).toContain(words);
  });
});
