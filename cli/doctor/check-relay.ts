// What a relay says of itself, and what can be seen from here: whether it answers, is ready, has its tables, its clock and its targets
// are well, and what the key may do. Reads only.

import type { Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { describeFailure } from '../api/failure.ts';
import { type Answer, createRelayApi, type Relay, whyOf } from '../api/relay-api.ts';
import { type Chosen, isLoopback } from '../profiles/choose-relay.ts';
import { bad, type Finding, good, warning } from './finding.ts';

/** What senders and tokens are judged by allows 30 s and more (docs/security.md), ms. */
const maxSkewMs = 30_000;

/** The longest the first answer may take, ms. */
const timeoutMs = 10_000;

export type Examined = {
  readonly url: string;
  /** With its key; without one what needs none is looked at. */
  readonly chosen: Result<Chosen, Failure>;
  readonly now: () => number;
};

export async function checkRelay({ url, chosen, now }: Examined): Promise<readonly Finding[]> {
  const from = chosen.ok ? chosen.value.from : 'no key';
  const reached = await reach(url, now);
  if (reached.kind === 'silent') {
    const local = isLoopback(new URL(url))
      ? 'Start it: npm start.'
      : 'Is the address right, and is it deployed?';
    return [bad('relay', `${url} (${from}) does not answer: ${reached.message}`, local)];
  }
  const found = good('relay', `${url} (${from}) answers in ${reached.tookMs} ms`);
  const relay = createRelayApi(url, chosen.ok ? chosen.value.key : '');
  const readiness = await checkReadiness(relay);
  const skewMs = reached.skewMs ?? (chosen.ok ? await skewOf(relay, now) : null);
  const clock = skewMs === null ? [] : [checkClock(skewMs)];
  const me = chosen.ok ? await relay.call('GET /admin/me') : chosen;
  if (!me.ok) return [found, ...clock, ...readiness, refused('key', me.error)];
  return [
    found,
    ...clock,
    ...readiness,
    checkKey(me.value, url),
    ...(await checkTables(relay, me.value.scopes)),
    ...(await checkTargets(relay, me.value.scopes)),
    ...(await checkAlerts(relay, me.value.scopes)),
  ];
}

type Reached =
  | { readonly kind: 'silent'; readonly message: string }
  | { readonly kind: 'answered'; readonly tookMs: number; readonly skewMs: number | null };

async function reach(url: string, now: () => number): Promise<Reached> {
  try {
    const sentAt = now();
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${url}/healthz`, { redirect: 'manual', signal });
    const tookMs = now() - sentAt;
    if (response.status !== 200) return { kind: 'silent', message: `it answers ${response.status}` };
    const date = Date.parse(response.headers.get('date') ?? '');
    // It was written somewhere between the two, and is cut to a second.
    const skewMs = Number.isNaN(date) ? null : date + 500 - (sentAt + tookMs / 2);
    return { kind: 'answered', tookMs, skewMs };
  } catch (error) {
    return { kind: 'silent', message: whyOf(error) };
  }
}

/** By the relay's own word, where no `Date` came with the answer; it may be some seconds old. Null: the key may not see it. */
async function skewOf(relay: Relay, now: () => number): Promise<number | null> {
  const sentAt = now();
  const overview = await relay.call('GET /admin/overview', { query: { windowMinutes: '1' } });
  return overview.ok ? Date.parse(overview.value.at) - (sentAt + now()) / 2 : null;
}

/** `skewMs`: the relay's clock minus this machine's. */
export function checkClock(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= maxSkewMs) return good('clock', `within ${seconds} s of this machine`);
  const way = skewMs > 0 ? 'behind' : 'ahead of';
  return bad(
    'clock',
    `this machine is ${seconds} s ${way} the relay`,
    'Set the clock: signatures and tokens made here are refused as old or not yet good.',
  );
}

async function checkReadiness(relay: Relay): Promise<readonly Finding[]> {
  const response = await fetch(`${relay.url}/readyz`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => null);
  const body = (await response?.json().catch(() => null)) as
    | Partial<Answer<'GET /readyz'>>
    | null
    | undefined;
  if (body === null || body === undefined || !Array.isArray(body.checks))
    return [bad('ready', '/readyz does not answer as a relay does', 'Is there a relay at this address?')];
  return body.checks.map(({ name, ok: isOk, required, detail }) => {
    if (isOk) return good(`ready: ${name}`, detail ?? 'well');
    const advice = adviceOf[name] ?? "Look at the Worker's log.";
    return required
      ? bad(`ready: ${name}`, detail ?? 'failed', advice)
      : warning(`ready: ${name}`, detail ?? 'failed', advice);
  });
}

const adviceOf: Readonly<Record<string, string>> = {
  configuration: 'Mend what it names, and deploy again.',
  secrets: 'Set what is missing: npx wrangler secret put NAME.',
  sequencer: 'Its Durable Object does not answer: look at the bindings and at the status of the platform.',
  journal: 'D1 does not answer: look at its binding, and run npx wrangler d1 migrations apply DB --remote.',
};

function checkKey(me: Answer<'GET /admin/me'>, url: string): Finding {
  const view = me.sources === null ? 'all sources' : `the sources ${me.sources.join(', ')}`;
  const detail = `${me.name ?? me.actor}, ${me.scopes.length} scopes (${me.scopes.join(' ')}), sees ${view}`;
  if (me.actor === 'admin_key' && !isLoopback(new URL(url)))
    return warning(
      'key',
      'the bootstrap key still opens everything',
      'Make a credential in its place: holdfast credentials create NAME --preset admin.',
    );
  return good('key', detail);
}

/** Each reads a table that a migration made: D1 answers, and one that lacks it does not. */
async function checkTables(relay: Relay, scopes: readonly string[]): Promise<readonly Finding[]> {
  const looks = [
    ['sources:read', () => relay.call('GET /admin/rejected-requests', { query: { limit: '1' } })],
    ['audit:read', () => relay.call('GET /admin/audit', { query: { limit: '1' } })],
    ['deliveries:read', () => relay.call('GET /admin/issues', { query: { limit: '1' } })],
  ] as const;
  const able = looks.filter(([scope]) => scopes.includes(scope));
  const answers = await Promise.all(able.map(([, look]) => look()));
  const failed = answers.find((answer) => !answer.ok);
  if (able.length === 0) return [];
  return failed === undefined || failed.ok
    ? [good('migrations applied', `the ${able.length} tables this key can read answer`)]
    : [
        bad(
          'migrations applied',
          describeFailure(failed.error).split('\n')[0] ?? '',
          'Apply them: npx wrangler d1 migrations apply DB --remote (npm start applies its own).',
        ),
      ];
}

async function checkTargets(relay: Relay, scopes: readonly string[]): Promise<readonly Finding[]> {
  if (!scopes.includes('targets:read')) return [];
  const all = await relay.call('GET /admin/targets');
  if (!all.ok) return [refused('targets', all.error)];
  return all.value.targets.map(({ id, status, circuit, pause, unauthorized, adapter }) => {
    const name = `target ${id}`;
    if (status === 'unavailable')
      return bad(name, 'its object does not answer', 'Look at the TARGET binding.');
    if (unauthorized !== null && unauthorized !== undefined)
      return bad(
        name,
        `refuses its credential: ${unauthorized.message}`,
        `holdfast secrets set target/${id}`,
      );
    if (pause !== null && pause !== undefined)
      return warning(name, `is paused: ${pause.note}`, `holdfast targets resume ${id}`);
    if (circuit !== undefined && circuit.state !== 'closed')
      return warning(
        name,
        `circuit ${circuit.state}: ${circuit.reason ?? ''}`,
        'Look at the ERP: probes close it again.',
      );
    return good(name, `${adapter.name} ${adapter.version}, circuit closed`);
  });
}

async function checkAlerts(relay: Relay, scopes: readonly string[]): Promise<readonly Finding[]> {
  if (!scopes.includes('alerts:read')) return [];
  const open = await relay.call('GET /admin/alerts', { query: { status: 'open', limit: '200' } });
  if (!open.ok) return [refused('alerts', open.error)];
  const { alerts } = open.value;
  if (alerts.length === 0) return [good('alerts', 'none is open')];
  const rules = [...new Set(alerts.map(({ rule }) => rule))].join(', ');
  return [
    warning(
      'alerts',
      `${alerts.length} open: ${rules}`,
      'holdfast alerts list; docs/alerts.md says what to do.',
    ),
  ];
}

function refused(name: string, failure: Failure): Finding {
  const [first = '', ...rest] = describeFailure(failure).split('\n');
  return bad(name, first, rest[0]?.trim() ?? 'Use a good key: holdfast profiles add.');
}
