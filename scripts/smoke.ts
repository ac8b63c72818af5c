// `npm run smoke -- --url U`: checks a relay end to end, as a sender and as an operator would. It posts one signed test
// event whose route changes nothing (src/integrations/smoke.ts) and waits until it is delivered.
// It may change nothing but that one event, and prints no secret.

import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fail, readOptions, repository } from './local/command.ts';
import { readDevVars } from './local/dev-vars.ts';

const usage = `npm run smoke -- --url U [options]

  --url U          the relay, e.g. https://holdfast.example.workers.dev
  --secret S       what it has as SMOKE_WEBHOOK_SECRET (default: that variable, else .dev.vars)
  --admin-key K    what it has as ADMIN_KEY (default: that variable, else .dev.vars)
`;

/** The longest a step may take, ms: a cold start anywhere is well under it. */
const requestTimeoutMs = 15_000;

/** The longest a delivery may take from the 202 to its end, ms: a queue hands over in a second or two. */
const settleTimeoutMs = 60_000;
const pollEveryMs = 500;

/** Nothing a person or a replay would have to follow. */
const settledStatuses = ['succeeded', 'superseded', 'skipped', 'resolved', 'dead_lettered', 'held'];

type Settings = { url: string; secret: string; adminKey: string };

function readSettings(): Settings {
  const values = readOptions(
    { url: { type: 'string' }, secret: { type: 'string' }, 'admin-key': { type: 'string' } },
    usage,
  );
  const url = URL.parse(values.url ?? '') ?? fail(`--url must be the address of a relay.\n\n${usage}`);
  const local = readDevVars(join(repository, '.dev.vars'));
  const given = (name: string, option: string | undefined) =>
    option ?? process.env[name] ?? local[name] ?? fail(`${name} is not known.\n\n${usage}`);
  return {
    url: url.href.replace(/\/+$/, ''),
    secret: given('SMOKE_WEBHOOK_SECRET', values.secret),
    adminKey: given('ADMIN_KEY', values['admin-key']),
  };
}

/** Standard Webhooks: HMAC-SHA256 over "id.timestamp.body" with the decoded secret. */
function sign(secret: string, content: { id: string; timestamp: string; body: string }): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${content.id}.${content.timestamp}.${content.body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

async function request(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    ...init,
    signal: AbortSignal.timeout(requestTimeoutMs),
    redirect: 'error',
  });
  return { status: response.status, text: await response.text() };
}

async function expectStatus(
  status: number,
  asked: Promise<{ status: number; text: string }>,
): Promise<string> {
  const answer = await asked;
  if (answer.status !== status) {
    throw new Error(`answered ${answer.status} instead of ${status}: ${answer.text.slice(0, 500)}`);
  }
  return answer.text;
}

async function postEvent({ url, secret }: Settings, id: string): Promise<string> {
  const now = new Date();
  const body = JSON.stringify({ type: 'smoke.sent', timestamp: now.toISOString(), data: { note: id } });
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': sign(secret, { id, timestamp, body }),
  };
  const text = await expectStatus(202, request(`${url}/hooks/smoke`, { method: 'POST', headers, body }));
  const { events } = JSON.parse(text) as { events: { status: string }[] };
  return events[0]?.status ?? 'no event';
}

async function waitUntilSettled({ url, adminKey }: Settings, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${adminKey}` };
  const deadline = Date.now() + settleTimeoutMs;
  let status = 'not listed';
  while (Date.now() < deadline) {
    const text = await expectStatus(
      200,
      request(`${url}/admin/deliveries?source=smoke&eventId=${id}`, { headers }),
    );
    const { deliveries } = JSON.parse(text) as { deliveries: { status: string; reason: string | null }[] };
    const [delivery] = deliveries;
    status = delivery?.status ?? status;
    if (status === 'succeeded') {
      return status;
    }
    if (settledStatuses.includes(status)) {
      throw new Error(`the delivery is ${status} (${delivery?.reason ?? 'no reason'}) instead of succeeded`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
  throw new Error(
    `the delivery is ${status} after ${settleTimeoutMs / 1000} s: is the queue consumer registered?`,
  );
}

function requireEqual(actual: string, expected: string): string {
  if (actual !== expected) {
    throw new Error(`the event is ${actual} instead of ${expected}`);
  }
  return actual;
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
await step('GET /healthz', async () => expectStatus(200, request(`${url}/healthz`)));
await step('GET /readyz', async () => {
  const readiness = JSON.parse(await expectStatus(200, request(`${url}/readyz`))) as { status: string };
  return readiness.status;
});
await step('an unsigned event is refused', async () => {
  await expectStatus(401, request(`${url}/hooks/smoke`, { method: 'POST', body: '{}' }));
  return '401';
});
await step('a signed event is accepted', async () => requireEqual(await postEvent(settings, id), 'accepted'));
await step('the same event again is a duplicate', async () =>
  requireEqual(await postEvent(settings, id), 'duplicate'),
);
await step('its delivery succeeds', () => waitUntilSettled(settings, id));
process.stdout.write(`The relay at ${url} works.\n`);
