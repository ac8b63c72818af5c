// holdfast overview|lines: is it well, and what stands still. Reads only.

import type { Answer } from '../api/relay-api.ts';
import { onRelay, type Program, shown } from '../command.ts';
import { type Column, renderFields, renderTable, statusColour } from '../terminal/table.ts';

type Overview = Answer<'GET /admin/overview'>;

type Flow = Overview['sources'][number] | Overview['targets'][number];

export function overviewCommands(program: Program): void {
  const overview = program.root
    .command('overview')
    .description('is it well? what came, what became of it, what waits for a person')
    .option('--minutes <n>', 'the window that is counted, 1 to 1440', '60');
  onRelay<{ minutes: string }>(program, overview, ({ relay, options }) =>
    shown(relay.call('GET /admin/overview', { query: { windowMinutes: options.minutes } }), renderOverview),
  );

  const lines = program.root
    .command('lines')
    .description('list lines, the longest blocked first')
    .option('--blocked', 'only those that do not go on by themselves')
    .option('--target <id>', 'of this target')
    .option('--ordering-key <key>', 'of this ordering key')
    .option('--limit <n>', 'lines, 1 to 200', '50');
  type LineOptions = { blocked?: true; target?: string; orderingKey?: string; limit: string };
  onRelay<LineOptions>(program, lines, ({ relay, options }) => {
    const { blocked, target, orderingKey, limit } = options;
    const query = { blocked: blocked === true ? 'true' : undefined, target, orderingKey, limit };
    return shown(relay.call('GET /admin/lines', { query }), ({ lines: found }) =>
      renderTable(found, [
        { head: 'LINE', of: (line) => line.orderingKey, max: 40 },
        { head: 'TARGET', of: (line) => line.target },
        { head: 'BLOCKED', of: (line) => line.blocked, colour: (line) => (line.blocked ? 'red' : null) },
        { head: 'CAUSE', of: (line) => line.cause },
        { head: 'SECONDS', of: (line) => line.ageSeconds },
        { head: 'BEHIND', of: (line) => line.behindCount },
        { head: 'HEAD', of: (line) => line.head.id },
        { head: 'MESSAGE', of: (line) => line.head.message, max: 60 },
      ]),
    );
  });
}

function renderOverview(overview: Overview): string {
  const { all, sources, targets, issues, alerts, missing } = overview;
  const flow: readonly Column<Flow>[] = [
    { head: 'ID', of: ({ id }) => id },
    { head: 'RECEIVED', of: ({ received }) => received },
    { head: 'DELIVERED', of: ({ delivered }) => delivered },
    { head: 'WAITING', of: ({ waiting }) => waiting },
    { head: 'HELD', of: ({ held }) => held, colour: ({ held }) => (held > 0 ? 'yellow' : null) },
    {
      head: 'DEAD',
      of: ({ deadLettered }) => deadLettered,
      colour: (row) => (row.deadLettered > 0 ? 'red' : null),
    },
    { head: 'P95 MS', of: ({ latencyMs }) => latencyMs?.p95 },
    { head: 'LAST', of: ({ lastReceivedAt }) => lastReceivedAt },
  ];
  const circuit: Column<Overview['targets'][number]> = {
    head: 'CIRCUIT',
    of: (target) => target.circuit,
    colour: (target) => statusColour(target.circuit ?? ''),
  };
  return [
    renderFields({
      window: `${overview.windowMinutes} minutes, counted from ${overview.countedFrom}`,
      received: all.received,
      delivered: all.delivered,
      held: all.held,
      dead: all.deadLettered,
      issues: `${issues.open} open, ${issues.acknowledged} acknowledged, ${issues.ignored} ignored`,
      alerts:
        alerts === undefined || alerts === null
          ? null
          : `${alerts.critical} critical, ${alerts.warning} warnings`,
      'oldest ready': overview.oldestReadyAt,
      missing: missing.length === 0 ? null : missing.join(', '),
    }),
    `\nSources\n${renderTable(sources, flow)}`,
    `\nTargets\n${renderTable(targets, [...flow, circuit])}`,
  ].join('\n');
}
