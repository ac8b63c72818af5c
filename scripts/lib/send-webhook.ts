// Signs one webhook as its sender does and posts it to a relay, whole, twice, changed or old: what `npm run send` and `holdfast send` do.
// Says what was answered and whether that is what should be; prints nothing, and no answer of it holds a secret.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../src/core/result.ts';
import { topicsOf } from './payloads-samples.ts';
import { planSend, type SendPlan, samplePayload } from './send-plan.ts';
import { type SignedRequest, signedRequest } from './senders.ts';
import { signByRow } from './sign-by-row.ts';
import { throwawayKeys } from './vectors/throwaway-keys.ts';

/** The longest a relay may take to answer, ms. */
const timeoutMs = 15_000;
const dayMs = 86_400_000;

export type SendOptions = {
  readonly twice?: boolean | undefined;
  readonly tamper?: boolean | undefined;
  readonly stale?: boolean | undefined;
  /** What the sender signs with; absent: the source's variable. */
  readonly secret?: string | undefined;
  /** File of the private key, PEM, of a sender with a key pair. */
  readonly key?: string | undefined;
  /** JSON, or a file with it. */
  readonly payload?: string | undefined;
  /** `name: value` each. */
  readonly header?: readonly string[] | undefined;
  readonly id?: string | undefined;
  readonly about?: string | undefined;
};

export type Sending = {
  readonly plan: SendPlan;
  readonly topic: string;
  /** The relay, or the whole URL of the source. */
  readonly url: string;
  /** By name: secrets, keys and public URLs of sources. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly options: SendOptions;
  /** Epoch ms. */
  readonly now: number;
};

export type Sent = {
  readonly source: string;
  readonly topic: string;
  readonly answers: readonly { readonly status: number; readonly body: string }[];
  /** Null: it depends on the sender. */
  readonly expected: '2xx' | '401' | null;
  readonly asExpected: boolean;
};

/** `unreachable`: nothing was answered; `invalid`: it cannot be sent like this. */
export type SendFailure = { readonly kind: 'invalid' | 'unreachable'; readonly message: string };

type Attempt<T> = Result<T, SendFailure>;

function invalid(message: string): Attempt<never> {
  return err({ kind: 'invalid', message });
}

/** The topics there is a sample of; empty for a sender of one's own. */
export function topicsOfPlan({ sender }: SendPlan): readonly string[] {
  return sender === null ? [] : topicsOf(sender);
}

export function findPlan(name: string): Attempt<SendPlan> {
  const plan = planSend(name);
  return plan === null ? invalid(`There is no source and no sender "${name}".`) : ok(plan);
}

export async function sendWebhook(sending: Sending): Promise<Attempt<Sent>> {
  const { plan, topic, options } = sending;
  const endpoint = endpointOf(plan, sending.url);
  if (!endpoint.ok) return endpoint;
  const signed = sign(sending, endpoint.value);
  if (!signed.ok) return signed;
  const request = options.tamper ? { ...signed.value, body: tamper(signed.value.body) } : signed.value;
  const expected = expectedStatus(plan, options);
  const answers: { status: number; body: string }[] = [];
  for (let sent = 0; sent < (options.twice ? 2 : 1); sent += 1) {
    const answer = await post(endpoint.value, request);
    if (!answer.ok) return answer;
    answers.push(answer.value);
  }
  const asExpected = answers.every(({ status }) => expected === null || kindOf(status) === expected);
  return ok({ source: plan.source, topic, answers, expected, asExpected });
}

function kindOf(status: number): string {
  return status >= 200 && status < 300 ? '2xx' : String(status);
}

function endpointOf(plan: SendPlan, url: string): Attempt<string> {
  const parsed = URL.parse(url);
  if (parsed === null) return invalid('--url must be an address.');
  if (parsed.pathname.includes('/hooks/')) return ok(parsed.href);
  return ok(`${parsed.href.replace(/\/+$/, '')}/hooks/${plan.source}`);
}

type Keys = { readonly signWith: string; readonly account: string };

function keysOf({ plan, options, variables }: Sending): Attempt<Keys> {
  const configured = options.secret ?? variables[plan.secretVariable];
  if (plan.key === 'kept_by_sender' && plan.sender !== null) {
    const { signWith, configured: pin } = throwawayKeys(plan.sender);
    return ok({ signWith, account: configured ?? pin });
  }
  if (plan.key === 'key_pair') {
    if (options.key === undefined)
      return invalid(`${plan.source} signs with a key pair: --key must name its private key.`);
    return ok({ signWith: readFileSync(options.key, 'utf8'), account: '' });
  }
  if (configured === undefined || configured === '')
    return invalid(`${plan.secretVariable} is not known: --secret, or .dev.vars.`);
  return ok({ signWith: configured, account: configured });
}

