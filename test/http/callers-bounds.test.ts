// What bounds a caller: how much it may ask, told with each answer, and from which pages it may ask at all.
import { describe, expect, it } from 'vitest';
import { makeCredential } from '../support/credentials.ts';
import { adminKey, askAs, createMemoryRelay } from '../support/memory-relay.ts';

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

  it('is not slowed by another one', async () => {
    const relay = createMemoryRelay({ services: { config: { ...config, apiRequestsPerMinute: 3 } } });
    const { key } = await makeCredential(relay, { scopes: ['sources:read'] });
    for (let count = 0; count < 4; count += 1) await relay.askAs(key, '/admin/sources');
    expect((await relay.askAs(key, '/admin/sources')).status).toBe(429);
    const { key: other } = await makeCredential(relay, { scopes: ['sources:read'] });
    expect((await relay.askAs(other, '/admin/sources')).status).toBe(200);
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
