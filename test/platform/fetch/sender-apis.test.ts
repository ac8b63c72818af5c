// What an enrich step gets from a sender's API, and every way it may not get it.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { createSenderApis } from '../../../src/platform/fetch/sender-apis.ts';
import { thinShop } from '../../support/batch-senders.ts';

let now = 1_000_000;
const clock = { now: () => now, wait: async () => {} };

function api(baseUrl = 'https://api.shop.test/v1', deadlineAt = now + 20_000) {
  const settings = new Map([['thin-shop', { baseUrl, token: 'secret-token' }]]);
  return createSenderApis({ settings, clock }).open(thinShop, deadlineAt);
}

function answer(body: string, init: ResponseInit = {}) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(body, init));
}

afterEach(() => {
  vi.restoreAllMocks();
  now = 1_000_000;
});

describe("a sender's API", () => {
  it('is asked below its base URL, with the token in its header and no redirect followed', async () => {
    const fetched = answer('{"a":1}');
    expect(await api().get('/orders/7', { fields: 'id,total' })).toEqual({ ok: true, value: { a: 1 } });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(String(url)).toBe('https://api.shop.test/v1/orders/7?fields=id%2Ctotal');
    expect(init).toMatchObject({ method: 'GET', redirect: 'manual' });
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer secret-token');
  });

  it('keeps the digits of integers no number can hold', async () => {
    answer('{"id":9007199254740993}');
    expect(await api().get('/x')).toEqual({ ok: true, value: { id: '9007199254740993' } });
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not_found'],
    [410, 'not_found'],
    [429, 'rate_limited'],
    [400, 'refused'],
    [302, 'refused'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] as const)('that answers %i gives %s', async (status, reason) => {
    answer('{"error":"no"}', { status });
    expect(await api().get('/x')).toMatchObject({ ok: false, error: { reason } });
  });

  it('says how long to wait where the API says so', async () => {
    answer('', { status: 429, headers: { 'retry-after': '30' } });
    expect(await api().get('/x')).toMatchObject({ error: { retryAfterMs: 30_000 } });
  });

  it('may not be left: another host, a private address, a path without a slash', async () => {
    const fetched = answer('{}');
    for (const path of ['//evil.test/x', 'orders', '/../../x'])
      expect(await api().get(path)).toMatchObject({ ok: false, error: { reason: 'egress_refused' } });
    const publicShop = {
      ...thinShop,
      enrich: { ...thinShop.enrich, api: { ...thinShop.enrich?.api, network: 'public' } },
    };
    const settings = new Map([['thin-shop', { baseUrl: 'https://127.0.0.1/', token: null }]]);
    const refused = createSenderApis({ settings, clock }).open(publicShop as never, now + 1_000);
    expect(await refused.get('/x')).toMatchObject({ ok: false, error: { reason: 'egress_refused' } });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is not asked once the lease is over', async () => {
    const fetched = answer('{}');
    const open = api('https://api.shop.test', now + 10);
    now += 10;
    expect(await open.get('/x')).toMatchObject({ ok: false, error: { reason: 'timeout' } });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('gives neither what is no JSON nor what is too large', async () => {
    answer('<html>');
    expect(await api().get('/x')).toMatchObject({ error: { reason: 'not_json' } });
    answer(JSON.stringify('x'.repeat(limits.maxEnrichAnswerBytes)));
    expect(await api().get('/x')).toMatchObject({ error: { reason: 'too_large' } });
  });

  it('that cannot be reached is unavailable', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('connection refused'));
    expect(await api().get('/x')).toMatchObject({ error: { reason: 'unavailable' } });
  });
});
