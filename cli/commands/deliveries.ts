// holdfast deliveries list|show: what a relay has to do and did. Reads only; delivery-acts.ts does.

import type { Command } from 'commander';
import { ok } from '../../src/core/result.ts';
import { addFilterOptions, type FilterOptions, toFilter } from '../api/filter.ts';
import { type PageOptions, walkPages } from '../api/pages.ts';
import type { Answer } from '../api/relay-api.ts';
import { onRelay, type Program, shown } from '../command.ts';
import { printable } from '../terminal/printable.ts';
import { type Column, coloured, renderFields, renderTable, statusColour } from '../terminal/table.ts';

export type Delivery = Answer<'GET /admin/deliveries'>['deliveries'][number];

type Detail = Answer<'GET /admin/deliveries/:id'>;

/** Longer messages are cut in a list: `show` has them whole, characters. */
const maxMessage = 60;

export const deliveryColumns: readonly Column<Delivery>[] = [
  { head: 'ID', of: ({ id }) => id },
  { head: 'STATUS', of: ({ status }) => status, colour: ({ status }) => statusColour(status) },
  { head: 'CAUSE', of: ({ reason, code }) => code ?? reason },
  { head: 'ABOUT', of: ({ event }) => event.orderingKey, max: 40 },
  { head: 'OPERATION', of: ({ operation }) => operation },
  { head: 'TARGET', of: ({ target }) => target },
  { head: 'TRIES', of: ({ attemptCount }) => attemptCount },
  { head: 'RECEIVED', of: ({ receivedAt }) => receivedAt },
  { head: 'MESSAGE', of: ({ message }) => message, max: maxMessage },
];

export function deliveryCommands(program: Program): Command {
  const group = program.root.command('deliveries').description('find deliveries, see why, and mend them');
  const list = addFilterOptions(group.command('list'))
    .description('list deliveries, the newest received event first')
    .option('--limit <n>', 'deliveries on a page, 1 to 200', '50')
    .option('--cursor <text>', 'go on where a page ended')
    .option('--all', 'every page');
  onRelay<FilterOptions & PageOptions>(program, list, async ({ relay, world, options }) => {
    const { limit, cursor, all = false } = options;
    const deliveries: Delivery[] = [];
    const filter = toFilter(options, world.now());
    const take = (page: { readonly deliveries: typeof deliveries }) =>
      void deliveries.push(...page.deliveries);
    const last = await walkPages<Answer<'GET /admin/deliveries'>>({
      cursor,
      all,
      ask: (at) => relay.call('GET /admin/deliveries', { query: { ...filter, limit, cursor: at } }),
      take,
    });
    if (!last.ok) return last;
    const { nextCursor, journal } = last.value;
    const more = nextCursor === null ? [] : [`\nThere are more: --cursor ${nextCursor}, or --all`];
    const behind =
      journal === 'behind' || journal === 'unavailable'
        ? [`\nThe journal is ${journal}: closed deliveries may be missing.`]
        : [];
    const text = [renderTable(deliveries, deliveryColumns), ...more, ...behind].join('\n');
    return ok({ json: { ...last.value, deliveries }, text });
  });

  const show = group
    .command('show')
    .description('show everything that is kept of one delivery')
    .argument('<id>');
  onRelay(program, show, ({ relay, args: [id = ''] }) =>
    shown(relay.call('GET /admin/deliveries/:id', { params: { id } }), renderDetail),
  );
  return group;
}

function renderDetail(delivery: Detail): string {
  const { attempts, related, event, ledger } = delivery;
  return [
    renderFields(summaryOf(delivery)),
    section('Body', event.body === undefined || event.body === null ? null : event.body.content),
    section('Edited input', delivery.editedInput === null ? null : toJson(delivery.editedInput)),
    section('Edited', delivery.edit === null ? null : renderEdit(delivery.edit)),
    section('Ledger', ledger === null ? null : toJson(ledger)),
    ...attempts.map(renderAttempt),
    section(
      'About the same thing',
      related.length === 0 ? null : renderTable(related, deliveryColumns),
      false,
    ),
    section('Not shown to this key', delivery.redacted.length === 0 ? null : delivery.redacted.join(', ')),
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

function summaryOf(delivery: Detail) {
  const { event, waiting, document, replay, job } = delivery;
  return {
    id: delivery.id,
    status: delivery.status,
    cause: delivery.code ?? delivery.reason,
    message: delivery.message,
    waiting: waiting === null ? null : [waiting.cause, waiting.on, waiting.until].filter(Boolean).join(' '),
    route: delivery.route,
    operation: `${delivery.operation} on ${delivery.target}`,
    'operation key': delivery.operationKey,
    document:
      document === null ? null : `${document.documentNumber} (${document.documentId}), ${document.state}`,
    job: job === null ? null : `${job.ref}, asked ${job.pollCount} times`,
    'replay of': replay === null ? null : `${replay.of} by ${replay.actor}: ${replay.reason}`,
    'superseded by': delivery.supersededBy,
    'resolved by': delivery.resolvedBy,
    event: `${event.type} of ${event.source}, ${event.eventId}`,
    about: event.orderingKey,
    received: event.receivedAt,
    updated: delivery.updatedAt,
  };
}

function renderEdit({ by, at, reason, changes, otherChangeCount }: NonNullable<Detail['edit']>): string {
  const lines = (changes ?? []).map(
    ({ path, before, after }) => `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  );
  const others = otherChangeCount > 0 ? [`and ${otherChangeCount} more`] : [];
  return [`by ${by}, ${at}: ${reason}`, ...lines, ...others].join('\n');
}

function renderAttempt(attempt: Detail['attempts'][number]): string {
  const { number, mode, startedAt, outcome, exchanges, input } = attempt;
  const head = `Attempt ${number} (${mode}), ${startedAt}: ${outcome.kind}, effect ${outcome.effect}`;
  return [
    coloured(printable(head), 'cyan'),
    ...(outcome.message === null ? [] : [printable(outcome.message)]),
    ...(input === undefined || input === null ? [] : [`input ${toJson(input)}`]),
    ...exchanges.map(renderExchange),
  ].join('\n');
}

function renderExchange({
  request,
  response,
  failure,
  durationMs,
}: Detail['attempts'][number]['exchanges'][number]): string {
  const lines = [
    `→ ${request.method} ${request.url ?? ''} (${durationMs} ms)`,
    ...(request.body === undefined || request.body === null ? [] : [request.body]),
    response === null ? `← ${failure ?? 'no answer'}` : `← ${response.status}`,
    ...(response?.body === undefined || response.body === null ? [] : [response.body]),
  ];
  return printable(lines.join('\n'));
}

/** `isForeign`: it holds what somebody else wrote. */
function section(title: string, text: string | null, isForeign = true): string | null {
  return text === null ? null : `${coloured(title, 'cyan')}\n${isForeign ? printable(text) : text}`;
}

function toJson(value: unknown): string {
  return printable(JSON.stringify(value, null, 2));
}
