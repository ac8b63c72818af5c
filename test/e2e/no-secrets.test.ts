// After a full run nothing the relay keeps, logs or answers holds a secret, a key, a token or a signature: the logs, the
// files of D1 and of the Durable Objects, and every list and page of the admin API are searched for their exact text.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postAll, shopEvents } from '../../scripts/lib/order-run.ts';
import {
  createErpClient,
  createRelayClient,
  type RelayClient,
  untilQuiet,
} from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

/** What the sandbox ERP gives at a login. */
const erpToken = /sbx_[0-9a-f]{32}/;

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-no-secrets-'));
const logs: string[] = [];
const answers: string[] = [];
const signatures: string[] = [];
/** What was given by API: keys of credentials, secrets of senders, targets and subscriptions. Each was in one answer at most. */
const given: string[] = [];
let relay: LocalRelay;

async function read(path: string): Promise<unknown> {
  const { body } = await createRelayClient(relay).admin('GET', path);
  answers.push(`${path} ${JSON.stringify(body)}`);
  return body;
}

/** Genuine and forged webhooks, errors, an expired token, a dead letter, a replay, a direct operation. */
async function run(): Promise<void> {
  const client = createRelayClient(relay);
  const erp = createErpClient(relay.erpUrl);
  await erp.setFaults({ errorRate: 0.2, lostAnswerRate: 0.1, seed: 3 });
  const events = shopEvents({ orders: 12, now: Date.now() });
  await postAll(client, events.slice(0, 18), { concurrency: 4 });
  // Every token ends now: the relay logs in again in the middle of it.
  await erp.setFaults({ errorRate: 0.2, lostAnswerRate: 0.1, seed: 4, tokenExpired: true });
  await postAll(client, events.slice(18), { concurrency: 4 });
  for (const { source, topic, id, payload } of events.slice(0, 3)) {
    const signed = client.sign(source, { topic, id: `forged-${id}`, payload, now: Date.now() });
    signatures.push(...Object.values(signed.headers).filter((value) => /[A-Za-z0-9+/=_-]{40,}/.test(value)));
    await client.post(source, { ...signed, body: `${signed.body} ` });
    await client.post(source, signed);
  }
  await fetch(`${relay.url}/operations/customer.upsert`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${relay.adminKey}`,
      'content-type': 'application/json',
      'idempotency-key': 'no-secrets-1',
    },
    body: JSON.stringify({ customerId: 'C-1', name: 'Ada', email: 'ada@example.com' }),
  }).then(async (response) => void answers.push(await response.text()));
  await untilQuiet(client, 90_000);
  await setByApi(client);
  await client.replayAll({ filter: {}, reason: 'search for secrets', withinMs: 60_000 });
  await untilQuiet(client, 90_000);
}

/** All that has a secret in it: made, rotated, set and asked with. */
async function setByApi(client: RelayClient): Promise<void> {
  const reason = 'a test';
  const act = async (method: string, path: string, body: object) =>
    (await client.admin(method, path, { reason, ...body })).body as Readonly<Record<string, unknown>>;
  const keep = (...texts: unknown[]) => void given.push(...texts.map(String));
  const made = await act('POST', '/admin/credentials', { name: 'a reader', preset: 'viewer' });
  const { id } = made.credential as { id: string };
  keep(made.key, (await act('POST', `/admin/credentials/${id}/rotate`, {})).key);
  const url = 'https://hooks.example.com/in';
  const subscribed = await act('POST', '/admin/subscriptions', { url, types: ['sale.confirmed'] });
  const { id: subscription } = subscribed.subscription as { id: string };
  await act('PATCH', `/admin/subscriptions/${subscription}`, { enabled: false });
  keep(subscribed.secret, (await act('POST', `/admin/subscriptions/${subscription}/rotate`, {})).secret);
  const webhook = `whsec_${Buffer.from('a-webhook-secret-of-thirty-two-b').toString('base64')}`;
  // The ERP's own once more, and one of a single source there: both stand sealed from now on.
  const values = {
    keyId: relay.secrets.SANDBOX_ERP_KEY_ID ?? '',
    secret: relay.secrets.SANDBOX_ERP_KEY_SECRET ?? '',
  };
  const own = { ...values, secret: 'an-erp-secret-of-one-source-0123' };
  for (const [name, set] of [
    ['source/smoke', { secret: webhook }],
    ['target/erp', values],
    ['target/erp@smoke', own],
  ] as const)
    answers.push(JSON.stringify(await act('PUT', `/admin/secrets/${name}`, { values: set })));
  keep(webhook, own.secret);
  await fetch(`${relay.url}/admin/me`, { headers: { authorization: `Bearer ${String(made.key)}x` } });
}

async function readAll(): Promise<void> {
  const client = createRelayClient(relay);
  for (const { id } of await client.deliveries()) {
    await read(`/admin/deliveries/${id}`);
    const { body } = await client.admin('POST', `/admin/deliveries/${id}/replay?dryRun=true`, {});
    answers.push(`dry run ${id} ${JSON.stringify(body)}`);
  }
  for (const list of [
    'deliveries',
    'rejected-requests',
    'partitions',
    'sources',
    'targets',
    'audit',
    'replays',
    'alerts',
    'lines',
    'issues',
    'overview',
    'costs',
    'credentials',
    'secrets',
    'subscriptions',
    'targets/erp',
    'targets/erp/capabilities',
    'sources/smoke/grants',
  ])
    await read(`/admin/${list}`);
  const headers = { authorization: `Bearer ${relay.adminKey}` };
  for (const path of ['/metrics', '/admin/audit/export'])
    answers.push(await (await fetch(`${relay.url}${path}`, { headers })).text());
  for (const path of ['/', '/healthz', '/readyz'])
    answers.push(await (await fetch(`${relay.url}${path}`)).text());
}

/** The sandbox ERP's own files stay out: they are the ERP, and it has to know its keys. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => join(directory, file))
    .filter((file) => statSync(file).isFile() && !/sandbox/i.test(file));
}

beforeAll(async () => {
  relay = await startLocalRelay({
    stateDir,
    scheduleEveryMs: 0,
    onLog: ({ message }) => void logs.push(message),
  });
  await run();
  await readAll();
}, 240_000);

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Secrets as written, and without the prefix that says what they are. */
function secretTexts(): string[] {
  const values = Object.entries(relay.secrets).filter(([name]) => !name.endsWith('_KEY_ID'));
  const all = [...values.map(([, value]) => value), ...given];
  return all.flatMap((value) => [value, value.replace(/^(?:whsec_|hf_)/, '')]);
}

function findIn(texts: readonly { readonly name: string; readonly text: string }[]): string[] {
  const wanted = [...secretTexts(), ...signatures];
  return texts.flatMap(({ name, text }) => {
    const found = wanted.filter((secret) => text.includes(secret)).length;
    return found > 0 || erpToken.test(text) ? [name] : [];
  });
}

describe('after a run of everything', () => {
  it('there is something to search', () => {
    expect(logs.length).toBeGreaterThan(50);
    expect(answers.length).toBeGreaterThan(36);
    expect(signatures.length).toBeGreaterThan(2);
    expect(given.filter((text) => text.length > 20)).toHaveLength(6);
    expect(answers.join('')).toContain('"dryRun":true');
    const files = filesOf(stateDir);
    expect(files.some((file) => /d1/i.test(file))).toBe(true);
    expect(files.some((file) => /SequencerObject/.test(file))).toBe(true);
    expect(files.some((file) => /TargetObject/.test(file))).toBe(true);
    const kept = files.map((file) => readFileSync(file, 'latin1')).join('');
    expect(kept).toContain('910000');
  });

  it('no log line holds a secret, a token or a signature', () => {
    expect(findIn(logs.map((text) => ({ name: text.slice(0, 80), text })))).toEqual([]);
  });

  it('no answer does', () => {
    expect(findIn(answers.map((text) => ({ name: text.slice(0, 80), text })))).toEqual([]);
  });

  it('no file of D1 or of a Durable Object does', () => {
    const files = filesOf(stateDir).map((name) => ({ name, text: readFileSync(name, 'latin1') }));
    expect(findIn(files)).toEqual([]);
  });
});
