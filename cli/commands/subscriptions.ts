// holdfast subscriptions: URLs that are told, signed, of what ended. A secret is printed once, by the command that makes it.

import type { Command } from 'commander';
import { ok } from '../../src/core/result.ts';
import { exitCodes } from '../api/failure.ts';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, say, shown } from '../command.ts';
import { renderFields, renderTable, statusColour } from '../terminal/table.ts';
import { toSeconds } from './credentials.ts';

type Subscription = Answer<'GET /admin/subscriptions/:id'>;

type CreateOptions = {
  readonly type: string[];
  readonly source?: string[];
  readonly target?: string[];
  readonly entity?: string[];
  readonly description?: string;
};

export function subscriptionCommands(program: Program): void {
  const group = program.root.command('subscriptions').description('URLs that are told of what ended');
  readCommands(program, group);
  makeCommands(program, group);
  changeCommand(program, group);
  stateCommands(program, group);
}

function readCommands(program: Program, group: Command): void {
  const list = group.command('list').description('list subscriptions');
  onRelay(program, list, ({ relay }) =>
    shown(relay.call('GET /admin/subscriptions'), ({ subscriptions }) =>
      renderTable(subscriptions, [
        { head: 'ID', of: ({ id }) => id },
        { head: 'STATE', of: ({ state }) => state, colour: ({ state }) => statusColour(state) },
        { head: 'URL', of: ({ url }) => url },
        { head: 'TYPES', of: ({ types }) => types.join(' '), max: 60 },
        { head: 'FAILING SINCE', of: ({ failing }) => failing?.since },
      ]),
    ),
  );
  const show = group.command('show').description('show one subscription').argument('<id>');
  onRelay(program, show, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/subscriptions/:id', { params: { id } }), renderSubscription),
  );
}

function makeCommands(program: Program, group: Command): void {
  const create = addActOptions(group.command('create'))
    .description('have a URL told; its secret is printed this once')
    .argument('<receiver>', 'its URL, https')
    .requiredOption('--type <type...>', 'what it is told: sale.confirmed, delivery.dead_lettered …')
    .option('--source <id...>', 'only of these sources')
    .option('--target <id...>', 'only of these targets')
    .option('--entity <name...>', 'only about these: order, or order/1001')
    .option('--description <text>', 'what it is for');
  onRelay<CreateOptions>(program, create, (call) => {
    const { type, source, target, entity, description } = call.options;
    const body = {
      url: call.args[0] ?? '',
      types: type as never,
      ...(source === undefined ? {} : { sources: source }),
      ...(target === undefined ? {} : { targets: target }),
      ...(entity === undefined ? {} : { entities: entity }),
      ...(description === undefined ? {} : { description }),
    };
    const work = (reason: string) =>
      call.relay.call('POST /admin/subscriptions', { body: { ...body, reason } });
    return shown(act(call, `Tell ${body.url} of ${type.join(', ')}?`, work), (made) => {
      say(call.world, 'This is the only time the secret is shown.');
      return renderMade(made);
    });
  });

  const rotate = addActOptions(group.command('rotate'))
    .description('give a subscription a new secret, printed this once')
    .argument('<id>')
    .option('--overlap <time>', 'how long the old one signs beside it: 0s to 30d', '1d');
  onRelay<{ overlap: string }>(program, rotate, (call) => {
    const overlapSeconds = toSeconds(call.options.overlap);
    if (!overlapSeconds.ok) return Promise.resolve(overlapSeconds);
    const params = { id: call.args[0] ?? '' };
    const body = { overlapSeconds: overlapSeconds.value };
    const work = (reason: string) =>
      call.relay.call('POST /admin/subscriptions/:id/rotate', { params, body: { ...body, reason } });
    return shown(act(call, `Give ${params.id} a new secret?`, work), renderMade);
  });
}

type ChangeOptions = Partial<CreateOptions> & { readonly receiver?: string };

