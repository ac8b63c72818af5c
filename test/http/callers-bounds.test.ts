// What bounds a caller: how much it may ask, told with each answer, and from which pages it may ask at all.
import { describe, expect, it } from 'vitest';
import { formatApiKey } from '../../src/core/identity/api-key.ts';
import { limits } from '../../src/core/limits.ts';
import { makeCredential } from '../support/credentials.ts';
import { adminKey, askAs, createMemoryRelay } from '../support/memory-relay.ts';

const remainingOf = (answer: Response) => Number(/;r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);

const { config } = createMemoryRelay().services;

describe('a credential', () => {
  it('is told with each answer how much it may still ask, and slowed beyond', async () => {
    const relay = createMemoryRelay({ services: { config: { ...config, apiRequestsPerMinute: 2 } } });
    const ask = () => relay.ask('/admin/sources');
    const first = await ask();
    expect(first.headers.get('ratelimit-policy')).toBe('"credential";q=2;w=60');
    expect(first.headers.get('ratelimit')).toBe('"credential";r=1;t=60');
    expect((await ask()).headers.get('ratelimit')).toBe('"credential";r=0;t=60');
    const slowed = await ask();
    expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await slowed.json()).toMatchObject({ code: 'too_many_requests', detail: 'At most 2 a minute.' });
    expect(relay.log.find(({ event }) => event === 'caller.slowed')).toMatchObject({ actor: 'admin_key' });
    relay.advance(60_000);
    expect((await ask()).status).toBe(200);
  });

  it('is told so with refusals, too, which count like everything else', async () => {
    const relay = createMemoryRelay();
    const { key } = await makeCredential(relay, { scopes: ['deliveries:read'] });
    for (const [path, method, status] of [
      ['/admin/deliveries/dlv_0_99', 'GET', 404],
      ['/admin/nothing', 'GET', 404],
      ['/admin/sources', 'GET', 403],
      ['/admin/deliveries?statsu=held', 'GET', 400],
      ['/metrics', 'GET', 403],
      ['/operations/sale.confirm', 'POST', 403],
    ] as const) {
      const before = remainingOf(await relay.askAs(key, '/admin/deliveries'));
      const answer = await askAs(relay.app, key, { path, method });
      expect([path, answer.status]).toEqual([path, status]);
      expect(remainingOf(answer)).toBe(before - 1);
    }
  });

  it('is not slowed by another one', async () => {
    const relay = createMemoryRelay({ services: { config: { ...config, apiRequestsPerMinute: 3 } } });
    const { key } = await makeCredential(relay, { scopes: ['sources:read'] });
    for (let count = 0; count < 4; count += 1) await relay.askAs(key, '/admin/sources');
    expect((await relay.askAs(key, '/admin/sources')).status).toBe(429);
    const { key: other } = await makeCredential(relay, { scopes: ['sources:read'] });
    expect((await relay.askAs(other, '/admin/sources')).status).toBe(200);
  });
});

describe('whoever proves nothing', () => {
  const wrongKey = formatApiKey(new Uint8Array(32));
  const wrong = (relay: ReturnType<typeof createMemoryRelay>, address: string) =>
    askAs(relay.app, wrongKey, { path: '/admin/sources', headers: { 'cf-connecting-ip': address } });

  it('is told how much its address may still ask, slowed beyond, and hinders no good key of the same address', async () => {
    const relay = createMemoryRelay();
    const first = await wrong(relay, '192.0.2.1');
    expect(first.status).toBe(401);
    expect(first.headers.get('ratelimit-policy')).toBe(`"address";q=${limits.unverifiedPerMinute};w=60`);
    expect(remainingOf(first)).toBe(limits.unverifiedPerMinute - 1);
    for (let count = 1; count < limits.unverifiedPerMinute; count += 1) await wrong(relay, '192.0.2.1');
    const slowed = await wrong(relay, '192.0.2.1');
    expect([slowed.status, slowed.headers.get('retry-after'), remainingOf(slowed)]).toEqual([429, '60', 0]);
    expect((await wrong(relay, '192.0.2.2')).status).toBe(401);
    const headers = { 'cf-connecting-ip': '192.0.2.1' };
    expect((await askAs(relay.app, adminKey, { path: '/admin/sources', headers })).status).toBe(200);
  });

  it('is told so, too, where no key is configured and where the registry is away', async () => {
    const none = createMemoryRelay({ services: { registry: null, config: { ...config, adminKey: null } } });
    const unconfigured = await wrong(none, '192.0.2.1');
    expect([unconfigured.status, remainingOf(unconfigured)]).toEqual([503, limits.unverifiedPerMinute - 1]);
    const relay = createMemoryRelay();
    relay.access.down.value = true;
    const away = await wrong(relay, '192.0.2.1');
    expect([away.status, remainingOf(away)]).toEqual([503, limits.unverifiedPerMinute - 1]);
  });
});

describe('a page of another origin', () => {
  const origin = 'https://console.example.com';
  const preflight = { origin, 'access-control-request-method': 'GET' };

  it('is let in nowhere, where no origin is configured', async () => {
    const { app } = createMemoryRelay();
    const asked = await askAs(app, null, { path: '/admin/sources', method: 'OPTIONS', headers: preflight });
    expect(asked.status).toBe(401);
    const answer = await askAs(app, adminKey, { path: '/admin/sources', headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is let in where its origin is configured, without cookies, and no other is', async () => {
    const { app } = createMemoryRelay({ services: { config: { ...config, corsOrigins: [origin] } } });
    const asked = await askAs(app, null, { path: '/admin/sources', method: 'OPTIONS', headers: preflight });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await askAs(app, adminKey, { path: '/admin/sources', headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('RateLimit');
    for (const other of ['https://evil.example', `${origin}.evil.example`, 'null']) {
      const refused = await askAs(app, adminKey, { path: '/admin/sources', headers: { origin: other } });
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('may never post webhooks', async () => {
    const { app } = createMemoryRelay({ services: { config: { ...config, corsOrigins: [origin] } } });
    const answer = await askAs(app, null, { path: '/healthz', headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
