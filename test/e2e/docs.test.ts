// The commands in README.md and docs/, run as they stand, page by page, against a real relay: each has to end well, and each call it
// makes has to be answered as the page says. What cannot be run here is marked in the page (scripts/docs/snippets.ts).

import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allSnippets, type Snippet } from '../../scripts/docs/snippets.ts';
import { createErpClient, createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { repository } from '../../scripts/local/command.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { arrivals, intakeSecrets, signedArrivals } from '../support/batch-senders.ts';

const secrets = createSecrets();
const directory = mkdtempSync(join(tmpdir(), 'holdfast-docs-'));
const place = join(directory, 'clone');
let relay: LocalRelay;
let pageNumber = 0;

/** What the relay of this test takes; the pages of the other senders say how one is sent, and docs-senders.test.ts looks at them. */
const sources = ['shopify', 'stripe', 'woocommerce', 'standard', 'warehouse'];

function isTaken({ path, text }: Snippet): boolean {
  const sent = [...text.matchAll(/npm run send -- (\S+)/g)].map(([, source = '']) => source);
  return !path.startsWith('docs/senders/') || sent.every((source) => sources.includes(source));
}

const runnable = allSnippets().filter(
  (snippet) => snippet.language === 'sh' && snippet.mark === null && isTaken(snippet),
);
const pages = [...new Set(runnable.map(({ path }) => path))];

/** Beside 2xx: what the relay of this test may answer, because of what the page did before, or of what it is. */
const otherAnswers: readonly (readonly [call: RegExp, status: number])[] = [
  // Only dead items can be fetched again.
  [/^POST .*\/admin\/intakes\/int_[^/]+\/retry$/, 409],
  // A job of nothing has ended at once; a page shows an etag that is not the present one.
  [/^POST .*\/admin\/replays\/bulk_[^/]+\/cancel$/, 409],
  [/^POST .*\/admin\/targets\/erp\/pause$/, 412],
  // It may be over by then: the page has mended its cause.
  [/^POST .*\/admin\/alerts\/alr_\d+\/acknowledge$/, 404],
  // The example shop has no list to compare with.
  [/^POST .*\/admin\/sources\/shopify\/reconcile$/, 404],
];

/** Writes down what was asked and answered, and is curl otherwise. */
const curl = `#!/bin/sh
log=$(mktemp "$CURL_LOG/XXXXXXXX")
printf '%s\\n' "$@" > "$log.args"
exec "$REAL_CURL" --dump-header "$log.headers" "$@"
`;

beforeAll(async () => {
  const bin = join(directory, 'bin');
  for (const path of [bin, place]) mkdirSync(path, { recursive: true });
  writeFileSync(join(bin, 'curl'), curl);
  chmodSync(join(bin, 'curl'), 0o755);
  for (const name of [
    'package.json',
    'package-lock.json',
    'node_modules',
    'scripts',
    'src',
    '.dev.vars.example',
  ])
    symlinkSync(join(repository, name), join(place, name));
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(place, '.dev.vars'), lines.join(''), { mode: 0o600 });
  const started = await startLocalRelay({
    ...{ stateDir: join(directory, 'state'), secrets, scheduleEveryMs: 0 },
    integrations: join(import.meta.dirname, 'support/docs-integrations.ts'),
    variables: { ...intakeSecrets, THIN_API_URL: 'http://127.0.0.1:9' },
  });
  relay = { ...started, adminKey: await makeKey(started) };
}, 60_000);

