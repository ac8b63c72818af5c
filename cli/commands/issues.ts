// holdfast issues: failures by their cause, taken up once.

import { ok } from '../../src/core/result.ts';
import { walkPages } from '../api/pages.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, shown } from '../command.ts';
import { renderFields, renderTable, statusColour } from '../terminal/table.ts';
import { deliveryColumns } from './deliveries.ts';

type Issue = Answer<'GET /admin/issues'>['issues'][number];

const acts = [
  ['acknowledge', 'say that somebody looks after an issue', 'POST /admin/issues/:id/acknowledge'],
  ['resolve', 'say that an issue is over', 'POST /admin/issues/:id/resolve'],
  ['ignore', 'have nobody told of an issue any more', 'POST /admin/issues/:id/ignore'],
  ['reopen', 'open an issue again', 'POST /admin/issues/:id/reopen'],
] as const;

type ListOptions = {
  readonly state?: string;
  readonly target?: string;
  readonly operation?: string;
  readonly limit: string;
  readonly all?: true;
};

export function issueCommands(program: Program): void {
  const group = program.root.command('issues').description('failures by their cause');
  const list = group
    .command('list')
    .description('list issues, the last seen first')
    .option('--state <list>', 'one or several: open,acknowledged,resolved,ignored', 'open,acknowledged')
    .option('--target <id>', 'of this target')
    .option('--operation <name>', 'of this operation')
    .option('--limit <n>', 'issues on a page, 1 to 200', '50')
    .option('--all', 'every page');
  onRelay<ListOptions>(program, list, async ({ relay, options }) => {
    const { state, target, operation, limit, all = false } = options;
    const issues: Issue[] = [];
    const query = { state, target, operation, limit };
    const take = (page: { readonly issues: typeof issues }) => void issues.push(...page.issues);
    const last = await walkPages<Answer<'GET /admin/issues'>>({
      all,
      ask: (cursor) => relay.call('GET /admin/issues', { query: { ...query, cursor } }),
      take,
    });
    return last.ok ? ok({ json: { ...last.value, issues }, text: renderIssues(issues) }) : last;
  });

  const show = group
    .command('show')
    .description('show an issue with some of its deliveries')
    .argument('<id>');
  onRelay(program, show, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/issues/:id', { params: { id } }), renderIssue),
  );

  for (const [name, description, route] of acts) {
    const command = addActOptions(group.command(name)).description(description).argument('<id>');
    onRelay(program, command, (call) => {
      const params = { id: call.args[0] ?? '' };
      const work = (note: string) => call.relay.call(route, { params, body: { note } });
      return shown(act(call, `${name} ${params.id}?`, work), ({ id, state }) => `${id} is ${state}.`);
    });
  }
}

function renderIssues(issues: readonly Issue[]): string {
  return renderTable(issues, [
    { head: 'ID', of: ({ id }) => id },
    { head: 'STATE', of: ({ state }) => state, colour: ({ state }) => statusColour(state) },
    { head: 'OPEN', of: ({ openCount }) => openCount },
    { head: 'TARGET', of: ({ target }) => target },
    { head: 'OPERATION', of: ({ operation }) => operation },
    { head: 'CAUSE', of: ({ code, reason }) => code ?? reason },
    { head: 'LAST SEEN', of: ({ lastSeenAt }) => lastSeenAt },
    { head: 'MESSAGE', of: ({ message }) => message, max: 60 },
  ]);
}

function renderIssue(issue: Answer<'GET /admin/issues/:id'>): string {
  const { deliveries, alert, sources } = issue;
  return [
    renderFields({
      id: issue.id,
      state: `${issue.state} since ${issue.stateSince}`,
      by: issue.stateBy,
      note: issue.note,
      cause: [issue.reason, issue.code].filter(Boolean).join(' '),
      operation: `${issue.operation} on ${issue.target}`,
      message: issue.message,
      failures: `${issue.count}, of which ${issue.openCount} are open`,
      sources: sources.map(({ source, openCount }) => `${source} ${openCount}`).join(', '),
      seen: `${issue.firstSeenAt} to ${issue.lastSeenAt}`,
      alert,
    }),
    '',
    renderTable(deliveries, deliveryColumns),
  ].join('\n');
}
