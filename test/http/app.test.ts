// What holds for every answer: ids, security headers, problems without internals, who may come in, health.
import { describe, expect, it } from 'vitest';
import { createUnconfiguredApp } from '../../src/http/app.ts';
import { problems } from '../../src/http/problems.ts';
import { adminKey, createMemoryRelay } from '../support/memory-relay.ts';

describe('every answer', () => {
  it('carries a request id of its own and headers that keep data from being run', async () => {
    const { app } = createMemoryRelay();
    for (const path of ['/', '/healthz', '/nothing', '/admin/deliveries', '/hooks/shop']) {
      const response = await app.request(path, { headers: { 'x-request-id': 'mine' } });
      expect(response.headers.get('x-request-id')).toMatch(/^request-\d+$/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('is a problem where there is nothing', async () => {
    const response = await createMemoryRelay().app.request('/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      type: '/problems/not_found',
      title: problems.not_found.title,
      status: 404,
      code: 'not_found',
      requestId: 'request-1',
    });
  });

  it('is a problem without internals where the relay made a mistake, and the log has them', async () => {
    const accept = () => Promise.reject(new Error('secret table exploded'));
    const { app, log } = createMemoryRelay({ services: { accept } });

    const response = await app.request('/hooks/shop', { method: 'POST' });

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('exploded');
    expect(log.find(({ event }) => event === 'request.failed')).toMatchObject({
      level: 'error',
      requestId: 'request-1',
      method: 'POST',
      path: '/hooks/shop',
      error: 'Error: secret table exploded',
    });
  });

  it('explains each problem type at its own address', async () => {
    const { app } = createMemoryRelay();
    for (const [code, { status, title, advice }] of Object.entries(problems)) {
      const response = await app.request(`/problems/${code}`);
      expect(await response.text()).toBe(`${code} (${status}): ${title}.\n${advice}\n`);
    }
    expect((await app.request('/problems/toString')).status).toBe(404);
  });

  it('is the dashboard for a browser, with a policy that lets only its own script run', async () => {
    const dashboard = { read: async (path: string) => new Response(`file ${path}`) };
    const { app } = createMemoryRelay({ services: { dashboard } });
    const page = await app.request('/', { headers: { accept: 'text/html,*/*' } });
    expect(await page.text()).toBe('file /index.html');
    expect(page.headers.get('vary')).toBe('accept');
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(await (await app.request('/dashboard/app.js')).text()).toBe('file /dashboard/app.js');
    expect(await (await app.request('/')).text()).toContain('POST /hooks/shop');
    for (const other of ['app.js.map', 'constructor', '..%2Findex.html'])
      expect((await app.request(`/dashboard/${other}`)).status).toBe(404);
  });

  it('is the list of ways in where the build has no dashboard', async () => {
    const { app } = createMemoryRelay();
    const page = await app.request('/', { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/plain');
    expect((await app.request('/dashboard/app.js')).status).toBe(404);
  });

  it('names the ways in on the first page', async () => {
    const text = await (await createMemoryRelay().app.request('/')).text();
    expect(text).toContain('POST /hooks/shop');
    expect(text).toContain('/admin/deliveries');
  });
});

describe('the admin key', () => {
  it('lets its holder in', async () => {
    expect((await createMemoryRelay().ask('/admin/sources')).status).toBe(200);
  });

  it.each([
    ['none', {}],
    ['another', { authorization: 'Bearer hf_another_key_0123456789abcdef0123' }],
    ['a shorter one', { authorization: `Bearer ${adminKey.slice(0, -1)}` }],
    ['a longer one', { authorization: `Bearer ${adminKey}x` }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['one of another scheme', { authorization: `Basic ${adminKey}` }],
  ])('keeps out who has %s', async (_what, headers) => {
    const { app, log } = createMemoryRelay();

    const response = await app.request('/admin/deliveries', { headers });

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="holdfast"/);
    expect(await response.json()).toMatchObject({ code: 'unauthorized' });
    expect(log.map(({ event }) => event)).toEqual(['admin.refused']);
    expect(JSON.stringify(log)).not.toContain('another_key');
  });

  it('is needed for what does not exist, too', async () => {
    expect((await createMemoryRelay().app.request('/admin/nothing')).status).toBe(401);
  });

  it('missing closes the admin endpoints and nothing else', async () => {
    const config = {
      adminKey: null,
      apiRequestsPerMinute: 60,
      callbacks: null,
      corsOrigins: [],
      sourceSecrets: new Map(),
      targetSettings: new Map(),
    };
    const { app, ask } = createMemoryRelay({ services: { config, registry: null } });

    const response = await ask('/admin/deliveries');

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'admin_key_missing' });
    expect((await app.request('/healthz')).status).toBe(200);
  });
});

describe('the body of an admin request', () => {
  const act = '/admin/deliveries/dlv_0_1/skip';
  const authorization = `Bearer ${adminKey}`;

  it('must say that it is JSON: another type would be taken for no body', async () => {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await createMemoryRelay().app.request(act, {
      method: 'POST',
      headers,
      body: '{"note":"x"}',
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      415,
      'unsupported_media_type',
    ]);
  });

  it('must be JSON', async () => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await createMemoryRelay().app.request(act, {
      method: 'POST',
      headers,
      body: '{"note":',
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      400,
      'malformed_json',
    ]);
  });

  it('may not be too large', async () => {
    const response = await createMemoryRelay().ask(act, { note: 'x'.repeat(600_000) });
    expect(response.status).toBe(413);
  });

  it('is refused with each field and its rule', async () => {
    const response = await createMemoryRelay().ask(act, { note: ' ', nots: 1 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_body',
      errors: [
        { field: 'note', rule: 'is required: say why' },
        { field: 'nots', rule: 'must not be there: no such field' },
      ],
    });
  });
});

describe('health', () => {
  it('is ready where everything answers', async () => {
    const response = await createMemoryRelay().app.request('/readyz');
    expect(response.status).toBe(200);
    const { status, checks } = (await response.json()) as {
      status: string;
      checks: { name: string; ok: boolean }[];
    };
    expect(status).toBe('ready');
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['configuration', true],
      ['secrets', true],
      ['sequencer', true],
      ['journal', true],
    ]);
  });

  it('is degraded, and still ready, without the journal', async () => {
    const { app, journal } = createMemoryRelay();
    journal.state = 'away';
    const response = await app.request('/readyz');
    expect([response.status, ((await response.json()) as { status: string }).status]).toEqual([
      200,
      'degraded',
    ]);
  });

  it('is not ready without a sequencer, and repeats its answer for a second only', async () => {
    const { app, down, advance } = createMemoryRelay();
    down.add(0);
    expect((await app.request('/readyz')).status).toBe(503);
    down.clear();
    expect((await app.request('/readyz')).status).toBe(503);
    advance(1_000);
    expect((await app.request('/readyz')).status).toBe(200);
  });

  it('says what to mend where the configuration is invalid, accepts nothing, and has senders come again', async () => {
    const { services } = createMemoryRelay();
    const problem = { file: '.dev.vars', field: 'SHOP_SECRET', rule: 'is required' };
    const app = createUnconfiguredApp(services, [problem]);

    const ready = await app.request('/readyz');
    const hook = await app.request('/hooks/shop', { method: 'POST' });

    expect([ready.status, hook.status, hook.headers.get('retry-after')]).toEqual([503, 503, '5']);
    expect(JSON.stringify(await ready.json())).toContain('SHOP_SECRET is required');
    expect((await app.request('/healthz')).status).toBe(200);
  });
});
