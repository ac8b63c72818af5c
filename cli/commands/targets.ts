// holdfast targets: the ERPs operations run on, how each is doing, and what an operator does to one.

import type { Command } from 'commander';
import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, shown } from '../command.ts';
import { printable } from '../terminal/printable.ts';
import { renderFields, renderTable, statusColour } from '../terminal/table.ts';

type Target = Answer<'GET /admin/targets'>['targets'][number];

export function targetCommands(program: Program): void {
  const group = program.root.command('targets').description('the ERPs that operations run on');
  readCommands(program, group);
  actCommands(program, group);
}

function readCommands(program: Program, group: Command): void {
  const list = group.command('list').description('list targets and how each is doing');
  onRelay(program, list, ({ relay }) =>
    shown(relay.call('GET /admin/targets'), ({ targets }) =>
      renderTable(targets, [
        { head: 'ID', of: ({ id }) => id },
        { head: 'ADAPTER', of: ({ adapter }) => adapter.name },
        {
          head: 'CIRCUIT',
          of: ({ circuit }) => circuit?.state,
          colour: (row) => statusColour(row.circuit?.state ?? ''),
        },
        { head: 'PAUSED', of: ({ pause }) => pause?.note, max: 40 },
        { head: 'KEY REFUSED', of: ({ unauthorized }) => unauthorized?.message, max: 40 },
        { head: 'IN FLIGHT', of: ({ inFlight }) => inFlight },
        {
          head: 'HELD OPERATIONS',
          of: ({ heldOperations }) => heldOperations?.map(({ operation }) => operation).join(' '),
        },
        { head: 'ADDRESS', of: ({ baseUrl }) => baseUrl },
      ]),
    ),
  );

  const show = group.command('show').description('show one target').argument('<id>');
  onRelay(program, show, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/targets/:id', { params: { id } }), renderTarget),
  );

  const capabilities = group
    .command('capabilities')
    .description('show what an adapter can do, and what its ERP says of itself')
    .argument('<id>')
    .option('--fresh', 'ask the ERP again');
  onRelay<{ fresh?: true }>(program, capabilities, ({ relay, options, args: [id = ''] }) => {
    const query = options.fresh === true ? { fresh: 'true' } : {};
    return shown(
      relay.call('GET /admin/targets/:id/capabilities', { params: { id }, query }),
      renderCapabilities,
    );
  });
}

function actCommands(program: Program, group: Command): void {
  const acts = [
    ['pause', 'send nothing to a target', 'POST /admin/targets/:id/pause', 'Pause'],
    ['resume', 'end the pause of a target', 'POST /admin/targets/:id/resume', 'Resume'],
  ] as const;
  for (const [name, description, route, verb] of acts) {
    const command = addActOptions(group.command(name)).description(description).argument('<id>');
    onRelay(program, command, (call) => {
      const params = { id: call.args[0] ?? '' };
      const work = (note: string) => call.relay.call(route, { params, body: { note } });
      return shown(act(call, `${verb} ${params.id}?`, work), renderStanding);
    });
  }

  const circuit = addActOptions(group.command('circuit'))
    .description('open or close the circuit of a target by hand')
    .argument('<id>')
    .addArgument(
      group.createArgument('<state>', 'open: nothing flows; closed: it flows').choices(['open', 'closed']),
    );
  onRelay(program, circuit, (call) => {
    const [id = '', state] = call.args as [string, 'open' | 'closed'];
    const work = (note: string) =>
      call.relay.call('POST /admin/targets/:id/circuit', { params: { id }, body: { state, note } });
    return shown(act(call, `Set the circuit of ${id} to ${state}?`, work), renderStanding);
  });

  const release = addActOptions(group.command('release'))
    .description('let what is held for a target go on; logs in to its ERP first')
    .argument('<id>')
    .option('--operation <name>', 'only of this operation');
  onRelay<{ operation?: string }>(program, release, (call) => {
    const { operation } = call.options;
    const params = { id: call.args[0] ?? '' };
    const work = (note: string) =>
      call.relay.call('POST /admin/targets/:id/release', {
        params,
        body: { note, ...(operation === undefined ? {} : { operation }) },
      });
    const of = operation === undefined ? '' : ` of ${operation}`;
    return shown(act(call, `Release all that is held${of} for ${params.id}?`, work), renderReleased);
  });
}

function renderStanding({ id, circuit, pause }: Answer<'POST /admin/targets/:id/pause'>): string {
  return printable(
    `${id}: circuit ${circuit.state}, ${pause === null ? 'not paused' : `paused (${pause.note})`}.`,
  );
}

function renderReleased({ released, refused, hasMore }: Answer<'POST /admin/targets/:id/release'>): string {
  return [
    `${released.length} released, ${refused.length} refused.`,
    ...refused.map(({ deliveryId, reason }) => `  ${deliveryId}: ${reason}`),
    ...(hasMore ? ['There are more: run it again.'] : []),
  ].join('\n');
}

function renderTarget(target: Target): string {
  const { adapter, circuit, pause, unauthorized, token, lastFailures = [], heldOperations } = target;
  const fields = {
    id: target.id,
    adapter: `${adapter.name} ${adapter.version} (${adapter.level}, once by ${adapter.once})`,
    address: target.baseUrl,
    circuit:
      circuit === undefined ? 'unknown: it does not answer' : `${circuit.state} ${circuit.reason ?? ''}`,
    'next probe': circuit?.nextProbeAt,
    paused:
      pause === null || pause === undefined ? null : `since ${pause.at} by ${pause.actor}: ${pause.note}`,
    'key refused': unauthorized === null || unauthorized === undefined ? null : unauthorized.message,
    'in flight': target.inFlight,
    'token ends': token?.expiresAt,
    'held operations': heldOperations
      ?.map(({ operation, since }) => `${operation} since ${since}`)
      .join(', '),
    operations: adapter.operations.join(', '),
  };
  const failures = lastFailures.map(({ at, operation, message }) => `  ${at} ${operation}: ${message}`);
  return [
    renderFields(fields),
    ...(failures.length === 0 ? [] : ['', 'Last failures', printable(failures.join('\n'))]),
  ].join('\n');
}

function renderCapabilities({
  adapter,
  operations,
  instance,
}: Answer<'GET /admin/targets/:id/capabilities'>): string {
  const rows = Object.entries(operations).map(([name, capability]) => ({ name, ...capability }));
  const { status, version, company, currency, lockedThrough, message } = instance;
  return [
    renderFields({
      adapter: `${adapter.name} ${adapter.version} (${adapter.level}, once by ${adapter.once})`,
      ERP:
        status === 'read'
          ? `${version ?? ''} ${company ?? ''} ${currency ?? ''}`
          : `${status} ${message ?? ''}`,
      'locked through': lockedThrough,
    }),
    '',
    renderTable(rows, [
      { head: 'OPERATION', of: ({ name }) => name },
      { head: 'SUPPORTED', of: ({ supported }) => supported },
      { head: 'ASYNC', of: ({ async: isAsync }) => isAsync },
      { head: 'MODULES', of: ({ modules }) => modules?.join(' ') },
      { head: 'MISSING', of: ({ missingModules }) => missingModules?.join(' ') },
    ]),
  ].join('\n');
}
