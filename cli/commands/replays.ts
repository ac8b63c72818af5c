// holdfast replays: one act on all that matches a filter, as a job of the relay: what it would take is shown first; then it goes on by
// itself, whether this command watches or not.

import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { ok, type Result } from '../../src/core/result.ts';
import { exitCodes, type Failure } from '../api/failure.ts';
import { addFilterOptions, type FilterOptions, toFilter } from '../api/filter.ts';
import type { Answer } from '../api/relay-api.ts';
import {
  act,
  addActOptions,
  type Ended,
  onRelay,
  type Program,
  type RelayCall,
  shown,
  usage,
} from '../command.ts';
import { startProgress } from '../terminal/progress.ts';
import { renderFields, renderTable, statusColour } from '../terminal/table.ts';

type Job = Answer<'GET /admin/replays/:id'>;

type Act = Job['act'];

type StartOptions = FilterOptions & {
  readonly act: Act;
  readonly as?: 'done' | 'dropped';
  readonly rate?: string;
  readonly limit?: string;
  readonly wait?: true;
};

const actChoices = ['replay', 'skip', 'resolve', 'release'];

/** A job steps about once a second, ms. */
const pollEveryMs = 1_000;

export function replayCommands(program: Program): void {
  const group = program.root.command('replays').description('one act on all that matches, as a job');
  const actOption = () =>
    new Option('--act <what>', 'what is done to each').choices(actChoices).default('replay');

  const plan = addFilterOptions(group.command('plan'))
    .description('show what a job would take, and take nothing')
    .addOption(actOption());
  onRelay<StartOptions>(program, plan, (call) => shown(planOf(call), renderPlan));

  const start = addActOptions(addFilterOptions(group.command('start')))
    .description('replay, skip, resolve or release all that matches; the plan comes first')
    .addOption(actOption())
    .addOption(new Option('--as <what>', 'of resolve: which of the two').choices(['done', 'dropped']))
    .option('--rate <n>', 'so many a second, at most')
    .option('--limit <n>', 'so many, at most')
    .option('--wait', 'watch it to its end; it goes on without, too');
  onRelay<StartOptions>(program, start, startJob);

  readCommands(program, group);
}

function readCommands(program: Program, group: Command): void {
  const list = group
    .command('list')
    .description('list jobs, running ones first, then the newest')
    .option('--limit <n>', 'jobs, 1 to 200', '50');
  onRelay<{ limit: string }>(program, list, ({ relay, options }) =>
    shown(relay.call('GET /admin/replays', { query: { limit: options.limit } }), ({ replays }) =>
      renderTable(replays, [
        { head: 'ID', of: ({ id }) => id },
        { head: 'STATUS', of: ({ status }) => status, colour: ({ status }) => statusColour(status) },
        { head: 'ACT', of: (job) => job.act },
        { head: 'DONE', of: ({ done, total }) => `${done} of ${total ?? '?'}` },
        { head: 'REFUSED', of: ({ refused }) => refused },
        { head: 'STARTED', of: ({ createdAt }) => createdAt },
        { head: 'BY', of: ({ actor }) => actor },
        { head: 'REASON', of: ({ reason }) => reason, max: 50 },
      ]),
    ),
  );

  const show = group
    .command('show')
    .description('show how a job stands')
    .argument('<id>')
    .option('--wait', 'watch it to its end');
  onRelay<{ wait?: true }>(program, show, async (call) => {
    const id = call.args[0] ?? '';
    const job = await call.relay.call('GET /admin/replays/:id', { params: { id } });
    if (!job.ok) return job;
    return call.options.wait === true ? watch(call, job.value) : ok(toShown(job.value, exitCodes.done));
  });

  const cancel = addActOptions(group.command('cancel'))
    .description('stop a job; what it has done stays done')
    .argument('<id>');
  onRelay(program, cancel, (call) => {
    const params = { id: call.args[0] ?? '' };
    const work = (note: string) =>
      call.relay.call('POST /admin/replays/:id/cancel', { params, body: { note } });
    return shown(act(call, `Stop ${params.id}?`, work), renderJob);
  });
}

function planOf({ relay, options, world }: RelayCall<StartOptions>) {
  const filter = toFilter(options, world.now()) as { status?: never };
  return relay.call('POST /admin/replays/plan', { body: { filter, act: options.act } });
}

