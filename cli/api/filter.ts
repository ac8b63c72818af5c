// The filter of deliveries as options of a command, and as the query or body the API takes. One set of names: --ordering-key is
// `orderingKey` of docs/admin-api.md. The relay judges the values.

import type { Command } from 'commander';

export type FilterOptions = {
  readonly status?: string;
  readonly cause?: string;
  readonly source?: string;
  readonly type?: string;
  readonly eventId?: string;
  readonly orderingKey?: string;
  readonly route?: string;
  readonly operation?: string;
  readonly target?: string;
  readonly issue?: string;
  readonly from?: string;
  readonly to?: string;
};

export type Filter = Readonly<Record<string, string>>;

export function addFilterOptions(command: Command): Command {
  return command
    .option('--status <list>', 'one or several, separated by commas: dead_lettered,held')
    .option('--cause <text>', 'why it is in that status: a reason or a code, e.g. period_closed')
    .option('--source <id>', 'the source of the event')
    .option('--type <name>', 'the type of the event')
    .option('--event-id <id>', "the sender's id of the event")
    .option('--ordering-key <key>', 'what it is about, e.g. order/1001')
    .option('--route <id>', 'the route')
    .option('--operation <name>', 'the operation, e.g. sale.confirm')
    .option('--target <id>', 'the target')
    .option('--issue <id>', 'what is dead or held with the cause of an issue')
    .option('--from <time>', 'received from then on: ISO 8601, or how long ago (2h, 7d)')
    .option('--to <time>', 'received before then');
}

/** What was given, under the names of the API. */
export function toFilter(options: FilterOptions, now: number): Filter {
  const { status, cause, source, type, eventId, orderingKey, route, operation, target, issue } = options;
  const named = {
    status,
    reason: cause,
    source,
    type,
    eventId,
    orderingKey,
    route,
    operation,
    target,
    issue,
  };
  const times = { receivedFrom: toInstant(options.from, now), receivedTo: toInstant(options.to, now) };
  const given = Object.entries({ ...named, ...times }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Filter;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** ms; null for what is no length of time: 90s, 15m, 2h, 7d. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/** An instant as it stands, or how long ago. */
export function toInstant(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  return ago === null ? text : new Date(now - ago).toISOString();
}
