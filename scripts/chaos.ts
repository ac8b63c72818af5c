// `npm run chaos`: a relay of its own on the real runtime, under faults switched at random and SIGKILL at random moments.
// Afterwards the ERP's documents are compared with what was sent: nothing lost, nothing doubled, nothing out of order.
// The moments are the machine's, so a seed repeats what is done and not what becomes of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  checkOrders,
  type OrderEvent,
  postAll,
  seededRandom,
  shopEvents,
  shuffled,
} from './lib/order-run.ts';
import { createErpClient, createRelayClient, untilQuiet } from './lib/relay-client.ts';
import { fail, readOptions } from './local/command.ts';
import { type LocalRelay, startLocalRelay } from './local-relay.ts';

const usage = `npm run chaos -- [options]

  --seconds N     how long faults and kills go on (default: 180)
  --seed N        another seed, other faults (default: the time)
  --orders N      orders posted in all, three webhooks each (default: 400)
`;

/** Time for what is left once the faults are off, ms: leases, quiet times and back-offs run out in it. */
const settleMs = 300_000;

type Random = () => number;
type Tally = { kills: number; faults: number; posts: number; duplicates: number };

/** What may go wrong at once; half the time less of it. */
function randomFaults(random: Random): Record<string, unknown> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return {
    seed: Math.floor(random() * 1_000),
    idempotency: false,
    errorRate: pick([0, 0.1, 0.3]),
    lostAnswerRate: pick([0, 0.05, 0.1]),
    lostAnswerMode: pick(['http_504', 'http_502', 'cut']),
    slowRate: pick([0, 0, 0.1]),
    slowMs: pick([200, 1_000, 6_000]),
    commitAfterMs: pick([0, 0, 500]),
    down: random() < 0.1,
    tokenExpired: random() < 0.3,
    expiredAs: pick(['401', 'envelope']),
  };
}

async function main(): Promise<void> {
  const options = readOptions(
    { seconds: { type: 'string' }, seed: { type: 'string' }, orders: { type: 'string' } },
    usage,
  );
  const seconds = wholeNumber('--seconds', options.seconds ?? '180');
  const seed = wholeNumber('--seed', options.seed ?? String(Date.now() % 1_000_000));
  const orders = wholeNumber('--orders', options.orders ?? '400');
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
  process.stdout.write(`Chaos for ${seconds} s, seed ${seed}, ${orders} orders.\n`);
  let relay = await startLocalRelay({ stateDir });
  const tally: Tally = { kills: 0, faults: 0, posts: 0, duplicates: 0 };
  try {
    const events = shopEvents({ orders, now: Date.now() });
    const random = seededRandom(seed);
    const end = Date.now() + seconds * 1_000;
    const pending = shuffled(events, { twice: 0.2, seed });
    const share = Math.max(1, Math.ceil(pending.length / Math.max(1, seconds / 3)));
    while (Date.now() < end) {
      await createErpClient(relay.erpUrl).setFaults(randomFaults(random));
      tally.faults += 1;
      const posting = postShare(relay, pending.splice(0, share), tally);
      await wait(random() * 3_000);
      if (random() < 0.25) {
        process.kill(relay.runtimePid, 'SIGKILL');
        tally.kills += 1;
      }
      await posting;
      if (tally.kills > 0 && !(await answers(relay))) relay = await restart(relay, stateDir);
    }
    await finish(relay, { events, tally });
  } finally {
    await relay.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function postShare(relay: LocalRelay, events: readonly OrderEvent[], tally: Tally): Promise<void> {
  const posted = await postAll(createRelayClient(relay), events, { concurrency: 8 });
  tally.posts += posted.length;
  tally.duplicates += posted.filter(({ duplicate }) => duplicate).length;
}

async function answers(relay: LocalRelay): Promise<boolean> {
  return fetch(`${relay.url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function restart(relay: LocalRelay, stateDir: string): Promise<LocalRelay> {
  await relay.stop();
  return startLocalRelay({ stateDir, secrets: relay.secrets });
}

/** Every sender sends again what it got no answer for; sending all again does no harm. Then dead letters are replayed. */
async function finish(
  relay: LocalRelay,
  { events, tally }: { readonly events: readonly OrderEvent[]; readonly tally: Tally },
): Promise<void> {
  const client = createRelayClient(relay);
  const erp = createErpClient(relay.erpUrl);
  await erp.setFaults({ idempotency: false });
  await postShare(relay, events, tally);
  await untilQuiet(client, settleMs);
  const dead = await client.deliveries('status=dead_lettered');
  await client.replayAll({ filter: {}, reason: 'the chaos is over', withinMs: settleMs });
  await untilQuiet(client, settleMs);
  const left = await client.deliveries('status=dead_lettered,held');
  const problems = checkOrders(await erp.state(), events);
  const count = (start: string): number => problems.filter((problem) => problem.startsWith(start)).length;
  process.stdout.write(`
  events                 ${events.length}
  webhooks posted        ${tally.posts}
  duplicates suppressed  ${tally.duplicates}
  faults switched        ${tally.faults}
  kills                  ${tally.kills}
  dead letters           ${dead.length}, ${left.length} after one bulk replay
  lost                   ${count('missing')}
  doubled                ${count('done')}
  out of order           ${count('out of order')}
`);
  if (problems.length + left.length > 0)
    fail([...problems, ...left.map(({ id, reason }) => `left: ${id} ${reason}`)].join('\n'));
}

function wholeNumber(name: string, text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : fail(`${name} must be a whole number, not "${text}".`);
}

await main();
