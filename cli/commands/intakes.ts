// holdfast intakes: requests with several or thin events that are still worked off, and what to do about those that are stuck.

import type { Answer } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, shown } from '../command.ts';
import { renderFields, renderTable, statusColour } from '../terminal/table.ts';

const acts = [
  ['retry', 'fetch the dead items of an intake again', 'POST /admin/intakes/:id/retry'],
  ['drop', 'give the dead items of an intake up', 'POST /admin/intakes/:id/drop'],
] as const;

export function intakeCommands(program: Program): void {
  const group = program.root.command('intakes').description('requests with several or thin events');
  const list = group.command('list').description('list intakes with work left, the oldest first');
  onRelay(program, list, ({ relay }) =>
    shown(relay.call('GET /admin/intakes'), ({ intakes }) =>
      renderTable(intakes, [
        { head: 'ID', of: ({ id }) => id },
        { head: 'SOURCE', of: ({ source }) => source },
        { head: 'RECEIVED', of: ({ receivedAt }) => receivedAt },
        { head: 'ITEMS', of: ({ counts }) => toCounts(counts) },
      ]),
    ),
  );
  const show = group.command('show').description('show one intake with its events').argument('<id>');
  onRelay(program, show, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/intakes/:id', { params: { id } }), renderIntake),
  );
  for (const [name, description, route] of acts) {
    const command = addActOptions(group.command(name)).description(description).argument('<id>');
    onRelay(program, command, (call) => {
      const params = { id: call.args[0] ?? '' };
      const work = (note: string) => call.relay.call(route, { params, body: { note } });
      const question = `${name} the dead items of ${params.id}?`;
      return shown(
        act(call, question, work),
        ({ intake, items }) => `${items.length} items of ${intake}: ${name}.`,
      );
    });
  }
}

function toCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([status, count]) => `${status} ${count}`)
    .join(', ');
}

function renderIntake({
  id,
  source,
  receivedAt,
  finishedAt,
  events,
}: Answer<'GET /admin/intakes/:id'>): string {
  const rows = renderTable(events, [
    { head: 'ITEM', of: (event) => event.id },
    { head: 'STATUS', of: ({ status }) => status, colour: ({ status }) => statusColour(status) },
    { head: 'TYPE', of: ({ type }) => type },
    { head: 'EVENT', of: ({ eventId }) => eventId },
    { head: 'MESSAGE', of: ({ message, rule }) => message ?? rule, max: 70 },
  ]);
  return `${renderFields({ id, source, received: receivedAt, finished: finishedAt })}\n\n${rows}`;
}
