// What a person at a terminal is asked: to confirm, for a reason, for something secret. Where nobody sits there it says which
// option to give instead. Questions go to standard error, so that standard output holds the answer of the command alone.

import { confirm, isCancel, password, text } from '@clack/prompts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import type { World } from '../world.ts';
import { printable } from './printable.ts';

const cancelled = err({ kind: 'cancelled' } as const);

export function isInteractive({ stdin, stderr, env }: World): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && env.CI === undefined;
}

/** `question` may name what a webhook holds. */
export async function confirmed(
  world: World,
  question: string,
  yes: boolean | undefined,
): Promise<Result<true, Failure>> {
  if (yes === true) return ok(true);
  if (!isInteractive(world)) {
    return usage(`${question}\nNobody is here to confirm it: say --yes.`);
  }
  const said = await confirm({
    message: printable(question),
    initialValue: false,
    output: world.stderr as never,
  });
  return said === true ? ok(true) : cancelled;
}

/** Of an act, for the audit. */
export async function reasonFor(world: World, given: string | undefined): Promise<Result<string, Failure>> {
  if (given !== undefined && given.trim() !== '') return ok(given);
  if (!isInteractive(world)) return usage('A reason is needed, for the audit: --reason "…".');
  const said = await text({
    message: 'Why? It stands in the audit.',
    validate: (value) => ((value ?? '').trim() === '' ? 'Say why.' : undefined),
    output: world.stderr as never,
  });
  return isCancel(said) ? cancelled : ok(said);
}

/** Typed without being shown, or read from standard input. It is never an argument: those are seen by every process. */
export async function secretFrom(
  world: World,
  {
    what,
    option,
    fromStdin,
  }: { readonly what: string; readonly option: string; readonly fromStdin: boolean },
): Promise<Result<string, Failure>> {
  if (fromStdin) return readSecret(world, what);
  if (!isInteractive(world)) return usage(`${what} is needed, on standard input: ${option}.`);
  const said = await password({
    message: what,
    validate: (value) => ((value ?? '') === '' ? 'It may not be empty.' : undefined),
    output: world.stderr as never,
  });
  return isCancel(said) ? cancelled : ok(said);
}

async function readSecret(world: World, what: string): Promise<Result<string, Failure>> {
  const read = (await readAll(world)).trim();
  return read === '' ? usage(`${what} is needed, and standard input is empty.`) : ok(read);
}

export async function readAll({ stdin }: World): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stdin) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

function usage(message: string): Result<never, Failure> {
  return err({ kind: 'usage', message });
}
