// holdfast export|import: dead letters as JSON lines, with the input of each, to be mended in an editor or by a script, and replayed. What
// is not changed in the file is replayed as its route maps it; what is changed, as an edited input.

import { createWriteStream, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { exitCodes } from '../api/failure.ts';
import { addFilterOptions, type FilterOptions, toFilter } from '../api/filter.ts';
import { walkPages } from '../api/pages.ts';
import type { Answer, Relay } from '../api/relay-api.ts';
import {
  act,
  addActOptions,
  type Ended,
  onRelay,
  type Program,
  type RelayCall,
  say,
  usage,
} from '../command.ts';
import { readAll } from '../terminal/ask.ts';
import { startProgress } from '../terminal/progress.ts';
import { renderTable } from '../terminal/table.ts';
import type { Delivery } from './deliveries.ts';
import type { DryRun } from './delivery-acts.ts';

/** A line of an export. Only `deliveryId` and `input` count where it is imported. */
type Line = { readonly deliveryId: string; readonly input?: unknown; readonly [about: string]: unknown };

type Planned = {
  readonly deliveryId: string;
  /** Absent: as the route maps it. */
  readonly input?: unknown;
  readonly problem: string | null;
};

export function deadLetterCommands(program: Program): void {
  const exported = addFilterOptions(program.root.command('export'))
    .description('write dead letters as JSON lines, with the input of each')
    .option('--out <file>', 'where to (0600); standard output if absent');
  onRelay<FilterOptions & { out?: string }>(program, exported, exportLines);

  const imported = addActOptions(program.root.command('import'))
    .description('replay the dead letters of an export, with the inputs that were edited in it')
    .argument('<file>', 'JSON lines; - for standard input')
    .option('--dry-run', 'check every line, and replay none')
    .option('--skip-bad', 'replay the good lines where others cannot be');
  onRelay<{ dryRun?: true; skipBad?: true }>(program, imported, importLines);
}

async function exportLines(call: RelayCall<FilterOptions & { out?: string }>): Promise<Ended> {
  const { relay, world, options } = call;
  const filter = { status: 'dead_lettered', ...toFilter(options, world.now()) };
  const deliveries: Delivery[] = [];
  const all = await walkPages<Answer<'GET /admin/deliveries'>>({
    all: true,
    ask: (cursor) => relay.call('GET /admin/deliveries', { query: { ...filter, limit: '200', cursor } }),
    take: (page) => void deliveries.push(...page.deliveries),
  });
  if (!all.ok) return all;
  // A replay that failed stands beside what it replayed; the later one has the place.
  const replayed = new Set(deliveries.flatMap(({ replay }) => (replay === null ? [] : [replay.of])));
  const latest = deliveries.filter(({ id }) => !replayed.has(id)).reverse();
  const out = options.out === undefined ? world.stdout : createWriteStream(options.out, { mode: 0o600 });
  const progress = startProgress(world, 'Reading inputs', latest.length);
  for (const delivery of latest) {
    const line = await toLine(relay, delivery);
    if (!line.ok) {
      progress.stop();
      return line;
    }
    out.write(`${JSON.stringify(line.value)}\n`);
    progress.advance();
  }
  progress.stop();
  if (options.out !== undefined) await new Promise<void>((done) => out.end(done));
  say(world, `${latest.length} dead letters, the oldest first.`);
  return ok(null);
}

async function toLine(relay: Relay, delivery: Delivery): Promise<Result<Line, Failure>> {
  const { id: deliveryId, event, route, operation, target, reason, code, message } = delivery;
  const dry = await dryRun(relay, { deliveryId });
  if (!dry.ok && dry.error.kind !== 'problem') return dry;
  // What is masked would be taken for an edit.
  const isWhole = dry.ok && dry.value.redacted.length === 0 && dry.value.input !== null;
  const { source, type, eventId, orderingKey, receivedAt } = event;
  return ok({
    deliveryId,
    ...{ source, type, eventId, orderingKey, receivedAt, route, operation, target, reason, code, message },
    ...(isWhole ? { input: dry.value.input } : {}),
  });
}

function dryRun(relay: Relay, { deliveryId, input }: Line) {
  return relay.call('POST /admin/deliveries/:id/replay', {
    params: { id: deliveryId },
    query: { dryRun: 'true', reads: 'false' },
    body: input === undefined ? {} : { input },
  }) as Promise<Result<DryRun, Failure>>;
}

async function importLines(call: RelayCall<{ dryRun?: true; skipBad?: true }>): Promise<Ended> {
  const {
    relay,
    world,
    options,
    args: [file = ''],
  } = call;
  const lines = parseLines(file === '-' ? await readAll(world) : readFileOf(file));
  if (!lines.ok) return lines;
  const progress = startProgress(world, 'Checking lines', lines.value.length);
  const planned: Planned[] = [];
  for (const line of lines.value) {
    const plan = await planLine(relay, line);
    if (!plan.ok) {
      progress.stop();
      return plan;
    }
    planned.push(plan.value);
    progress.advance();
  }
  progress.stop();
  const bad = planned.filter(({ problem }) => problem !== null);
  const isRefused = bad.length > 0 && options.skipBad !== true;
  if (options.dryRun === true || isRefused || bad.length === planned.length) {
    const isBad = bad.length > 0;
    return ok({
      json: { planned },
      text: renderPlan(planned),
      exitCode: isBad ? exitCodes.failed : exitCodes.done,
    });
  }
  const good = planned.filter(({ problem }) => problem === null);
  const done = await act(call, `${renderPlan(planned)}\nReplay ${good.length}?`, (reason) =>
    replayAll(call, good, reason),
  );
  if (!done.ok) return done;
  const { replayed, refused } = done.value;
  const rows = refused.map(({ deliveryId, reason }) => `\n  ${deliveryId}: ${reason}`).join('');
  const exitCode = refused.length + bad.length > 0 ? exitCodes.failed : exitCodes.done;
  return ok({
    json: done.value,
    text: `${replayed.length} replayed, ${refused.length} refused.${rows}`,
    exitCode,
  });
}

function readFileOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parseLines(text: string | null): Result<readonly Line[], Failure> {
  if (text === null) return usage('The file cannot be read.');
  const lines: Line[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    if (parsed === null) return usage(`Line ${index + 1} is no JSON with a deliveryId.`);
    lines.push(parsed);
  }
  if (lines.length === 0) return usage('There is no dead letter in it.');
  const ids = new Set(lines.map(({ deliveryId }) => deliveryId));
  return ids.size === lines.length ? ok(lines) : usage('A delivery stands in it twice.');
}

function parseLine(line: string): Line | null {
  try {
    const value = JSON.parse(line) as Partial<Line> | null;
    return typeof value?.deliveryId === 'string' ? (value as Line) : null;
  } catch {
    return null;
  }
}

/** Edited is what differs from what the route gives today. */
async function planLine(relay: Relay, { deliveryId, input }: Line): Promise<Result<Planned, Failure>> {
  const today = await dryRun(relay, { deliveryId });
  if (!today.ok) return toPlanned(deliveryId, today.error);
  if (input === undefined || isDeepStrictEqual(today.value.input, input))
    return ok({ deliveryId, problem: problemOf(today.value) });
  const edited = await dryRun(relay, { deliveryId, input });
  if (!edited.ok) return toPlanned(deliveryId, edited.error);
  return ok({ deliveryId, input, problem: problemOf(edited.value) });
}

/** What the relay says of one line is no end of the others; that it cannot be asked is. */
function toPlanned(deliveryId: string, failure: Failure): Result<Planned, Failure> {
  if (failure.kind !== 'problem' || ![404, 409, 422].includes(failure.problem.status))
    return { ok: false, error: failure };
  const { code, detail, errors = [] } = failure.problem;
  const fields = errors.map(({ field, rule }) => `${field} ${rule}`).join('; ');
  return ok({ deliveryId, problem: [code, fields || detail].filter(Boolean).join(': ') });
}

function problemOf({ problem }: DryRun): string | null {
  if (problem === null) return null;
  const fields = problem.errors.map(({ field, rule }) => `${field} ${rule}`).join('; ');
  return `${problem.code}: ${fields || problem.message}`;
}

function renderPlan(planned: readonly Planned[]): string {
  const edited = planned.filter(({ input, problem }) => input !== undefined && problem === null).length;
  const bad = planned.filter(({ problem }) => problem !== null);
  const summary = `${planned.length} lines: ${edited} edited, ${bad.length} that cannot be replayed.`;
  if (bad.length === 0) return summary;
  const rows = renderTable(bad, [
    { head: 'DELIVERY', of: ({ deliveryId }) => deliveryId },
    { head: 'WHY NOT', of: ({ problem }) => problem },
  ]);
  return `${summary}\n${rows}`;
}

type Replayed = {
  readonly replayed: { readonly deliveryId: string; readonly replayOf: string }[];
  readonly refused: { readonly deliveryId: string; readonly reason: string }[];
};

async function replayAll(
  { relay, world }: RelayCall<unknown>,
  planned: readonly Planned[],
  reason: string,
): Promise<Result<Replayed, Failure>> {
  const done: Replayed = { replayed: [], refused: [] };
  const progress = startProgress(world, 'Replaying', planned.length);
  for (const { deliveryId, input } of planned) {
    const body = input === undefined ? { reason } : { reason, input };
    const answer = await relay.call('POST /admin/deliveries/:id/replay', {
      params: { id: deliveryId },
      body,
    });
    if (answer.ok) done.replayed.push(answer.value as Replayed['replayed'][number]);
    else if (answer.error.kind === 'problem')
      done.refused.push({ deliveryId, reason: answer.error.problem.code });
    else {
      progress.stop();
      return answer;
    }
    progress.advance();
  }
  progress.stop();
  return ok(done);
}