function toCount(text: string | undefined, option: string): Result<number | null, Failure> {
  if (text === undefined) return ok(null);
  return /^[1-9]\d{0,8}$/.test(text)
    ? ok(Number(text))
    : usage(`${option} must be a whole number, 1 or more.`);
}

async function startJob(call: RelayCall<StartOptions>): Promise<Ended> {
  const { relay, options, world } = call;
  const rate = toCount(options.rate, '--rate');
  if (!rate.ok) return rate;
  const limit = toCount(options.limit, '--limit');
  if (!limit.ok) return limit;
  const plan = await planOf(call);
  if (!plan.ok) return plan;
  if (plan.value.count === 0) return ok({ json: plan.value, text: 'Nothing matches.' });
  const body = {
    filter: toFilter(options, world.now()) as { status?: never },
    act: options.act,
    ...(options.as === undefined ? {} : { as: options.as }),
    ...(rate.value === null ? {} : { ratePerSecond: rate.value }),
    ...(limit.value === null ? {} : { limit: limit.value }),
  };
  const work = (reason: string) => relay.call('POST /admin/replays', { body: { ...body, reason } });
  const started = await act(call, `${renderPlan(plan.value)}\n${options.act} them?`, work);
  if (!started.ok) return started;
  if (options.wait === true) return watch(call, started.value);
  const { id } = started.value;
  return ok({
    json: started.value,
    text: `${renderJob(started.value)}\n\nIt goes on by itself: holdfast replays show ${id}`,
  });
}

/** To its end, or to that of this command: the job goes on all the same. */
async function watch({ relay, world }: RelayCall<unknown>, first: Job): Promise<Ended> {
  const { id } = first;
  let job = first;
  let progress = startProgress(world, first.act, first.total ?? 0);
  let shownDone = 0;
  while (job.status === 'running') {
    await wait(pollEveryMs);
    const next = await relay.call('GET /admin/replays/:id', { params: { id } });
    if (!next.ok) {
      progress.stop();
      return next;
    }
    if (job.total === null && next.value.total !== null)
      progress = startProgress(world, job.act, next.value.total);
    job = next.value;
    progress.advance(job.done + job.refused - shownDone);
    shownDone = job.done + job.refused;
  }
  progress.stop();
  const isWell = job.status === 'succeeded' && job.refused === 0;
  return ok(toShown(job, isWell ? exitCodes.done : exitCodes.failed));
}

function toShown(job: Job, exitCode: number) {
  return { json: job, text: renderJob(job), exitCode };
}

function renderJob(job: Job): string {
  const { refusals, cancelled, problem } = job;
  const fields = renderFields({
    id: job.id,
    status: job.status,
    act: job.act,
    filter: JSON.stringify(job.filter),
    done: `${job.done} of ${job.total ?? 'a number that is being counted'}`,
    refused: job.refused,
    rate: `${job.ratePerSecond} a second`,
    started: `${job.createdAt} by ${job.actor}: ${job.reason}`,
    finished: job.finishedAt,
    'ends about': job.finishedAt === null ? job.estimatedEndAt : null,
    cancelled: cancelled === undefined ? null : `by ${cancelled.by}: ${cancelled.note}`,
    problem: problem === undefined ? null : `${problem.code}: ${problem.message}`,
  });
  if (refusals.length === 0) return fields;
  const rows = renderTable(refusals, [
    { head: 'REFUSED', of: ({ deliveryId }) => deliveryId },
    { head: 'WHY', of: ({ reason }) => reason },
  ]);
  return `${fields}\n\n${rows}`;
}

function renderPlan(plan: Answer<'POST /admin/replays/plan'>): string {
  const { count, oldestReceivedAt, groups, otherGroupCount } = plan;
  const rows = renderTable(groups, [
    { head: 'COUNT', of: (group) => group.count },
    { head: 'TARGET', of: (group) => group.target },
    { head: 'OPERATION', of: (group) => group.operation },
    { head: 'CAUSE', of: (group) => group.code ?? group.reason },
  ]);
  const others = otherGroupCount > 0 ? `\nand ${otherGroupCount} causes more` : '';
  return `${count} match${oldestReceivedAt === null ? '' : `, the oldest of ${oldestReceivedAt}`}.\n${rows}${others}`;
}
