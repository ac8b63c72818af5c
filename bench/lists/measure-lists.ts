// How long the relay takes for a list, for each filter of it and for one delivery, over a journal of many: `npm run bench -- --lists N`.
// Times are taken at the client on the loopback, so they are what a dashboard waits for. Asserts nothing.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { formatId } from '../../src/core/ids.ts';
import { type Filling, fillJournal } from './fill-journal.ts';
import { rareSource } from './make-records.ts';

/** As deployed by default. */
const partitions = 64;

/** How often each is asked again, after the first time, which has a column of its own: blocks are not unpacked yet, nor code compiled. */
const repeats = 7;

/** Of a walk from the newest on, as a reader who scrolls makes it. */
const walkedPages = 200;

type Question = { readonly name: string; readonly path: string };

function questionsFor({ deliveries, now, spanMs }: Filling): readonly Question[] {
  const perPartition = Math.ceil(deliveries / partitions);
  const middle = Math.floor(perPartition / 2);
  const ago = (share: number) => new Date(now - share * spanMs).toISOString();
  const list = (name: string, query: Readonly<Record<string, string>> = {}) => ({
    name,
    path: `/admin/deliveries?${new URLSearchParams(query)}`,
  });
  // Of one that simply succeeded, one that was retried, one that was resolved.
  const ids = [20, 5, 13].map((place) => formatId('dlv', 3, Math.floor(middle / 100) * 100 + place));
  return [
    list('newest 50'),
    list('newest 200', { limit: '200' }),
    list('from the middle on', { receivedTo: ago(0.5) }),
    list('a narrow time in the middle', { receivedFrom: ago(0.5), receivedTo: ago(0.4986) }),
    list('status: succeeded', { status: 'succeeded' }),
    list('status: dead lettered or held', { status: 'dead_lettered,held' }),
    list('status: superseded', { status: 'superseded' }),
    list('status: resolved', { status: 'resolved' }),
    list('status: skipped', { status: 'skipped' }),
    list('reason: duplicate (none)', { reason: 'duplicate' }),
    list('source: common', { source: 'shopify' }),
    list('source: one of a thousand', { source: rareSource }),
    list('source: none', { source: 'nobody' }),
    list('type', { type: 'orders/paid' }),
    list('operation', { operation: 'stock.set' }),
    list('operation: none', { operation: 'journal.post' }),
    list('target', { target: 'erp' }),
    list('target: none', { target: 'nowhere' }),
    list('route', { route: 'bench.stock.set' }),
    list('ordering key', { orderingKey: `order/3-${Math.ceil((Math.floor(middle / 100) * 100 + 5) / 3)}` }),
    list('event id, of what simply succeeded', { eventId: `evt-3-${Math.floor(middle / 100) * 100 + 20}` }),
    list('event id, of what was resolved', { eventId: `evt-3-${Math.floor(middle / 100) * 100 + 13}` }),
    list('event id: none', { eventId: 'evt-none' }),
    list('several together', { status: 'succeeded', source: 'stripe', operation: 'payment.register' }),
    ...['simply succeeded', 'retried', 'resolved'].map((what, index) => ({
      name: `one delivery, ${what}`,
      path: `/admin/deliveries/${ids[index]}`,
    })),
    { name: 'overview', path: '/admin/overview' },
  ];
}

export type Answered = {
  readonly name: string;
  readonly firstMs: number;
  readonly bestMs: number;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly found: string;
};

type Page = { readonly deliveries?: readonly unknown[]; readonly nextCursor?: string | null };

async function ask(relay: LocalRelay, path: string): Promise<{ readonly ms: number; readonly page: Page }> {
  const began = performance.now();
  const response = await fetch(`${relay.url}${path}`, {
    headers: { authorization: `Bearer ${relay.adminKey}` },
  });
  const text = await response.text();
  const ms = performance.now() - began;
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return { ms, page: JSON.parse(text) as Page };
}

async function measure(relay: LocalRelay, { name, path }: Question): Promise<Answered> {
  const first = await ask(relay, path);
  const { deliveries, nextCursor } = first.page;
  const found = deliveries === undefined ? '' : `${deliveries.length}${nextCursor === null ? '' : ' …'}`;
  const times: number[] = [];
  while (times.length < repeats) times.push((await ask(relay, path)).ms);
  return toAnswered({ name, found, firstMs: first.ms, times });
}

/** Page after page from the newest on: the pages after the first are the times. */
async function walk(relay: LocalRelay): Promise<Answered> {
  const path = '/admin/deliveries?limit=50';
  const first = await ask(relay, path);
  const times: number[] = [];
  let found = first.page.deliveries?.length ?? 0;
  for (let { nextCursor } = first.page; nextCursor && times.length < walkedPages; ) {
    const { ms, page } = await ask(relay, `${path}&cursor=${encodeURIComponent(nextCursor)}`);
    times.push(ms);
    found += page.deliveries?.length ?? 0;
    nextCursor = page.nextCursor;
  }
  const name = `${times.length} pages, one after the other`;
  return toAnswered({ name, found: String(found), firstMs: first.ms, times });
}

function toAnswered(
  of: Pick<Answered, 'name' | 'found' | 'firstMs'> & { readonly times: number[] },
): Answered {
  const { times, ...rest } = of;
  times.sort((a, b) => a - b);
  const medianMs = times[Math.floor(times.length / 2)] ?? 0;
  return { ...rest, bestMs: times[0] ?? 0, medianMs, worstMs: times.at(-1) ?? 0 };
}

export async function measureLists(asked: {
  readonly deliveries: number;
  /** How long they took to come. */
  readonly days: number;
  readonly say: (line: string) => void;
}): Promise<readonly Answered[]> {
  const { deliveries, days, say } = asked;
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-lists-'));
  const options = {
    ...{ stateDir, secrets: createSecrets(), scheduleEveryMs: 0 },
    variables: { PARTITIONS: String(partitions) },
  };
  const filling = { deliveries, partitions, now: Date.now(), spanMs: days * 24 * 3600 * 1000 };
  let relay = await startLocalRelay(options);
  try {
    await relay.stop();
    const began = performance.now();
    await fillJournal(stateDir, filling);
    say(`filled    ${deliveries} deliveries in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    relay = await startLocalRelay(options);
    const answers: Answered[] = [];
    const told = (answered: Answered): void => {
      say(`${answered.medianMs.toFixed(0).padStart(5)} ms  ${answered.name}: ${answered.found}`);
      answers.push(answered);
    };
    for (const question of questionsFor(filling)) told(await measure(relay, question));
    told(await walk(relay));
    return answers;
  } finally {
    await relay.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** With the load of the machine: others at work on it make every number worse. */
export function renderLists(answers: readonly Answered[]): string {
  const rows = answers.map(({ name, found, ...times }) => {
    const { firstMs, bestMs, medianMs, worstMs } = times;
    const columns = [firstMs, bestMs, medianMs, worstMs].map((ms) => ms.toFixed(0));
    return `| ${[name, found, ...columns].join(' | ')} |`;
  });
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `Load of the machine: ${load} on ${cpus().length} cores.

| asked for | found | first, ms | then best, ms | median, ms | worst of ${repeats}, ms |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
