// `npm run send -- SOURCE TOPIC`: signs a realistic webhook as its sender does and posts it to a relay, whole, twice,
// changed or old. It prints what was answered and whether that is what should be answered; never a secret.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { topicsOf } from './lib/payloads-samples.ts';
import { planSend, type SendPlan, samplePayload, sourceNames } from './lib/send-plan.ts';
import { type SignedRequest, senders, signedRequest } from './lib/senders.ts';
import { signByRow } from './lib/sign-by-row.ts';
import { throwawayKeys } from './lib/vectors/throwaway-keys.ts';
import { fail, repository } from './local/command.ts';
import { readDevVars } from './local/dev-vars.ts';

const usage = `npm run send -- SOURCE TOPIC [options]

  SOURCE           a source of this relay: ${sourceNames().join(', ')};
                   or a sender, for a source that goes by its name: see --help
  TOPIC            the event type; without one, those that have a sample are listed
  --twice          send the same event two times
  --tamper         change the body after it was signed
  --stale          sign it for yesterday
  --url U          the relay, or the whole URL of the source (default: PORT, else http://127.0.0.1:8787)
  --secret S       what the sender signs with (default: the source's variable, else .dev.vars)
  --secrets F      where the local secrets are (default: .dev.vars)
  --key FILE       the private key, PEM, of a sender with a key pair
  --payload P      JSON, or a file with it, in place of the sample
  --header H       name: value; may be repeated, for a sender of your own
  --id ID          the event id (default: a new one)
  --about ID       what the event is about, e.g. an order's number (default: a new one)
`;

/** The longest a relay may take to answer, ms. */
const timeoutMs = 15_000;
const dayMs = 86_400_000;

const options = {
  twice: { type: 'boolean', default: false },
  tamper: { type: 'boolean', default: false },
  stale: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  url: { type: 'string' },
  secret: { type: 'string' },
  secrets: { type: 'string' },
  key: { type: 'string' },
  payload: { type: 'string' },
  header: { type: 'string', multiple: true },
  id: { type: 'string' },
  about: { type: 'string' },
} as const;

type Values = ReturnType<typeof readArguments>['values'];

function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`);
  }
}

function endpointOf(plan: SendPlan, url: string | undefined): string {
  const base = url ?? `http://127.0.0.1:${process.env.PORT ?? '8787'}`;
  const parsed = URL.parse(base) ?? fail(`--url must be an address.\n\n${usage}`);
  if (parsed.pathname.includes('/hooks/')) return parsed.href;
  return `${parsed.href.replace(/\/+$/, '')}/hooks/${plan.source}`;
}

type Keys = { readonly signWith: string; readonly account: string };

function keysOf(plan: SendPlan, values: Values, variables: Record<string, string | undefined>): Keys {
  const configured = values.secret ?? variables[plan.secretVariable];
  if (plan.key === 'kept_by_sender' && plan.sender !== null) {
    const { signWith, configured: pin } = throwawayKeys(plan.sender);
    return { signWith, account: configured ?? pin };
  }
  if (plan.key === 'key_pair') {
    const file = values.key ?? fail(`${plan.source} signs with a key pair: --key must name its private key.`);
    return { signWith: readFileSync(file, 'utf8'), account: '' };
  }
  const secret = configured ?? fail(`${plan.secretVariable} is not known: --secret, or .dev.vars.`);
  return { signWith: secret, account: secret };
}