function sign(sending: Sending, endpoint: string): Attempt<SignedRequest> {
  const { plan, topic, options, variables } = sending;
  const keys = keysOf(sending);
  if (!keys.ok) return keys;
  const payload = payloadOf(sending);
  if (!payload.ok) return payload;
  const headers = readHeaders(options.header);
  if (!headers.ok) return headers;
  const { signWith, account } = keys.value;
  const signing = {
    secret: signWith,
    topic,
    payload: payload.value,
    now: sending.now - (options.stale ? dayMs : 0),
    id: options.id ?? `send-${randomUUID()}`,
    url: (plan.urlVariable === null ? undefined : variables[plan.urlVariable]) ?? endpoint,
    account,
  };
  if (plan.sender !== null) {
    const signed = signedRequest(plan.sender, signing);
    return ok({ ...signed, headers: { ...signed.headers, ...headers.value } });
  }
  const signed = plan.row === null ? null : signByRow(plan.row, signing, headers.value);
  return signed === null
    ? invalid(`${plan.source} proves itself in a way that cannot be signed for here.`)
    : ok(signed);
}

function payloadOf({ plan, topic, options, now }: Sending): Attempt<unknown> {
  if (options.payload !== undefined) return readPayload(options.payload);
  const about = options.about ?? String(now).slice(-9);
  const sample = samplePayload(plan.sender, topic, { id: about, at: now });
  if (sample !== null) return ok(sample);
  const known = topicsOfPlan(plan);
  const list = known.length === 0 ? 'There are no samples' : `Topics with a sample: ${known.join(', ')}`;
  return invalid(`No sample of "${topic}" for ${plan.source}. ${list}; --payload gives any other.`);
}

function readPayload(text: string): Attempt<unknown> {
  try {
    return ok(JSON.parse(/^[[{"]/.test(text.trim()) ? text : readFileSync(text, 'utf8')));
  } catch (error) {
    return invalid(`--payload: ${(error as Error).message}`);
  }
}

function readHeaders(lines: readonly string[] = []): Attempt<Record<string, string>> {
  const bad = lines.find((line) => line.indexOf(':') < 1);
  if (bad !== undefined) return invalid(`--header must be "name: value", not ${bad}`);
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  return ok(Object.fromEntries(pairs) as Record<string, string>);
}

/** One character of the contents, so that it is still what it was but for what it says. */
function tamper(body: string): string {
  const at = body.search(/\d(?=[^\d]*$)/);
  return at === -1 ? `${body} ` : `${body.slice(0, at)}${(Number(body[at]) + 1) % 10}${body.slice(at + 1)}`;
}

async function post(
  endpoint: string,
  { headers, body, query }: SignedRequest,
): Promise<Attempt<{ status: number; body: string }>> {
  const url = query === undefined ? endpoint : `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    return ok({ status: response.status, body: await response.text() });
  } catch (error) {
    return err({ kind: 'unreachable', message: `No answer from ${endpoint}: ${(error as Error).message}` });
  }
}

/** What the relay should answer; null where that depends on the sender. */
function expectedStatus(plan: SendPlan, { tamper: tampered, stale }: SendOptions): Sent['expected'] {
  if (plan.key === 'kept_by_sender' || tampered) return '401';
  return stale ? null : '2xx';
}

/** For a terminal, a line an answer; what a relay answers is the relay's own text. */
export function describeSent(plan: SendPlan, { answers, expected, asExpected, source, topic }: Sent): string {
  const judgement =
    expected === null ? 'old requests are refused where the sender signs the time' : `expected ${expected}`;
  return [
    ...(plan.key === 'kept_by_sender'
      ? [`Only ${plan.sender} has its keys: this is signed with another one, and refused.`]
      : []),
    ...answers.flatMap(({ status, body }) => [
      `${status} ${body.slice(0, 500)}`,
      ...(status === 404 ? [`The relay has no source ${source}: docs/senders says how to define one.`] : []),
    ]),
    `${asExpected ? 'ok' : 'FAILED'}: ${source} ${topic}, ${judgement}`,
  ].join('\n');
}
