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

/** How often each is asked, after once that is not counted. */
const repeats = 7;

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
    list('ordering key', { orderingKey: `order/3-${Math.ceil(middle / 3)}` }),
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
  readonly bestMs: number;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly found: string;
};

async function measure(relay: LocalRelay, { name, path }: Question): Promise<Answered> {
  const times: number[] = [];
  let found = '';
  for (let round = 0; round <= repeats; round += 1) {
    const began = performance.now();
    const response = await fetch(`${relay.url}${path}`, {
      headers: { authorization: `Bearer ${relay.adminKey}` },
    });
    const text = await response.text();
    if (round > 0) times.push(performance.now() - began);
    if (response.status !== 200)
      throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    const body = JSON.parse(text) as { deliveries?: unknown[]; nextCursor?: string | null };
    found =
      body.deliveries === undefined ? '' : `${body.deliveries.length}${body.nextCursor === null ? '' : ' …'}`;
  }
  times.sort((a, b) => a - b);
  return {
    name,
    bestMs: times[0] ?? 0,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    worstMs: times.at(-1) ?? 0,
    found,
  };
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
    for (const question of questionsFor(filling)) {
      const answered = await measure(relay, question);
      say(`${answered.medianMs.toFixed(0).padStart(5)} ms  ${answered.name}: ${answered.found}`);
      answers.push(answered);
    }
    return answers;
  } finally {
    await relay.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** With the load of the machine: others at work on it make every number worse. */
export function renderLists(answers: readonly Answered[]): string {
  const rows = answers.map(({ name, found, ...times }) => {
    const [best, median, worst] = [times.bestMs, times.medianMs, times.worstMs].map((ms) => ms.toFixed(0));
    return `| ${name} | ${found} | ${best} | ${median} | ${worst} |`;
  });
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `Load of the machine: ${load} on ${cpus().length} cores.

| asked for | found | best, ms | median, ms | worst of ${repeats}, ms |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
