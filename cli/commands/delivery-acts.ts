// holdfast deliveries replay|resolve|skip|release|hold|cancel|unblock: what a person does to one delivery. Each says first what it would do,
// and asks.

import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, type RelayCall, shown, usage } from '../command.ts';
import { readAll } from '../terminal/ask.ts';
import { printable } from '../terminal/printable.ts';
import { renderFields } from '../terminal/table.ts';
import type { World } from '../world.ts';

type ReplayOptions = {
  readonly input?: string;
  readonly mapping?: 'original' | 'current';
  readonly dryRun?: true;
  readonly force?: true;
};

export type DryRun = Extract<Answer<'POST /admin/deliveries/:id/replay'>, { dryRun: true }>;

export function deliveryActCommands(program: Program, group: Command): void {
  const replay = addActOptions(group.command('replay'))
    .description('make a new delivery at the place of an old one')
    .argument('<id>')
    .option('--input <file>', 'an edited input, whole, as JSON; - for standard input')
    .addOption(
      new Option(
        '--mapping <which>',
        'the input it was sent with, or what the route makes of the event today',
      ).choices(['original', 'current']),
    )
    .option('--dry-run', 'show what an attempt would begin with, and do nothing')
    .option('--force', 'also where a newer state was applied');
  onRelay<ReplayOptions>(program, replay, replayOne);

  const resolve = addActOptions(group.command('resolve'))
    .description('close a delivery: it was done by hand, or shall not be done')
    .argument('<id>')
    .addOption(
      new Option('--as <what>', 'which of the two').choices(['done', 'dropped']).makeOptionMandatory(),
    )
    .option('--document-id <id>', "the ERP's document, where it was done");
  onRelay<{ as: 'done' | 'dropped'; documentId?: string }>(program, resolve, (call) => {
    const {
      relay,
      options,
      args: [id = ''],
    } = call;
    const { as, documentId } = options;
    const body = { as, ...(documentId === undefined ? {} : { documentId }) };
    const work = (note: string) =>
      relay.call('POST /admin/deliveries/:id/resolve', { params: { id }, body: { ...body, note } });
    return shown(act(call, `Close ${id} as ${as}?`, work), renderClosed);
  });

  const closings = [
    [
      'skip',
      'close a delivery: it shall not be done',
      'POST /admin/deliveries/:id/skip',
      'Close as dropped:',
    ],
    ['release', 'let a held delivery go on', 'POST /admin/deliveries/:id/release', 'Release:'],
    ['hold', 'hold a delivery that waits, until it is released', 'POST /admin/deliveries/:id/hold', 'Hold:'],
    [
      'cancel',
      'close a delivery that waits, is held or is to be retried, without trying it',
      'POST /admin/deliveries/:id/cancel',
      'Cancel:',
    ],
    [
      'unblock',
      'let the line behind a delivery go on',
      'POST /admin/deliveries/:id/unblock',
      'Let the line pass:',
    ],
  ] as const;
  for (const [name, description, route, question] of closings) {
    const command = addActOptions(group.command(name)).description(description).argument('<id...>');
    onRelay(program, command, (call) => closeEach(call, route, question));
  }
}

type Closing = `POST /admin/deliveries/:id/${'skip' | 'release' | 'hold' | 'cancel' | 'unblock'}`;

/** One after the other, until one is refused. */
async function closeEach(call: RelayCall<unknown>, route: Closing, question: string) {
  const { relay, args: ids } = call;
  const work = async (note: string): Promise<Result<Answer<Closing>[], Failure>> => {
    const closed: Answer<Closing>[] = [];
    for (const id of ids) {
      const answer = await relay.call(route, { params: { id }, body: { note } });
      if (!answer.ok) return answer;
      closed.push(answer.value);
    }
    return ok(closed);
  };
  const done = await act(call, `${question} ${ids.join(', ')}?`, work);
  if (!done.ok) return done;
  const [only] = done.value;
  return ok({ json: ids.length === 1 ? only : done.value, text: done.value.map(renderClosed).join('\n') });
}

function renderClosed({ deliveryId, status }: Answer<Closing>): string {
  return `${deliveryId} is ${status}.`;
}

async function replayOne(call: RelayCall<ReplayOptions>) {
  const {
    relay,
    options,
    world,
    args: [id = ''],
  } = call;
  const input = await readInput(world, options.input);
  if (!input.ok) return input;
  const body = {
    ...(input.value === undefined ? {} : { input: input.value }),
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
    ...(options.force === true ? { force: true } : {}),
  };
  // A dry run with `force` wants its reason, too.
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  const params = { id };
  const dry = await relay.call('POST /admin/deliveries/:id/replay', {
    params,
    // Only who asks for the dry run itself has the ERP read for it.
    query: { dryRun: 'true', reads: options.dryRun === true ? undefined : 'false' },
    body: { ...body, ...reason },
  });
  if (!dry.ok) return dry;
  const plan = dry.value as DryRun;
  if (options.dryRun === true) return ok({ json: plan, text: `${renderPlan(plan)}${renderCalls(plan)}` });
  const work = (why: string) =>
    relay.call('POST /admin/deliveries/:id/replay', { params, body: { ...body, reason: why } });
  const replayed = await act(call, `${renderPlan(plan)}\nReplay it?`, work);
  if (!replayed.ok) return replayed;
  const { deliveryId } = replayed.value as { readonly deliveryId: string };
  return ok({ json: replayed.value, text: `${deliveryId} replays ${id}.` });
}

function renderPlan({ would, operation, target, operationKey, problem, supersededBy }: DryRun): string {
  const faults = problem?.errors.map(({ field, rule }) => `${field} ${rule}`).join('; ');
  return renderFields({
    would,
    operation: `${operation.name} on ${target}`,
    'operation key': operationKey,
    'superseded by': supersededBy,
    problem: problem === null ? null : `${problem.code}: ${problem.message}${faults ? ` (${faults})` : ''}`,
  });
}

function renderCalls({ calls, callsEnd, input }: DryRun): string {
  const lines = calls.map(
    ({ step, method, url, sent, status, failure }) =>
      `${step}: ${method} ${url} ${sent ? `→ ${status ?? failure}` : '(not sent)'}`,
  );
  const later = callsEnd.later.length === 0 ? '' : `, then ${callsEnd.later.join(' and ')}`;
  const end = `${callsEnd.kind}${later}${callsEnd.message === null ? '' : `: ${callsEnd.message}`}`;
  return printable(`\n\n${[...lines, end].join('\n')}\n\ninput ${JSON.stringify(input, null, 2)}`);
}

async function readInput(world: World, file: string | undefined): Promise<Result<unknown, Failure>> {
  if (file === undefined) return ok(undefined);
  try {
    return ok(JSON.parse(file === '-' ? await readAll(world) : readFileSync(file, 'utf8')));
  } catch (error) {
    return usage(`--input: ${(error as Error).message}`);
  }
}
