// holdfast reconcile: compares what a sender lists with what the relay holds, and brings in what never came. A long range takes
// several calls, each going on where the one before ended.

import { ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { toInstant } from '../api/filter.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, type RelayCall, say, shown, usage } from '../command.ts';
import { renderFields, renderTable } from '../terminal/table.ts';

type Run = Answer<'POST /admin/sources/:id/reconcile'>;

type Options = {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: true;
  readonly status?: true;
};

export function reconcileCommands(program: Program): void {
  const command = addActOptions(program.root.command('reconcile'))
    .description("compare a source with its sender's own list, and bring in what is missing")
    .argument('<source>')
    .option('--from <time>', 'happened from then on: ISO 8601, or how long ago (2h, 7d)')
    .option('--to <time>', 'happened before then; now if absent')
    .option('--dry-run', 'name what is missing, and bring nothing in')
    .option('--status', 'show how the source stands, and compare nothing');
  onRelay<Options>(program, command, async (call) => {
    const {
      relay,
      options,
      args: [id = ''],
    } = call;
    if (options.status === true)
      return shown(relay.call('GET /admin/sources/:id/reconciliation', { params: { id } }), renderStanding);
    if (options.from === undefined) return usage('Say from when: --from 2h, or --from 2026-01-01T00:00:00Z.');
    const question =
      options.dryRun === true
        ? `Compare ${id} from ${options.from}, bringing nothing in?`
        : `Compare ${id} from ${options.from}, and bring in what is missing?`;
    const sure = {
      ...call,
      options: { ...options, ...(options.dryRun === true ? { yes: true as const } : {}) },
    };
    const ran = await act(sure, question, (reason) => runAll(call, id, reason));
    return ran.ok ? ok({ json: ran.value, text: renderRun(ran.value) }) : ran;
  });
}

/** All of the range; the counts of its parts added up. */
async function runAll(
  { relay, options, world }: RelayCall<Options>,
  id: string,
  reason: string,
): Promise<Result<Run, Failure>> {
  const now = world.now();
  const from = toInstant(options.from, now) ?? '';
  const to = toInstant(options.to, now) ?? new Date(now).toISOString();
  const fixed = { from, to, reason, dryRun: options.dryRun === true };
  let sum: Run | null = null;
  let cursor: string | null = null;
  do {
    const body: typeof fixed & { cursor?: string } = cursor === null ? fixed : { ...fixed, cursor };
    const part: Result<Run, Failure> = await relay.call('POST /admin/sources/:id/reconcile', {
      params: { id },
      body,
    });
    if (!part.ok) return part;
    sum = sum === null ? part.value : add(sum, part.value);
    cursor = part.value.cursor;
    if (cursor !== null) say(world, `${sum.listedCount} compared, ${sum.missingCount} missing so far …`);
  } while (cursor !== null);
  return ok(sum);
}

function add(sum: Run, part: Run): Run {
  return {
    ...part,
    startedAt: sum.startedAt,
    listedCount: sum.listedCount + part.listedCount,
    heldCount: sum.heldCount + part.heldCount,
    missingCount: sum.missingCount + part.missingCount,
    unreadableCount: sum.unreadableCount + part.unreadableCount,
    missing: [...sum.missing, ...part.missing],
  };
}

function renderRun({ source, from, to, dryRun, missing, ...counts }: Run): string {
  return [
    renderFields({
      source,
      range: `${from} to ${to}`,
      listed: counts.listedCount,
      held: counts.heldCount,
      missing: `${counts.missingCount}${dryRun ? ' (a dry run: nothing was brought in)' : ''}`,
      unreadable: counts.unreadableCount,
    }),
    ...(missing.length === 0
      ? []
      : [
          '',
          renderTable(missing, [
            { head: 'EVENT', of: ({ eventId }) => eventId },
            { head: 'TYPE', of: ({ type }) => type },
            { head: 'ABOUT', of: ({ orderingKey }) => orderingKey },
            { head: 'BROUGHT IN AS', of: (row) => row.id },
          ]),
        ]),
  ].join('\n');
}

function renderStanding(standing: Answer<'GET /admin/sources/:id/reconciliation'>): string {
  const { last, failure, subscriptions } = standing;
  return renderFields({
    source: standing.source,
    'every minutes': standing.everyMs / 60_000,
    'compared through': standing.comparedThrough,
    checked: standing.checkedAt,
    'under way': standing.underWay !== null,
    'last run': last === null ? null : `${last.listedCount} listed, ${last.missingCount} missing`,
    'webhooks gone': subscriptions?.lost.map(({ type, state }) => `${type} ${state}`).join(', '),
    failure: failure === null ? null : `since ${failure.since}: ${failure.message}`,
  });
}
