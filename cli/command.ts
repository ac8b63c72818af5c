// How a command is declared and run: options every command has, the relay it asks, what it shows, and the code it ends with. A command
// itself is a function from what was typed to what is shown; nothing but this file prints its answer.

import { type Command, Option } from 'commander';
import { err, ok, type Result } from '../src/core/result.ts';
import { exitCodeOf, exitCodes, type Failure } from './api/failure.ts';
import { createRelayApi, type Relay } from './api/relay-api.ts';
import { chooseRelay } from './profiles/choose-relay.ts';
import { confirmed, reasonFor, secretFrom } from './terminal/ask.ts';
import { printable, printableJson } from './terminal/printable.ts';
import type { World } from './world.ts';

/** What a command shows: `json` where that is asked for, else `text`. */
export type Shown = {
  readonly json: unknown;
  readonly text: string;
  /** Where the answer is one that a script should see in the exit code. */
  readonly exitCode?: number;
};

/** Null: it has written by itself. */
export type Ended = Result<Shown | null, Failure>;

export type CommonOptions = {
  readonly json?: true;
  readonly url?: string;
  readonly profile?: string;
  readonly keyStdin?: true;
  readonly yes?: true;
  readonly reason?: string;
};

export type Call<Options> = {
  readonly world: World;
  readonly args: readonly string[];
  readonly options: Options & CommonOptions;
};

export type RelayCall<Options> = Call<Options> & { readonly relay: Relay };

export type Program = {
  readonly root: Command;
  readonly world: World;
  /** Set once, by the command that ran. */
  end(code: number): void;
  /** Told of what failed. */
  fail(failure: Failure, isJson: boolean): void;
};

export function addCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print the answer as JSON, in the shape the API gives it'))
    .addOption(new Option('--profile <name>', 'the relay of this profile'))
    .addOption(new Option('--url <url>', 'the relay at this address'))
    .addOption(new Option('--key-stdin', 'read the key from standard input'));
}

/** An act asks before it does something, and says why in the audit. */
export function addActOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'why: it stands in the audit; asked for at a terminal')
    .option('-y, --yes', 'do not ask');
}

/** A command that needs no relay. */
export function onCall<Options>(
  program: Program,
  command: Command,
  run: (call: Call<Options>) => Promise<Ended>,
): void {
  command.action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const options = self.optsWithGlobals() as Options & CommonOptions;
    const { world } = program;
    const ended = await run({ world, args: self.processedArgs.flat() as string[], options });
    finish(program, ended, options.json === true);
  });
}

/** A command that asks the relay. */
export function onRelay<Options>(
  program: Program,
  command: Command,
  run: (call: RelayCall<Options>) => Promise<Ended>,
): void {
  addCommonOptions(command);
  onCall<Options>(program, command, async (call) => {
    const relay = await openRelay(call);
    return relay.ok ? run({ ...call, relay: relay.value }) : relay;
  });
}

async function openRelay({ world, options }: Call<unknown>): Promise<Result<Relay, Failure>> {
  const { url, profile, keyStdin } = options;
  const typed = keyStdin === true ? await secretFrom(world, keyQuestion) : ok(undefined);
  if (!typed.ok) return typed;
  const chosen = chooseRelay(world, { url, profile, key: typed.value });
  return chosen.ok ? ok(createRelayApi(chosen.value.url, chosen.value.key)) : chosen;
}

const keyQuestion = { what: 'The key', option: '--key-stdin', fromStdin: true } as const;

function finish(program: Program, ended: Ended, isJson: boolean): void {
  if (!ended.ok) {
    program.fail(ended.error, isJson);
    program.end(exitCodeOf(ended.error));
    return;
  }
  const { value: shown } = ended;
  if (shown !== null) {
    program.world.stdout.write(`${isJson ? printableJson(shown.json) : shown.text}\n`);
  }
  program.end(shown?.exitCode ?? exitCodes.done);
}

/** What the relay answered, as a person reads it. */
export async function shown<T>(
  answer: Promise<Result<T, Failure>>,
  render: (value: T) => string,
): Promise<Ended> {
  const found = await answer;
  return found.ok ? ok({ json: found.value, text: render(found.value) }) : found;
}

/** Asks for the reason and for a yes; then does it. */
export async function act<T>(
  { world, options }: Call<unknown>,
  question: string,
  work: (reason: string) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const reason = await reasonFor(world, options.reason);
  if (!reason.ok) return reason;
  const sure = await confirmed(world, question, options.yes);
  return sure.ok ? work(reason.value) : sure;
}

/** On standard error: for a person who waits, and no part of the answer. */
export function say({ stderr }: World, text: string): void {
  stderr.write(`${printable(text)}\n`);
}

export function usage(message: string): Result<never, Failure> {
  return err({ kind: 'usage', message });
}
