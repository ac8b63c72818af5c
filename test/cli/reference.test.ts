// docs/cli.md has the reference that is made of the commands themselves:
// `npx vitest run --project unit test/cli/reference.test.ts -u` writes it again.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/api/failure.ts';
import { createProgram } from '../../cli/run-cli.ts';
import type { World } from '../../cli/world.ts';

const repository = resolve(import.meta.dirname, '../..');
const world = { stdout: process.stdout, stderr: process.stderr, env: {}, repository } as unknown as World;

type Named = { readonly path: string; readonly command: Command };

function leaves(command: Command, path: string): Named[] {
  const below = command.commands.filter((each) => each.name() !== 'help' && each.name() !== 'complete');
  return below.length === 0
    ? [{ path, command }]
    : below.flatMap((each) => leaves(each, `${path} ${each.name()}`));
}

const cell = (text: string) => text.replaceAll('|', '\\|');

function render({ path, command }: Named): string {
  const shown = command.createHelp();
  const args = shown.visibleArguments(command).map((argument) => ({
    term: shown.argumentTerm(argument),
    text: shown.argumentDescription(argument),
  }));
  const options = shown
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => ({ term: shown.optionTerm(option), text: shown.optionDescription(option) }));
  const usage = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  const rows = [...args, ...options].map(({ term, text }) => `| \`${cell(term)}\` | ${cell(text)} |`);
  const table = rows.length === 0 ? [] : ['', '| | |', '|---|---|', ...rows];
  return [`### ${path}${usage.join('')}`, '', `${command.description()}.`, ...table].join('\n');
}

function renderAll(): string {
  const all = leaves(createProgram(world), 'holdfast');
  return `# Reference of the command line

Made of the commands themselves; [cli.md](../cli.md) says how to work with them. Every command has \`--help\`.

${all.map(render).join('\n\n')}
`;
}

describe('docs/reference/cli.md', () => {
  it('says what the commands say', async () => {
    await expect(renderAll()).toMatchFileSnapshot(join(repository, 'docs/reference/cli.md'));
  });

  it('describes every command, argument and option', () => {
    for (const { path, command } of leaves(createProgram(world), 'holdfast')) {
      expect(command.description(), path).not.toBe('');
      for (const option of command.options)
        expect(option.description, `${path} ${option.flags}`).not.toBe('');
    }
  });
});

describe('docs/cli.md', () => {
  it('names every group of commands and every exit code', () => {
    const text = readFileSync(join(repository, 'docs/cli.md'), 'utf8');
    for (const command of createProgram(world).commands) {
      if (command.name() !== 'complete' && command.name() !== 'help')
        expect(text).toContain(`holdfast ${command.name()}`);
    }
    const listed = [...text.matchAll(/^\| (\d+) \| /gm)].map((row) => Number(row[1]));
    expect(listed).toEqual(Object.values(exitCodes));
  });

  it('shows commands that are such: known ones, with options they have and all that they need', () => {
    const known = new Map(
      leaves(createProgram(world), 'holdfast').map(({ path, command }) => [path, command]),
    );
    const lines = [
      ...readFileSync(join(repository, 'docs/cli.md'), 'utf8').matchAll(/```sh(?: example)?\n([\s\S]*?)```/g),
    ]
      .flatMap((block) => (block[1] ?? '').split('\n'))
      .map((line) => /^(?:npx )?(holdfast [^#|>]*)/.exec(line)?.[1]?.trim())
      .filter((line) => line !== undefined && !line.endsWith('--help'));
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      const words = (line ?? '').match(/"[^"]*"|\S+/g) ?? [];
      const path =
        [3, 2].map((count) => words.slice(0, count).join(' ')).find((each) => known.has(each)) ?? '';
      const command = known.get(path);
      expect(command, line).toBeDefined();
      const { operands, unknown } = command?.parseOptions(words.slice(path.split(' ').length)) ?? {
        operands: [],
        unknown: [line],
      };
      expect(unknown, line).toEqual([]);
      const required = command?.registeredArguments.filter((argument) => argument.required).length ?? 0;
      expect(operands.length, line).toBeGreaterThanOrEqual(required);
    }
  });
});