function readPayload(text: string): unknown {
  const content = /^[[{"]/.test(text.trim()) ? text : readFileSync(text, 'utf8');
  return JSON.parse(content);
}

function readHeaders(lines: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) fail(`--header must be "name: value", not ${line}`);
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function payloadOf(plan: SendPlan, topic: string, values: Values): unknown {
  if (values.payload !== undefined) return readPayload(values.payload);
  const about = values.about ?? String(Date.now()).slice(-9);
  const sample = samplePayload(plan.sender, topic, { id: about, at: Date.now() });
  if (sample !== null) return sample;
  const known = plan.sender === null ? [] : topicsOf(plan.sender);
  const list = known.length === 0 ? 'There are no samples' : `Topics with a sample: ${known.join(', ')}`;
  return fail(`No sample of "${topic}" for ${plan.source}. ${list}; --payload gives any other.`);
}

type Sending = { readonly topic: string; readonly values: Values; readonly endpoint: string };

function sign(plan: SendPlan, { topic, values, endpoint }: Sending): SignedRequest {
  const secrets = readDevVars(values.secrets ?? join(repository, '.dev.vars'));
  const variables = { ...secrets, ...process.env };
  const { signWith, account } = keysOf(plan, values, variables);
  const now = Date.now() - (values.stale ? dayMs : 0);
  const url = (plan.urlVariable === null ? undefined : variables[plan.urlVariable]) ?? endpoint;
  const payload = payloadOf(plan, topic, values);
  const signing = {
    secret: signWith,
    topic,
    payload,
    now,
    id: values.id ?? `send-${randomUUID()}`,
    url,
    account,
  };
  const headers = readHeaders(values.header);
  if (plan.sender !== null) {
    const signed = signedRequest(plan.sender, signing);
    return { ...signed, headers: { ...signed.headers, ...headers } };
  }
  const signed = plan.row === null ? null : signByRow(plan.row, signing, headers);
  return signed ?? fail(`${plan.source} proves itself in a way that cannot be signed for here.`);
}

/** One character of the contents, so that it is still what it was but for what it says. */
function tamper(body: string): string {
  const at = body.search(/\d(?=[^\d]*$)/);
  return at === -1 ? `${body} ` : `${body.slice(0, at)}${(Number(body[at]) + 1) % 10}${body.slice(at + 1)}`;
}

async function post(endpoint: string, { headers, body, query }: SignedRequest) {
  const url = query === undefined ? endpoint : `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`;
  const init = {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  } as const;
  const response = await fetch(url, init).catch((error: Error) =>
    fail(`No answer from ${endpoint}: ${error.message}`),
  );
  return { status: response.status, text: await response.text() };
}

/** What the relay should answer; null where that depends on the sender. */
function expectedStatus(plan: SendPlan, { tamper: tampered, stale }: Values): '2xx' | '401' | null {
  if (plan.key === 'kept_by_sender' || tampered) return '401';
  return stale ? null : '2xx';
}

async function run(plan: SendPlan, topic: string, values: Values): Promise<boolean> {
  const endpoint = endpointOf(plan, values.url);
  const signed = sign(plan, { topic, values, endpoint });
  const request = values.tamper ? { ...signed, body: tamper(signed.body) } : signed;
  if (plan.key === 'kept_by_sender') {
    process.stdout.write(`Only ${plan.sender} has its keys: this is signed with another one, and refused.\n`);
  }
  const expected = expectedStatus(plan, values);
  let asExpected = true;
  for (let sent = 0; sent < (values.twice ? 2 : 1); sent += 1) {
    const { status, text } = await post(endpoint, request);
    const kind = status >= 200 && status < 300 ? '2xx' : String(status);
    asExpected &&= expected === null || kind === expected;
    process.stdout.write(`${status} ${text.slice(0, 500)}\n`);
    if (status === 404)
      process.stdout.write(`The relay has no source ${plan.source}: docs/senders says how to define one.\n`);
  }
  const judgement =
    expected === null ? 'old requests are refused where the sender signs the time' : `expected ${expected}`;
  process.stdout.write(`${asExpected ? 'ok' : 'FAILED'}: ${plan.source} ${topic}, ${judgement}\n`);
  return asExpected;
}

const { values, positionals } = readArguments();
const [name, topic] = positionals;
if (values.help || name === undefined) {
  process.stdout.write(values.help ? `${usage}\nSenders: ${senders.join(', ')}\n` : usage);
  process.exit(values.help ? 0 : 1);
}
const plan = planSend(name) ?? fail(`There is no source and no sender "${name}".\n\n${usage}`);
if (topic === undefined) {
  const known = plan.sender === null ? [] : topicsOf(plan.sender);
  process.stdout.write(`${known.join('\n')}\n`);
  process.exit(1);
}
process.exitCode = (await run(plan, topic, values)) ? 0 : 1;
