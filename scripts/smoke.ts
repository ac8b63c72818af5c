// `npm run smoke -- --url U`: checks a relay end to end, as a sender and as an operator would. It posts one signed test
// event whose route changes nothing (src/integrations/smoke.ts) and waits until it is delivered.
// It may change nothing but that one event, prints no secret, and sends a local secret to no other machine.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { signedRequest } from './lib/senders.ts';
import { fail, readOptions, repository } from './local/command.ts';
import { readDevVars } from './local/dev-vars.ts';

const usage = `npm run smoke -- [options]

  --url U          the relay, e.g. https://holdfast.example.workers.dev (default: http://127.0.0.1:8787)
  --secret S       what it has as SMOKE_WEBHOOK_SECRET (default: the variable SMOKE_WEBHOOK_SECRET)
  --admin-key K    what it has as ADMIN_KEY (default: the variable HOLDFAST_ADMIN_KEY, else ADMIN_KEY)

For a relay on this machine both are also looked up in .dev.vars. Exit code 0: everything works.
`;

/** The longest a request may take, ms: a cold start anywhere is well under it. */
const requestTimeoutMs = 15_000;

/** The longest a delivery may take from the 202 to its end, ms: a queue hands over in a second or two. */
const settleTimeoutMs = 60_000;
const pollEveryMs = 250;

/** Nothing follows these by itself. */
const endStatuses = ['succeeded', 'superseded', 'skipped', 'resolved', 'dead_lettered', 'held'];

type Settings = { url: string; secret: string; adminKey: string };
type Answer = { status: number; text: string };

function readSettings(): Settings {
  const values = readOptions(
    { url: { type: 'string' }, secret: { type: 'string' }, 'admin-key': { type: 'string' } },
    usage,
  );
  const url = URL.parse(values.url ?? 'http://127.0.0.1:8787');
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    fail(`--url must be the address of a relay, http:// or https://, not "${values.url}".\n\n${usage}`);
  }
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const local = isLocal ? readDevVars(join(repository, '.dev.vars')) : {};
  const { env } = process;
  const missing = (what: string, option: string, variable: string): never =>
    fail(`${what} of ${url.href} is not known: give it with ${option} or in ${variable}.\n\n${usage}`);
  return {
    url: url.href.replace(/\/+$/, ''),
    secret:
      firstOf(values.secret, env.SMOKE_WEBHOOK_SECRET, local.SMOKE_WEBHOOK_SECRET) ??
      missing('The secret of the test event', '--secret', 'SMOKE_WEBHOOK_SECRET'),
    adminKey:
      firstOf(values['admin-key'], env.HOLDFAST_ADMIN_KEY, env.ADMIN_KEY, local.ADMIN_KEY) ??
      missing('The admin key', '--admin-key', 'HOLDFAST_ADMIN_KEY'),
  };
}

const firstOf = (...values: (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== '');

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const response = await fetch(url, { ...init, signal, redirect: 'error' });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Error(`no answer: ${cause?.code ?? cause?.message ?? message}`);
  }
}

async function requireStatus(wanted: number, asked: Promise<Answer>): Promise<string> {
  const { status, text } = await asked;
  if (status !== wanted) throw new Error(`answered ${status} instead of ${wanted}: ${text.slice(0, 500)}`);
  return text;
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`the answer is not JSON, so this is no relay: ${text.slice(0, 200)}`);
  }
}

type Readiness = { status: string; checks: { name: string; ok: boolean; detail: string }[] };

async function requireReady({ url }: Settings): Promise<string> {
  const { status, text } = await request(`${url}/readyz`);
  const { status: standing, checks = [] } = parse<Readiness>(text);
  if (status === 200 && standing === 'ready') return 'ready';
  const failed = checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  throw new Error(`answered ${status}, ${standing} (${failed.join('; ')})`);
}

const unsigned = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

async function requireRefusal(url: string, status: number): Promise<string> {
  await requireStatus(status, request(url, unsigned));
  return String(status);
}

async function postEvent({ url, secret }: Settings, id: string, wanted: string): Promise<string> {
  const event = { secret, topic: 'smoke.sent', id, payload: { note: id }, now: Date.now() };
  const { headers, body } = signedRequest('standard-webhooks', event);
  const text = await requireStatus(202, request(`${url}/hooks/smoke`, { method: 'POST', headers, body }));
  const status = parse<{ events?: { status: string }[] }>(text).events?.[0]?.status;
  if (status !== wanted)
    throw new Error(`202, but the event is ${status ?? 'not named'} instead of ${wanted}`);
  return `202 ${status}`;
}

type Delivery = { status: string; reason: string | null; message: string | null; attemptCount: number };

async function requireDelivery({ url, adminKey }: Settings, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${adminKey}` };
  const query = `${url}/admin/deliveries?source=smoke&eventId=${id}`;
  const deadline = Date.now() + settleTimeoutMs;
  let status = 'not listed';
  while (Date.now() < deadline) {
    const { deliveries } = parse<{ deliveries: Delivery[] }>(
      await requireStatus(200, request(query, { headers })),
    );
    if (deliveries.length > 1)
      throw new Error(`the event has ${deliveries.length} deliveries instead of one`);
    const [delivery] = deliveries;
    status = delivery?.status ?? status;
    if (delivery !== undefined && endStatuses.includes(status)) return judge(delivery);
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
  const seconds = settleTimeoutMs / 1_000;
  throw new Error(`the delivery is ${status} after ${seconds} s: is the queue consumer registered?`);
}

function judge({ status, reason, message, attemptCount }: Delivery): string {
  if (status !== 'succeeded') {
    throw new Error(`the delivery is ${status} (${reason}: ${message}) instead of succeeded`);
  }
  if (attemptCount !== 1) throw new Error(`the delivery took ${attemptCount} attempts instead of one`);
  return 'succeeded with one attempt';
}

async function step(name: string, run: () => Promise<string>): Promise<void> {
  const startedAt = performance.now();
  try {
    const detail = await run();
    process.stdout.write(`ok      ${name}: ${detail} (${Math.round(performance.now() - startedAt)} ms)\n`);
  } catch (error) {
    process.stdout.write(`FAILED  ${name}: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

const settings = readSettings();
const id = `smoke-${randomUUID()}`;
const { url } = settings;
await step('GET /healthz answers', async () => {
  await requireStatus(200, request(`${url}/healthz`));
  return '200';
});
await step('GET /readyz says ready', () => requireReady(settings));
await step('an unknown source is refused', () => requireRefusal(`${url}/hooks/no-such-source`, 404));
await step('an unsigned event is refused', () => requireRefusal(`${url}/hooks/smoke`, 401));
await step('a signed event is accepted', () => postEvent(settings, id, 'accepted'));
await step('the same event again is a duplicate', () => postEvent(settings, id, 'duplicate'));
await step('GET /admin/deliveries shows it delivered', () => requireDelivery(settings, id));
process.stdout.write(`The relay at ${url} works.\n`);
