// Every route with every kind of credential: made from the route table and the app itself, so that a new route without a row, or a
// row without a route, fails. What nobody granted nobody gets.
import { describe, expect, it } from 'vitest';
import { formatApiKey } from '../../../src/core/identity/api-key.ts';
import { type Scope, wholeRelayScopes } from '../../../src/core/identity/scopes.ts';
import { type RouteRule, routeRules } from '../../../src/http/access/route-rules.ts';
import { answered, checkAnswer, rows } from '../../support/check-answer.ts';
import { makeCredential, revokeCredential } from '../../support/credentials.ts';
import { askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';
import { createWorld, type Sample, samples, type World } from '../../support/route-samples.ts';

type ScopedRule = Extract<RouteRule, { access: 'scoped' }>;

function appRoutes(): string[] {
  const { app } = createMemoryRelay();
  const named = app.routes.map(({ method, path }) => `${method} ${path}`);
  return [...new Set(named)].filter((name) => !name.endsWith('*')).sort();
}

const scoped = Object.entries(routeRules).filter(
  (entry): entry is [string, ScopedRule] => entry[1].access === 'scoped',
);

function sampleOf(name: string): Sample {
  const sample = samples[name];
  if (sample === undefined) throw new Error(`${name} has no sample in test/support/route-samples.ts`);
  return sample;
}

/** An export is JSON lines, and metrics are no JSON. */
function parse(text: string): { readonly code?: string; readonly scope?: string } {
  const [first = ''] = text.split('\n');
  return first.startsWith('#') ? {} : JSON.parse(first);
}

type Place = { readonly relay: MemoryRelay; readonly world: World };

async function send({ relay, world }: Place, key: string | null, ...[name, scope]: [string, Scope?]) {
  const sample = sampleOf(name);
  const [method = ''] = name.split(' ');
  const { headers, bodyOf = {} } = sample;
  const body = scope === undefined ? sample.body : (bodyOf[scope] ?? sample.body);
  const response = await askAs(relay.app, key, { path: sample.path(world), method, body, headers });
  const answer = await answered(response);
  // Whoever asks, the answer is one the contract names.
  expect(checkAnswer(name, answer)).toBeNull();
  return { ...answer, body: parse(answer.text) };
}

async function start(): Promise<Place> {
  const relay = createMemoryRelay({ partitions: 3 });
  const victim = await makeCredential(relay, { scopes: ['credentials:manage'] });
  return { relay, world: await createWorld(relay, victim.id) };
}

describe('the route table', () => {
  it('has a row for every route, and a route for every row', () => {
    expect(Object.keys(routeRules).sort()).toEqual(appRoutes());
  });

  it('has a row of the contract for every route, and a route for every row', () => {
    expect(Object.keys(rows).sort()).toEqual(appRoutes());
  });

  it('has a sample for every route that needs a key', () => {
    expect(Object.keys(samples).sort()).toEqual(scoped.map(([name]) => name).sort());
  });

  it('leaves open only what holds nothing', () => {
    const open = Object.entries(routeRules).filter(
      ([, { access }]) => access === 'public' || access === 'signed',
    );
    expect(open.map(([name]) => name).sort()).toEqual([
      'ALL /hooks/:source',
      'GET /',
      'GET /dashboard/:file',
      'GET /docs',
      'GET /docs/:file',
      'GET /docs/:folder/:file',
      'GET /docs/api',
      'GET /healthz',
      'GET /openapi.json',
      'GET /problems/:code',
      'GET /readyz',
    ]);
  });
});

describe('GET /admin/me', () => {
  it('is the one route that asks for no scope: it tells each caller of itself, and nobody else of anything', async () => {
    const known = Object.entries(routeRules).filter(([, { access }]) => access === 'known');
    expect(known.map(([name]) => name)).toEqual(['GET /admin/me']);
    const { relay } = await start();
    const { id, key } = await makeCredential(relay, { scopes: ['deliveries:read'], sources: ['spare'] });
    const own = await askAs(relay.app, key, { path: '/admin/me', method: 'GET' });
    expect(await own.json()).toMatchObject({ actor: id, scopes: ['deliveries:read'], grants: null });
    for (const wrong of [null, formatApiKey(new Uint8Array(32))])
      expect((await askAs(relay.app, wrong, { path: '/admin/me', method: 'GET' })).status).toBe(401);
  });
});

describe.each(scoped)('%s', (name, rule) => {
  const { item } = rule;
  const [scope] = rule.anyOf;

  it('refuses no key, a wrong one and a mistyped one with 401, all alike', async () => {
    const place = await start();
    const { relay } = place;
    const { key } = await makeCredential(relay, { scopes: [...rule.anyOf] });
    const last = key.endsWith('a') ? 'b' : 'a';
    for (const wrong of [null, formatApiKey(new Uint8Array(32)), `${key.slice(0, -1)}${last}`]) {
      const answer = await send(place, wrong, name);
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
      expect(answer.text).not.toMatch(/malformed|unknown_key|checksum/);
    }
  });

  it('refuses an expired and a revoked credential with 401', async () => {
    const place = await start();
    const { relay } = place;
    const soon = new Date(relay.services.clock.now() + 1_000).toISOString();
    const expired = await makeCredential(relay, { scopes: [...rule.anyOf], expiresAt: soon });
    const revoked = await makeCredential(relay, { scopes: [...rule.anyOf] });
    await revokeCredential(relay, revoked.id);
    relay.advance(1_000);
    expect((await send(place, expired.key, name)).status).toBe(401);
    expect((await send(place, revoked.key, name)).status).toBe(401);
  });

  it('refuses a credential without the scope with 403, and names the scope', async () => {
    const place = await start();
    const { relay } = place;
    const other = scope === 'payloads:read' ? 'relay:read' : 'payloads:read';
    const { key } = await makeCredential(relay, { scopes: [other] });
    const answer = await send(place, key, name);
    expect([answer.status, answer.body.code]).toEqual([403, 'scope_missing']);
    // Who sees none of its kind is told the scope to see them first, whether it is there or not.
    expect(answer.body.scope).toBe(item?.read ?? scope);
    if (item !== null && item.read !== scope) {
      const reader = await makeCredential(relay, { scopes: [item.read] });
      const inView = await send(place, reader.key, name);
      expect([inView.status, inView.body.scope]).toEqual([403, scope]);
    }
  });

  it('shows a credential of another source nothing', async () => {
    const place = await start();
    const { relay, world } = place;
    const { elsewhere } = sampleOf(name);
    const wanted = { scopes: [scope, ...(item === null ? [] : [item.read])], sources: ['spare'] };
    if (elsewhere === 'whole') {
      expect(wholeRelayScopes).toContain(scope);
      await expect(makeCredential(relay, wanted)).rejects.toThrow('cannot be narrowed');
      return;
    }
    const { key } = await makeCredential(relay, wanted);
    const answer = await send(place, key, name);
    if (elsewhere === 404) expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    else expect(answer.status).toBe(sampleOf(name).right);
    for (const trace of ['ORDER-OF-SHOP', 'event-of-shop', 'Ada', world.deliveryId, '"shop"'])
      if (elsewhere !== 404) expect(answer.text).not.toContain(trace);
  });

  it('lets the right credential in', async () => {
    for (const one of rule.anyOf) {
      const place = await start();
      const { relay } = place;
      const { key } = await makeCredential(relay, { scopes: [one] });
      const answer = await send(place, key, name, one);
      expect(answer.status).toBe(sampleOf(name).right);
      expect([401, 403]).not.toContain(answer.status);
    }
  });
});