/** What is not said stays; `all` in the place of names takes a narrowing away. */
function changeCommand(program: Program, group: Command): void {
  const change = addActOptions(group.command('change'))
    .description('change the address or the filter of a subscription')
    .argument('<id>')
    .option('--receiver <url>', 'its URL, https')
    .option('--type <type...>', 'what it is told')
    .option('--source <id...>', 'only of these sources, or all')
    .option('--target <id...>', 'only of these targets, or all')
    .option('--entity <name...>', 'only about these, or all')
    .option('--description <text>', 'what it is for');
  onRelay<ChangeOptions>(program, change, (call) => {
    const { receiver, type, source, target, entity, description } = call.options;
    const named = { sources: source, targets: target, entities: entity };
    const narrowed = Object.entries(named)
      .filter(([, names]) => names !== undefined)
      .map(([field, names]) => [field, names?.[0] === 'all' ? null : names]);
    const body = {
      ...(receiver === undefined ? {} : { url: receiver }),
      ...(type === undefined ? {} : { types: type as never }),
      ...(description === undefined ? {} : { description }),
      ...Object.fromEntries(narrowed),
    };
    const params = { id: call.args[0] ?? '' };
    const work = (reason: string) =>
      call.relay.call('PATCH /admin/subscriptions/:id', { params, body: { ...body, reason } });
    return shown(act(call, `Change ${params.id}?`, work), renderSubscription);
  });
}

function stateCommands(program: Program, group: Command): void {
  const test = addActOptions(group.command('test'))
    .description('send a test event, and say what the receiver answered')
    .argument('<id>');
  onRelay(program, test, async (call) => {
    const params = { id: call.args[0] ?? '' };
    const work = (reason: string) =>
      call.relay.call('POST /admin/subscriptions/:id/test', { params, body: { reason } });
    const sent = await act(call, `Send ${params.id} a test event?`, work);
    if (!sent.ok) return sent;
    const { taken, status, message } = sent.value;
    const text =
      `${taken ? 'It took it' : 'It did not take it'}: ${status ?? 'no answer'} ${message ?? ''}`.trim();
    return ok({ json: sent.value, text, exitCode: taken ? exitCodes.done : exitCodes.failed });
  });

  const states = [
    ['disable', 'stop a subscription', 'POST /admin/subscriptions/:id/disable'],
    ['enable', 'start a subscription again', 'POST /admin/subscriptions/:id/enable'],
  ] as const;
  for (const [name, description, route] of states) {
    const command = addActOptions(group.command(name)).description(description).argument('<id>');
    onRelay(program, command, (call) => {
      const params = { id: call.args[0] ?? '' };
      const work = (reason: string) => call.relay.call(route, { params, body: { reason } });
      return shown(act(call, `${name} ${params.id}?`, work), renderSubscription);
    });
  }

  const remove = addActOptions(group.command('remove')).description('remove a subscription').argument('<id>');
  onRelay(program, remove, (call) => {
    const params = { id: call.args[0] ?? '' };
    const work = (reason: string) =>
      call.relay.call('DELETE /admin/subscriptions/:id', { params, body: { reason } });
    return shown(act(call, `Remove ${params.id}?`, work), ({ id }) => `${id} is removed.`);
  });
}

function renderMade({ subscription, secret }: Answer<'POST /admin/subscriptions'>): string {
  return `${renderSubscription(subscription)}\n\n${secret}`;
}

function renderSubscription(subscription: Subscription): string {
  const { id, state, url, types, sources, targets, entities, disabled, failing } = subscription;
  return renderFields({
    id,
    state,
    url,
    description: subscription.description === '' ? null : subscription.description,
    types: types.join(' '),
    sources: sources?.join(' ') ?? 'all',
    targets: targets?.join(' ') ?? 'all',
    entities: entities?.join(' ') ?? 'all',
    disabled: disabled === null ? null : `${disabled.at} by ${disabled.by}: ${disabled.reason}`,
    failing: failing === null ? null : `since ${failing.since}: ${failing.message}`,
  });
}
