// The token of a sender's API by the real registry in memory: set without a deploy, counted within seconds, the one before while it
// overlaps, and never an older one where the newest cannot be read.
import { describe, expect, it, vi } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { createRegistryCopy } from '../../../src/pipeline/registry-copy.ts';
import { createSenderApis } from '../../../src/platform/fetch/sender-apis.ts';
import { createSenderTokens, workerTokens } from '../../../src/platform/fetch/sender-tokens.ts';
import { thinShop } from '../../support/batch-senders.ts';
import { createMemoryRegistry } from '../../support/memory-registry.ts';

const telemetry = { log: () => {} };

function start(worker: string | null = 'worker-token') {
  let now = 1_000_000;
  const memory = createMemoryRegistry({ now: () => now, adminKey: null, telemetry });
  const { registry, copy } = memory;
  const tokens = createSenderTokens(copy)('sender_api/thin-shop', worker);
  const set = (token: string, overlapMs = 60_000) =>
    registry.putSecret({ name: 'sender_api/thin-shop', values: { token }, overlapMs, actor: 'a test' });
  return {
    ...{ memory, tokens, set, registry },
    advance: (ms: number) => {
      now += ms;
    },
    now: () => now,
  };
}

const value = async (asked: Promise<unknown>) => (await asked) as { ok: boolean; value?: unknown };

describe("the token of a sender's API", () => {
  it("is the Worker's until one is set by API, which counts within the stated seconds", async () => {
    const { tokens, set, advance, memory } = start();
    expect(await value(tokens.current())).toEqual({ ok: true, value: 'worker-token' });
    await set('a-new-token');
    advance(limits.registryFreshMs);
    await tokens.current();
    await memory.settled();
    expect(await value(tokens.current())).toEqual({ ok: true, value: 'a-new-token' });
  });

  it('that was refused is looked for anew at once, and the one before is tried while it overlaps', async () => {
    const { tokens, set, advance } = start();
    expect(await value(tokens.current())).toMatchObject({ value: 'worker-token' });
    await set('a-new-token');
    advance(limits.registryMissMs);
    expect(await tokens.other('worker-token')).toBe('a-new-token');
    // Not yet good at the sender: the Worker's is, for the overlap.
    expect(await tokens.other('a-new-token')).toBe('worker-token');
    advance(60_000);
    expect(await tokens.other('a-new-token')).toBeNull();
  });

  it('is given back its place by the Worker secret when it is removed', async () => {
    const { tokens, set, registry, advance, memory } = start();
    await set('a-new-token');
    expect(await value(tokens.current())).toMatchObject({ value: 'a-new-token' });
    await registry.removeSecret('sender_api/thin-shop');
    advance(limits.registryFreshMs);
    await tokens.current();
    await memory.settled();
    expect(await value(tokens.current())).toMatchObject({ value: 'worker-token' });
  });

  it('that stands in the registry alone is not there until it is set', async () => {
    const { tokens, set, advance, memory } = start('registry');
    expect(await tokens.current()).toMatchObject({ ok: false, error: { reason: 'unauthorized' } });
    await set('a-new-token');
    advance(limits.registryFreshMs);
    await tokens.current();
    await memory.settled();
    expect(await tokens.current()).toEqual({ ok: true, value: 'a-new-token' });
    expect(await workerTokens('x', 'registry').current()).toMatchObject({ ok: false });
  });

  it('that cannot be opened is replaced by no older one', async () => {
    const { set, memory, now } = start();
    await set('a-new-token');
    const worker = { current: btoa('another-registry-key-0123456789abc').slice(0, 44), previous: null };
    const copy = createRegistryCopy({
      ...{ registry: memory.registry, worker, clock: { now }, telemetry, background: () => {} },
    });
    const tokens = createSenderTokens(copy)('sender_api/thin-shop', 'worker-token');
    expect(await tokens.current()).toMatchObject({ ok: false, error: { reason: 'unauthorized' } });
    expect(await tokens.other(null)).toBeNull();
  });

  it('is not known where the registry was never reached, and nobody is asked', async () => {
    const { tokens, memory } = start();
    memory.down.value = true;
    expect(await tokens.current()).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
    const none = start(null);
    none.memory.down.value = true;
    expect(await none.tokens.current()).toEqual({ ok: true, value: null });
  });
});

describe("a sender's API with a token that was rotated", () => {
  it('is asked once more with the other one where it refuses the first, and answers', async () => {
    const { set, memory, now } = start();
    await set('not-good-yet');
    const sent: (string | null)[] = [];
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
      const token = new Headers(init?.headers).get('authorization');
      sent.push(token);
      return new Response('{"a":1}', { status: token === 'Bearer worker-token' ? 200 : 401 });
    });
    const settings = new Map([['thin-shop', { baseUrl: 'https://api.shop.test', token: 'worker-token' }]]);
    const clock = { now, wait: async () => {} };
    const apis = createSenderApis({ settings, clock, tokens: createSenderTokens(memory.copy) });
    expect(await apis.open(thinShop, now() + 20_000).get('/x')).toEqual({ ok: true, value: { a: 1 } });
    expect(sent).toEqual(['Bearer not-good-yet', 'Bearer worker-token']);
    fetched.mockImplementation(async () => new Response('{}', { status: 401 }));
    expect(await apis.open(thinShop, now() + 20_000).get('/x')).toMatchObject({
      ...{ ok: false, error: { reason: 'unauthorized' } },
    });
    // Two for each call and no more: senders lock out who tries again and again.
    expect(fetched.mock.calls).toHaveLength(4);
    vi.restoreAllMocks();
  });
});
