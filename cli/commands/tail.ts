// holdfast deliveries tail, and holdfast listen: deliveries as they change, and the events behind them POSTed to a program on this machine.

import type { Command } from 'commander';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { addFilterOptions, type Filter, type FilterOptions, toFilter } from '../api/filter.ts';
import { followTail, type TailItem, type TailMessage } from '../api/tail.ts';
import { type Ended, onRelay, type Program, type RelayCall, say, usage } from '../command.ts';
import { type Forwarded, forwardEvent } from '../listen/forward-event.ts';
import { isLoopback } from '../profiles/choose-relay.ts';
import { printableJson, printableLine } from '../terminal/printable.ts';
import { coloured, statusColour } from '../terminal/table.ts';

type TailOptions = FilterOptions & { readonly count?: string };

/** Events of which a listener remembers that it forwarded them. */
const maxRemembered = 10_000;

export function tailCommands(program: Program, group: Command): void {
  const tail = addFilterOptions(group.command('tail'))
    .description('print deliveries as they change, until Ctrl-C')
    .option('--count <n>', 'end after so many');
  onRelay<TailOptions>(program, tail, printTail);

  const listen = addFilterOptions(program.root.command('listen'))
    .description('POST the events of a relay to a program on this machine, as they come, until Ctrl-C')
    .argument('<url>', 'where it listens: http://localhost:3000/webhooks')
    .option('--count <n>', 'end after so many events');
  onRelay<TailOptions>(program, listen, forwardTail);
}

function readTailOptions(call: RelayCall<TailOptions>): Result<{ filter: Filter; count: number }, Failure> {
  const { count: text, from, to } = call.options;
  if (from !== undefined || to !== undefined)
    return usage('A tail begins now: --from and --to are for lists.');
  const count = text === undefined ? Number.POSITIVE_INFINITY : Number(text);
  return count >= 1 ? ok({ filter: toFilter(call.options, 0), count }) : usage('--count must be 1 or more.');
}

async function printTail(call: RelayCall<TailOptions>): Promise<Ended> {
  const { relay, world, options } = call;
  const read = readTailOptions(call);
  if (!read.ok) return read;
  const { filter, count } = read.value;
  let printed = 0;
  const take = (message: TailMessage) => {
    remark(call, message);
    for (const item of message.type === 'deliveries' ? message.items : []) {
      if (printed === count) break;
      printed += 1;
      world.stdout.write(`${options.json === true ? printableJson(item, 0) : renderItem(item)}\n`);
    }
    return Promise.resolve(printed === count);
  };
  const ended = await followTail(relay, { filter, take, onLost: onLostOf(call) });
  return ended.ok ? ok(null) : ended;
}

async function forwardTail(call: RelayCall<TailOptions>): Promise<Ended> {
  const {
    relay,
    world,
    options,
    args: [to = ''],
  } = call;
  const address = URL.parse(to);
  if (address === null || !/^https?:$/.test(address.protocol) || !isLoopback(address))
    return usage('Events go to this machine alone: http://localhost:PORT/path.');
  const read = readTailOptions(call);
  if (!read.ok) return read;
  const { filter, count } = read.value;
  const seen = new Set<string>();
  let forwarded = 0;
  let failure: Failure | null = null;
  const take = async (message: TailMessage) => {
    remark(call, message);
    for (const item of message.type === 'deliveries' ? message.items : []) {
      // One event may have several deliveries, and each changes several times.
      if (!isFirst(seen, `${item.source}\n${item.eventId}`)) continue;
      const sent = await forwardEvent(relay, item, address);
      if (!sent.ok) {
        failure = sent.error;
        return true;
      }
      world.stdout.write(
        `${options.json === true ? printableJson(sent.value, 0) : renderForwarded(sent.value)}\n`,
      );
      forwarded += 1;
      if (forwarded === count) return true;
    }
    return false;
  };
  const ended = await followTail(relay, { filter, take, onLost: onLostOf(call) });
  if (failure !== null) return err(failure);
  return ended.ok ? ok(null) : ended;
}

function isFirst(seen: Set<string>, event: string): boolean {
  if (seen.has(event)) return false;
  seen.add(event);
  const [oldest] = seen;
  if (seen.size > maxRemembered && oldest !== undefined) seen.delete(oldest);
  return true;
}

/** What is no part of the answer, for a person who watches. */
function remark({ world }: RelayCall<unknown>, message: TailMessage): void {
  if (message.type === 'hello') say(world, `Listening since ${message.at}. Ctrl-C ends it.`);
  if (message.type === 'missed')
    say(world, `${message.count ?? 'Some'} changes were not told: holdfast deliveries list has them.`);
}

function onLostOf({ world }: RelayCall<unknown>) {
  return (why: string) => say(world, `The connection ended (${why}); connecting again …`);
}

function renderItem({
  id,
  status,
  reason,
  code,
  orderingKey,
  operation,
  target,
  updatedAt,
}: TailItem): string {
  const cause = printableLine(code ?? reason ?? '');
  const what = printableLine(`${orderingKey} ${operation} on ${target}`);
  return `${updatedAt}  ${id}  ${coloured(status.padEnd(13), statusColour(status))}  ${what}  ${cause}`.trimEnd();
}

function renderForwarded({ source, eventType, eventId, status, durationMs, message }: Forwarded): string {
  const answer = status === null ? `no answer: ${message ?? ''}` : `${status} (${durationMs} ms)`;
  const isTaken = status !== null && status >= 200 && status < 300;
  return `${coloured(printableLine(answer), isTaken ? 'green' : 'red')}  ${printableLine(`${source} ${eventType} ${eventId}`)}`;
}
