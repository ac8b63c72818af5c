// Keys from senders' servers: what may be asked, for how long an answer counts, and what a flood of made-up ids costs.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { type KeyDocument, onHost } from '../../../src/core/signature/remote-keys.ts';
import { createRemoteKeys } from '../../../src/platform/fetch/remote-keys.ts';

const start = 1_000_020_000;
let now = start;
const clock = { now: () => now };

const document: KeyDocument = {
  url: 'https://keys.sender.test/jwks',
  allows: onHost('keys.sender.test'),
  cacheAs: 'sender jwks',
  maxAgeMs: 3_600_000,
};
const keyNamed = (id: string): KeyDocument => ({ ...document, url: `${document.url}/${id}`, cacheAs: id });

function answer(body: string, init: ResponseInit = {}) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(body, init));
}

afterEach(() => {
  vi.restoreAllMocks();
  now = start;
});

describe('a key document', () => {
  it('is fetched once and kept for its time', async () => {
    const fetched = answer('key');
    const keys = createRemoteKeys({ clock });
    expect(await keys.read(document)).toEqual({ ok: true, value: 'key' });
    now += document.maxAgeMs - 1;
    await keys.read(document);
    expect(fetched).toHaveBeenCalledTimes(1);
    now += 1;
    await keys.read(document);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('is asked for without following a redirect and within a time', async () => {
    const fetched = answer('key');
    const post = { method: 'POST', headers: { 'x-a': 'b' }, body: '{}' } as const;
    await createRemoteKeys({ clock }).read({ ...document, ...post });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(String(url)).toBe(document.url);
    expect(init).toMatchObject({ ...post, redirect: 'manual' });
    expect(init?.signal).toBeInstanceOf(AbortSignal);
  });

  it.each([
    'http://keys.sender.test/jwks',
    'https://keys.sender.test:8443/jwks',
    'https://user:pass@keys.sender.test/jwks',
    'https://keys.sender.test.evil.test/jwks',
    'https://evil.test/keys.sender.test',
    'https://127.0.0.1/jwks',
    'https://[::1]/jwks',
    'https://0x7f000001/jwks',
    'https://keys.sender.test/jwks#x',
    'ftp://keys.sender.test/jwks',
    'jwks',
    '',
  ])('is never asked for at %j', async (url) => {
    const fetched = answer('key');
    const keys = createRemoteKeys({ clock });
    expect(await keys.read({ ...document, url })).toEqual({ ok: false, error: 'not_allowed' });
    expect(await keys.visit({ url, allows: document.allows })).toEqual({ ok: false, error: 'not_allowed' });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is refreshed for an unknown id, and not again within the pause', async () => {
    const fetched = answer('key');
    const keys = createRemoteKeys({ clock });
    await keys.read(document);
    await keys.read(document, { fresh: true });
    expect(fetched).toHaveBeenCalledTimes(1);
    now += limits.keyRefreshPauseMs;
    await keys.read(document, { fresh: true });
    await keys.read(document, { fresh: true });
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it.each([
    [404, 'not_found'],
    [400, 'not_found'],
    [410, 'not_found'],
    [401, 'unavailable'],
    [403, 'unavailable'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [301, 'unavailable'],
    [204, 'unavailable'],
  ] as const)('answered %i is %s', async (status, error) => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(null, { status }));
    expect(await createRemoteKeys({ clock }).read(document)).toEqual({ ok: false, error });
  });

  it('that is too long, or breaks off, is unavailable', async () => {
    answer('x'.repeat(limits.maxKeyDocumentBytes + 1));
    expect(await createRemoteKeys({ clock }).read(document)).toMatchObject({ error: 'unavailable' });
    vi.restoreAllMocks();
    answer('x'.repeat(limits.maxKeyDocumentBytes));
    expect(await createRemoteKeys({ clock }).read(document)).toMatchObject({ ok: true });
    vi.restoreAllMocks();
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no route'));
    expect(await createRemoteKeys({ clock }).read(document)).toMatchObject({ error: 'unavailable' });
  });

  it('that does not exist stays unknown for a while, and one that was away for a moment', async () => {
    const fetched = answer('', { status: 404 });
    const keys = createRemoteKeys({ clock });
    await keys.read(document);
    now += limits.unknownKeyMs - 1;
    expect(await keys.read(document)).toMatchObject({ error: 'not_found' });
    expect(fetched).toHaveBeenCalledTimes(1);
    now += 1;
    fetched.mockImplementation(async () => new Response('', { status: 503 }));
    expect(await keys.read(document)).toMatchObject({ error: 'unavailable' });
    fetched.mockImplementation(async () => new Response('key'));
    expect(await keys.read(document)).toMatchObject({ error: 'unavailable' });
    now += limits.unreachableKeyMs;
    expect(await keys.read(document)).toEqual({ ok: true, value: 'key' });
  });

  it('is kept when its server is away while it is refreshed', async () => {
    const fetched = answer('key');
    const keys = createRemoteKeys({ clock });
    await keys.read(document);
    now += limits.keyRefreshPauseMs;
    fetched.mockImplementation(async () => new Response('', { status: 503 }));
    expect(await keys.read(document, { fresh: true })).toEqual({ ok: true, value: 'key' });
    expect(await keys.read(document)).toEqual({ ok: true, value: 'key' });
  });
});

describe('made-up ids', () => {
  it('cost a bounded number of fetches a minute, however many hosts they name', async () => {
    const fetched = answer('', { status: 404 });
    const keys = createRemoteKeys({ clock });
    const anyHost = ({ hostname }: URL) => hostname.endsWith('.sender.test');
    for (let index = 0; index < 100; index += 1) {
      const url = `https://host-${index}.sender.test/key`;
      await keys.read({ ...document, url, allows: anyHost, cacheAs: `key ${index}` });
    }
    expect(fetched).toHaveBeenCalledTimes(limits.maxKeyFetchesPerMinute);
    expect(await keys.read(keyNamed('one-more'))).toMatchObject({ error: 'unavailable' });
    now += 60_000;
    expect(await keys.read(keyNamed('another'))).toMatchObject({ error: 'not_found' });
  });

  it('push out the oldest of what is kept', async () => {
    const fetched = answer('key');
    const bounds = { ...limits, maxKeptKeyDocuments: 2, maxKeyFetchesPerMinute: 100 };
    const keys = createRemoteKeys({ clock, bounds });
    for (const id of ['a', 'b', 'c', 'a']) await keys.read(keyNamed(id));
    expect(fetched).toHaveBeenCalledTimes(4);
  });
});

describe('an address to visit', () => {
  const place = { url: 'https://keys.sender.test/?confirm', allows: document.allows };

  it('is visited once, every time', async () => {
    const fetched = answer('done');
    const keys = createRemoteKeys({ clock });
    expect(await keys.visit(place)).toEqual({ ok: true, value: null });
    await keys.visit(place);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('that does not answer 200 was not visited', async () => {
    answer('', { status: 302 });
    expect(await createRemoteKeys({ clock }).visit(place)).toEqual({ ok: false, error: 'unavailable' });
  });
});
