// holdfast replays: replay of all dead letters that match, shown first, then done.

import { addFilterOptions, type FilterOptions, toFilter } from '../api/filter.ts';
import type { Answer } from '../api/relay-api.ts';
import { onRelay, type Program, shown } from '../command.ts';
import { renderTable } from '../terminal/table.ts';

export function replayCommands(program: Program): void {
  const group = program.root.command('replays').description('replay many at once');
  const plan = addFilterOptions(group.command('plan')).description(
    'show what a bulk replay would take, and take nothing',
  );
  onRelay<FilterOptions>(program, plan, ({ relay, options, world }) => {
    const filter = toFilter(options, world.now());
    return shown(relay.call('POST /admin/replays/plan', { body: { filter } as never }), renderPlan);
  });
}

export function renderPlan({
  count,
  oldestReceivedAt,
  groups,
  otherGroupCount,
}: Answer<'POST /admin/replays/plan'>): string {
  const rows = renderTable(groups, [
    { head: 'COUNT', of: (group) => group.count },
    { head: 'TARGET', of: (group) => group.target },
    { head: 'OPERATION', of: (group) => group.operation },
    { head: 'CAUSE', of: (group) => group.code ?? group.reason },
  ]);
  const others = otherGroupCount > 0 ? `\nand ${otherGroupCount} causes more` : '';
  return `${count} places match${oldestReceivedAt === null ? '' : `, the oldest of ${oldestReceivedAt}`}.\n${rows}${others}`;
}
