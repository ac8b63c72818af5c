// holdfast sources: who may post and where, how it is verified, what was not accepted and why, and what a source may run.

import { err, ok } from '../../src/core/result.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, shown, usage } from '../command.ts';
import { renderFields, renderTable } from '../terminal/table.ts';

type Source = Answer<'GET /admin/sources'>['sources'][number];

export function sourceCommands(program: Program): void {
  const group = program.root.command('sources').description('the senders of webhooks');
  const list = group.command('list').description('list sources');
  onRelay(program, list, ({ relay }) =>
    shown(relay.call('GET /admin/sources'), ({ sources }) =>
      renderTable(sources, [
        { head: 'ID', of: ({ id }) => id },
        { head: 'SENDER', of: ({ preset }) => preset },
        { head: 'SIGNED BY', of: ({ scheme }) => scheme },
        { head: 'INGEST URL', of: ({ ingestPath }) => `${relay.url}${ingestPath}` },
        { head: 'SECRET', of: ({ secretVariable }) => secretVariable },
        { head: 'MAY RUN', of: ({ grants }) => toGrants(grants), max: 50 },
      ]),
    ),
  );

  const show = group.command('show').description('show one source').argument('<id>');
  onRelay(program, show, async ({ relay, args: [id = ''] }) => {
    const all = await relay.call('GET /admin/sources');
    if (!all.ok) return all;
    const source = all.value.sources.find((each) => each.id === id);
    return source === undefined
      ? err({ kind: 'not_found', message: `There is no source ${id}, or this key does not see it.` })
      : ok({ json: source, text: renderSource(source, relay.url) });
  });

  const rejected = group
    .command('rejected')
    .description('list requests that were not accepted, and why, the newest first')
    .argument('[id]', 'of this source')
    .option('--limit <n>', 'requests, 1 to 200', '50');
  onRelay<{ limit: string }>(program, rejected, ({ relay, options, args: [source] }) => {
    const query = { limit: options.limit, source };
    return shown(relay.call('GET /admin/rejected-requests', { query }), ({ rejectedRequests }) =>
      renderTable(rejectedRequests, [
        { head: 'AT', of: ({ at }) => at },
        { head: 'SOURCE', of: (row) => row.source },
        { head: 'STAGE', of: ({ stage }) => stage },
        { head: 'REASON', of: ({ reason }) => reason },
        { head: 'DETAIL', of: ({ detail }) => detail, max: 80 },
      ]),
    );
  });

  grantsCommand(program, group);
}

function grantsCommand(program: Program, group: ReturnType<Program['root']['command']>): void {
  const grants = addActOptions(group.command('grants'))
    .description('set what a source may run, without a deploy')
    .argument('<id>')
    .argument('[grant...]', 'OPERATION@TARGET, * for every one; none with --nothing')
    .option('--nothing', 'it may run nothing')
    .option('--routes', 'what its routes say, as the integration declares it');
  onRelay<{ nothing?: true; routes?: true }>(program, grants, (call) => {
    const [id = '', ...given] = call.args;
    const { nothing, routes } = call.options;
    const ways = [given.length > 0, nothing === true, routes === true].filter(Boolean);
    const pairs = given.map((pair) => /^([^@]+)@(.+)$/.exec(pair));
    if (ways.length !== 1 || pairs.includes(null))
      return Promise.resolve(
        usage('Say either OPERATION@TARGET, one or several, or --nothing, or --routes.'),
      );
    const wanted =
      routes === true ? null : pairs.map((pair) => ({ operation: pair?.[1] ?? '', target: pair?.[2] ?? '' }));
    const work = (reason: string) =>
      call.relay.call('PUT /admin/sources/:id/grants', { params: { id }, body: { grants: wanted, reason } });
    return shown(act(call, `Let ${id} run ${toGrants(wanted)}?`, work), (set) => {
      const refused =
        set.refusedRoutes.length === 0 ? '' : ` Refused from now on: ${set.refusedRoutes.join(', ')}.`;
      return `${set.id} may run ${toGrants(set.grants)}.${refused}`;
    });
  });
}

function toGrants(grants: Source['grants']): string {
  if (grants === null) return 'what its routes say';
  if (grants === 'unavailable') return 'unknown: the registry does not answer';
  return grants.length === 0
    ? 'nothing'
    : grants.map(({ operation, target }) => `${operation}@${target}`).join(' ');
}

function renderSource(source: Source, url: string): string {
  return renderFields({
    id: source.id,
    sender: source.preset,
    'signed by': source.scheme,
    'ingest URL': `${url}${source.ingestPath}`,
    secret: source.secretVariable,
    'previous secret': source.hasPreviousSecret ? 'still good' : 'none',
    topics: source.topics?.join(', '),
    'may run': toGrants(source.grants),
  });
}
