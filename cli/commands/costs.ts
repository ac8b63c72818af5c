// holdfast costs: what the platform bills, as the relay counts it.

import type { Answer } from '../api/relay-api.ts';
import { onRelay, type Program, shown } from '../command.ts';
import { renderFields, renderTable } from '../terminal/table.ts';

export function costCommands(program: Program): void {
  const command = program.root.command('costs').description('show what the platform bills, and for an event');
  onRelay(program, command, ({ relay }) => shown(relay.call('GET /admin/costs'), renderCosts));
}

function renderCosts({
  since,
  counts,
  perEvent,
  dollarsPerMillionEvents,
  prices,
}: Answer<'GET /admin/costs'>): string {
  const rows = Object.keys({ ...counts, ...dollarsPerMillionEvents });
  return [
    renderFields({ since, 'prices as of': prices.asOf, source: prices.source }),
    '',
    renderTable(rows, [
      { head: 'COUNT', of: (name) => name },
      { head: 'ALL', of: (name) => counts[name] },
      { head: 'AN EVENT', of: (name) => rounded(perEvent?.[name]) },
      { head: '$ A MILLION EVENTS', of: (name) => rounded(dollarsPerMillionEvents?.[name]) },
    ]),
  ].join('\n');
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}
