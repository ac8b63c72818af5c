// One run of the command line: reads the arguments, runs the command they name, prints what failed, and answers with the exit code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { describeFailure, exitCodes, toJsonFailure } from './api/failure.ts';
import type { Program } from './command.ts';
import { createCommands } from './commands/create-commands.ts';
import { printable, printableJson } from './terminal/printable.ts';
import { coloured } from './terminal/table.ts';
import type { World } from './world.ts';

export async function runCli(argv: readonly string[], world: World): Promise<number> {
  let code: number = exitCodes.done;
  const program: Program = {
    root: createRoot(world),
    world,
    end: (ended) => {
      code = ended;
    },
    fail: (failure, isJson) => {
      const text = isJson
        ? printableJson(toJsonFailure(failure))
        : coloured(printable(describeFailure(failure)), 'red');
      world.stderr.write(`${text}\n`);
    },
  };
  createCommands(program);
  try {
    await program.root.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Its own message stands on standard error already; help and version are no failures.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  return code;
}

/** The tree alone, for its documentation and its completion. */
export function createProgram(world: World): Command {
  const root = createRoot(world);
  createCommands({ root, world, end: () => {}, fail: () => {} });
  return root;
}

function createRoot({ stdout, stderr, repository }: World): Command {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  const root = new Command('holdfast')
    .description('Operates Holdfast relays, on this machine or deployed.')
    .version(version)
    .showHelpAfterError('(holdfast … --help shows what there is)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    });
  return root;
}
