// holdfast credentials: who may call, and what each may do. A key is printed once, on standard output, by the command that makes it.

import { type Command, Option } from 'commander';
import { ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { parseDuration } from '../api/filter.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, say, shown, usage } from '../command.ts';
import { renderFields, renderTable, statusColour } from '../terminal/table.ts';

type Credential = Answer<'GET /admin/credentials/:id'>;

type Issued = Answer<'POST /admin/credentials'>;

type CreateOptions = {
  readonly preset?: 'viewer' | 'operator' | 'integration' | 'admin';
  readonly scope?: string[];
  readonly source?: string[];
  readonly grant?: string[];
  readonly expires?: string;
};

export function credentialCommands(program: Program): void {
  const group = program.root.command('credentials').description('who may call the relay, and do what');
  readCommands(program, group);
  createCommand(program, group);

  const rotate = addActOptions(group.command('rotate'))
    .description('give a credential a new key, printed this once')
    .argument('<id>')
    .option('--overlap <time>', 'how long the old key stays good: 0s to 30d', '1d');
  onRelay<{ overlap: string }>(program, rotate, (call) => {
    const overlapSeconds = toSeconds(call.options.overlap);
    if (!overlapSeconds.ok) return Promise.resolve(overlapSeconds);
    const params = { id: call.args[0] ?? '' };
    const work = (reason: string) =>
      call.relay.call('POST /admin/credentials/:id/rotate', {
        params,
        body: { overlapSeconds: overlapSeconds.value, reason },
      });
    const question = `Give ${params.id} a new key? The old one is good for ${call.options.overlap} more.`;
    return shown(act(call, question, work), renderIssued);
  });

  const revoke = addActOptions(group.command('revoke'))
    .description('end a credential: everywhere within 3 s')
    .argument('<id>');
  onRelay(program, revoke, (call) => {
    const params = { id: call.args[0] ?? '' };
    const work = (reason: string) =>
      call.relay.call('POST /admin/credentials/:id/revoke', { params, body: { reason } });
    return shown(act(call, `Revoke ${params.id}?`, work), ({ id, name }) => `${id} (${name}) is revoked.`);
  });
}

function readCommands(program: Program, group: Command): void {
  const list = group.command('list').description('list credentials');
  onRelay(program, list, ({ relay }) =>
    shown(relay.call('GET /admin/credentials'), ({ credentials }) =>
      renderTable(credentials, [
        { head: 'ID', of: ({ id }) => id },
        { head: 'NAME', of: ({ name }) => name },
        { head: 'STATE', of: ({ state }) => state, colour: ({ state }) => statusColour(state) },
        { head: 'KEYS', of: ({ keys }) => keys.map(({ hint }) => `…${hint}`).join(' ') },
        { head: 'SOURCES', of: ({ sources }) => sources?.join(' ') ?? 'all' },
        { head: 'EXPIRES', of: ({ expiresAt }) => expiresAt },
        { head: 'LAST USED', of: ({ lastUsedAt }) => lastUsedAt },
        { head: 'SCOPES', of: ({ scopes }) => scopes.join(' '), max: 60 },
      ]),
    ),
  );
  const show = group.command('show').description('show one credential').argument('<id>');
  onRelay(program, show, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/credentials/:id', { params: { id } }), renderCredential),
  );
  const usageCommand = group
    .command('usage')
    .description('show what a credential does, and what it was granted and does not use')
    .argument('<id>');
  onRelay(program, usageCommand, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/credentials/:id/usage', { params: { id } }), renderUsage),
  );
}

function createCommand(program: Program, group: Command): void {
  const create = addActOptions(group.command('create'))
    .description('make a credential; its key is printed this once')
    .argument('<name>', 'who holds it')
    .addOption(
      new Option('--preset <name>', 'a set of scopes').choices([
        'viewer',
        'operator',
        'integration',
        'admin',
      ]),
    )
    .option('--scope <scope...>', 'scopes, in place of a preset')
    .option('--source <id...>', 'it sees only these sources')
    .option('--grant <pair...>', 'it may run and see only this: OPERATION@TARGET, * for every one')
    .option('--expires <time>', 'when it ends: ISO 8601, or in how long (30d)');
  onRelay<CreateOptions>(program, create, (call) => {
    const { preset, scope, source, grant = [], expires } = call.options;
    const grants = grant.map((pair) => /^([^@]+)@(.+)$/.exec(pair));
    if (grants.includes(null)) return Promise.resolve(usage('--grant must be OPERATION@TARGET.'));
    const inMs = expires === undefined ? null : parseDuration(expires);
    const expiresAt = inMs === null ? expires : new Date(call.world.now() + inMs).toISOString();
    const body = {
      name: call.args[0] ?? '',
      ...(preset === undefined ? {} : { preset }),
      ...(scope === undefined ? {} : { scopes: scope as Issued['credential']['scopes'] as never }),
      ...(source === undefined ? {} : { sources: source }),
      ...(grants.length === 0
        ? {}
        : { grants: grants.map((pair) => ({ operation: pair?.[1] ?? '', target: pair?.[2] ?? '' })) }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
    const work = (reason: string) =>
      call.relay.call('POST /admin/credentials', { body: { ...body, reason } });
    const what = preset ?? scope?.join(' ') ?? 'no scopes';
    const question = `Make a credential for ${body.name} with ${what}?`;
    return shown(act(call, question, work), (issued) => {
      say(call.world, 'This is the only time the key is shown.');
      return renderIssued(issued);
    });
  });
}

/** s; what is no length of time is a mistake of whoever typed it. */
export function toSeconds(text: string): Result<number, Failure> {
  const ms = parseDuration(text);
  return ms === null
    ? usage(`${JSON.stringify(text)} is no length of time: 3600s, 90m, 24h or 30d.`)
    : ok(ms / 1_000);
}

function renderIssued({ credential, key }: Issued): string {
  return `${renderCredential(credential)}\n\n${key ?? 'It is proven by tokens: it has no key.'}`;
}

function renderCredential({
  id,
  name,
  state,
  scopes,
  sources,
  grants,
  expiresAt,
  token,
  revoked,
}: Credential): string {
  return renderFields({
    id,
    name,
    state,
    scopes: scopes.join(' '),
    sources: sources?.join(' ') ?? 'all',
    grants: grants?.map(({ operation, target }) => `${operation}@${target}`).join(' ') ?? 'all',
    expires: expiresAt,
    'proven by': token === null ? 'a key' : `tokens of ${token.issuer} for ${token.subject}`,
    revoked: revoked === null ? null : `${revoked.at} by ${revoked.by}: ${revoked.reason}`,
  });
}

function renderUsage(used: Answer<'GET /admin/credentials/:id/usage'>): string {
  const { scopes, operations, unusedScopes, unusedGrants } = used;
  return [
    renderTable(
      [
        ...scopes.map(({ scope, ...at }) => ({ what: scope, ...at })),
        ...operations.map(({ operation, target, ...at }) => ({ what: `${operation}@${target}`, ...at })),
      ],
      [
        { head: 'USED', of: ({ what }) => what },
        { head: 'FIRST', of: ({ firstUsedAt }) => firstUsedAt },
        { head: 'LAST', of: ({ lastUsedAt }) => lastUsedAt },
      ],
    ),
    '',
    renderFields({
      'never used': [
        ...unusedScopes,
        ...unusedGrants.map(({ operation, target }) => `${operation}@${target}`),
      ].join(' '),
    }),
  ].join('\n');
}