afterAll(async () => {
  await relay?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A page makes the first administrator, which ends the key a relay begins with: here there is one before. */
async function makeKey(started: LocalRelay): Promise<string> {
  const body = { name: 'reader', preset: 'admin', reason: 'reads the documents' };
  const made = await createRelayClient(started).admin('POST', '/admin/credentials', body);
  return (made.body as { key: string }).key;
}

/** Three dead letters, a held delivery, an intake, a job, an issue and an alert: what the pages name by variables. */
async function makeWorld(page: number): Promise<Record<string, string>> {
  const client = createRelayClient(relay);
  const erp = createErpClient(relay.erpUrl);
  await erp.setFaults({ invalidSkus: ['BAD'], renamedField: { onHand: 'on_hand' } });
  for (let n = 0; n < 3; n += 1) {
    const lines = [{ sku: 'BAD', quantity: 1 }];
    const id = `bad-${page}-${n}`;
    const payload = {
      receipt_id: id,
      purchase_order: null,
      warehouse: 'MAIN',
      sequence: n,
      received_at: '2026-11-24T10:00:00Z',
      lines,
    };
    await client.send('warehouse', { topic: 'receipt.completed', id, payload, now: Date.now() });
  }
  const counted = {
    sku: `C-${page}`,
    warehouse: 'MAIN',
    on_hand: 3,
    sequence: 1,
    counted_at: new Date().toISOString(),
  };
  await client.send('warehouse', {
    topic: 'stock.counted',
    id: `c-${page}`,
    payload: counted,
    now: Date.now(),
  });
  const intake = await client.post('dock', signedArrivals(arrivals(2, page * 10)));
  const dead = await until(
    'three dead letters and a held delivery',
    async () => {
      const own = await client.deliveries('status=dead_lettered,held');
      const mine = own.filter(({ event }) => event.eventId.startsWith(`bad-${page}-`));
      const held = own.find(({ event, status }) => event.eventId === `c-${page}` && status === 'held');
      return mine.length === 3 && held !== undefined ? { mine, held } : null;
    },
    30_000,
  );
  const issue = await firstOf(client, '/admin/issues', 'issues');
  const alert = await firstOf(client, '/admin/alerts?status=open', 'alerts');
  await erp.setFaults({});
  const [one, two, three] = dead.mine.map(({ id }) => id);
  return {
    ...{ ID: one ?? '', DEAD: two ?? '', OTHER: three ?? '', HELD: dead.held.id, ISSUE: issue, ALERT: alert },
    INTAKE: (intake.body as { intake: string }).intake,
    JOB: await makeJob(page),
    BULK: idOf(
      await client.admin('POST', '/admin/replays', { filter: { target: 'none' }, reason: 'a page' }),
      'id',
    ),
  };
}

/** What a page about subscriptions names `ID`. */
async function makeSubscription(): Promise<string> {
  const url = 'https://hooks.example.com/docs';
  const body = { url, types: ['sale.confirmed'], reason: 'a page' };
  const made = await createRelayClient(relay).admin('POST', '/admin/subscriptions', body);
  return idOf({ body: (made.body as { subscription: unknown }).subscription }, 'id');
}

function idOf({ body }: { readonly body: unknown }, name: string): string {
  const id = (body as Readonly<Record<string, unknown>>)[name];
  if (typeof id !== 'string') throw new Error(`there is no ${name}: ${JSON.stringify(body)}`);
  return id;
}

function firstOf(client: ReturnType<typeof createRelayClient>, path: string, list: string): Promise<string> {
  return until(
    path,
    async () => {
      const { body } = await client.admin('GET', path);
      return (body as Record<string, { id: string }[]>)[list]?.[0]?.id ?? null;
    },
    30_000,
  );
}

async function makeJob(page: number): Promise<string> {
  const answer = await fetch(`${relay.url}/operations/relay.smoke`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${relay.adminKey}`,
      'content-type': 'application/json',
      ...{ 'idempotency-key': `docs-${page}`, prefer: 'respond-async' },
    },
    body: JSON.stringify({ input: { note: `docs-${page}` } }),
  });
  return (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';
}

type Ran = { readonly status: number | null; readonly output: string; readonly calls: readonly string[] };

/** Not in one go with this thread: the connections to the relay would break meanwhile. */
function runShell(script: string, options: SpawnOptions): Promise<Omit<Ran, 'calls'>> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

async function run(path: string, world: Record<string, string>): Promise<Ran> {
  const log = mkdtempSync(join(directory, 'calls-'));
  const blocks = runnable.filter((snippet) => snippet.path === path);
  const script = blocks.map(({ number, text }) => `echo "-- block ${number}"\n${text}`).join('\n');
  const { port } = new URL(relay.url);
  // Addresses that a page writes out are those of `npm start`.
  const here = script
    .replaceAll('http://127.0.0.1:8788', relay.erpUrl)
    .replaceAll('http://127.0.0.1:8787', relay.url);
  const real = spawnSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout.trim();
  const { status, output } = await runShell(here, {
    cwd: place,
    timeout: 100_000,
    env: {
      ...process.env,
      ...secrets,
      ...world,
      PATH: [join(directory, 'bin'), join(repository, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      ...{ CURL_LOG: log, REAL_CURL: real, RELAY: relay.url, PORT: port, ERP: relay.erpUrl },
      ...{ ADMIN_KEY: relay.adminKey, KEY: relay.adminKey },
    },
  });
  return { status, output, calls: readCalls(log) };
}

/** `POST http://… 202`, of each call. */
function readCalls(log: string): readonly string[] {
  return readdirSync(log)
    .filter((file) => file.endsWith('.args'))
    .map((file) => {
      const args = readFileSync(join(log, file), 'utf8').split('\n');
      const headers = join(log, file.replace('.args', '.headers'));
      const status = existsSync(headers)
        ? /^HTTP\/[\d.]+ (\d{3})/.exec(readFileSync(headers, 'utf8'))?.[1]
        : undefined;
      const method = args[args.indexOf('-X') + 1];
      const sends = args.includes('-d') && !args.includes('--get');
      const asked = args.includes('-X') ? method : sends ? 'POST' : 'GET';
      return `${asked} ${args.find((arg) => arg.startsWith('http'))} ${status ?? '000'}`;
    });
}

function isAsSaid(call: string): boolean {
  const [, what = '', status = ''] = /^(.*) (\d{3})$/.exec(call) ?? [];
  const other = otherAnswers.find(([pattern]) => pattern.test(what));
  return /^2\d\d$/.test(status) || Number(status) === other?.[1];
}

describe('the commands of', () => {
  it.each(pages)(
    '%s',
    async (path) => {
      const text = runnable
        .filter((snippet) => snippet.path === path)
        .map((snippet) => snippet.text)
        .join('\n');
      pageNumber += 1;
      const world: Record<string, string> = /\$(?:ID|DEAD|OTHER|HELD|ISSUE|ALERT|INTAKE|JOB|BULK)\b/.test(
        text,
      )
        ? await makeWorld(pageNumber)
        : {};
      if (path === 'docs/subscriptions.md') world.ID = await makeSubscription();
      const { status, output, calls } = await run(path, world);
      expect(
        calls.filter((call) => !isAsSaid(call)),
        output,
      ).toEqual([]);
      expect(status, output).toBe(0);
    },
    150_000,
  );
});
