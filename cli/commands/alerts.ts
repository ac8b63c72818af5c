// holdfast alerts: what a person has to look at, and that somebody does.

import { Option } from 'commander';
import { ok } from '../../src/core/result.ts';
import { walkPages } from '../api/pages.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, shown } from '../command.ts';
import { renderTable, statusColour } from '../terminal/table.ts';

type Alert = Answer<'GET /admin/alerts'>['alerts'][number];

export function alertCommands(program: Program): void {
  const group = program.root.command('alerts').description('what a person has to look at');
  const list = group
    .command('list')
    .description('list alerts, the newest first')
    .addOption(new Option('--status <status>', 'which').choices(['open', 'resolved']).default('open'))
    .option('--limit <n>', 'alerts on a page, 1 to 200', '50')
    .option('--all', 'every page');
  onRelay<{ status: string; limit: string; all?: true }>(program, list, async ({ relay, options }) => {
    const { status, limit, all = false } = options;
    const alerts: Alert[] = [];
    const take = (page: { readonly alerts: typeof alerts }) => void alerts.push(...page.alerts);
    const last = await walkPages<Answer<'GET /admin/alerts'>>({
      all,
      ask: (cursor) => relay.call('GET /admin/alerts', { query: { status, limit, cursor } }),
      take,
    });
    return last.ok ? ok({ json: { ...last.value, alerts }, text: renderAlerts(alerts) }) : last;
  });

  const acknowledge = addActOptions(group.command('acknowledge'))
    .description('say that somebody looks after an alert')
    .argument('<id>');
  onRelay(program, acknowledge, (call) => {
    const params = { id: call.args[0] ?? '' };
    const work = (note: string) =>
      call.relay.call('POST /admin/alerts/:id/acknowledge', { params, body: { note } });
    return shown(act(call, `Acknowledge ${params.id}?`, work), ({ id }) => `${id} is acknowledged.`);
  });
}

function renderAlerts(alerts: readonly Alert[]): string {
  return renderTable(alerts, [
    { head: 'ID', of: ({ id }) => id },
    { head: 'SEVERITY', of: ({ severity }) => severity, colour: ({ severity }) => statusColour(severity) },
    { head: 'RULE', of: ({ rule }) => rule },
    { head: 'CAUSE', of: ({ cause }) => cause, max: 50 },
    { head: 'SINCE', of: ({ since }) => since },
    { head: 'COUNT', of: ({ count }) => count },
    { head: 'LOOKED AFTER BY', of: ({ acknowledged }) => acknowledged?.by },
    { head: 'SUMMARY', of: ({ summary }) => summary, max: 70 },
  ]);
}
