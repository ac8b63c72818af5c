// A write leaves only when it can end before the lease does, also when the go-ahead before it took its time.

import { afterEach, expect, it, vi } from 'vitest';
import { createErpConnections } from '../../../src/platform/fetch/erp-connections.ts';
import { scriptedErp } from '../../support/scripted-erp.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function openAt(options: { readonly goAheadMs: number; readonly deadlineMs: number }) {
  let now = 0;
  const target = scriptedErp({}).deps.rules.targets.get('erp');
  if (target === undefined) throw new Error('the scripted target is gone');
  const connections = createErpConnections({
    settings: () => ({ baseUrl: 'http://127.0.0.1:9', credential: {} }),
    tokens: { get: async () => ({ kind: 'token', token: 't', expiresAt: 1_000_000 }) },
    clock: { now: () => now, wait: () => Promise.resolve() },
  });
  return connections.open({
    target,
    timeoutMs: 1_000,
    deadlineAt: options.deadlineMs,
    beforeFirstWrite: async () => {
      now += options.goAheadMs;
      return 'go';
    },
  });
}

const write = { method: 'POST', path: '/book', body: {}, write: true } as const;

it.each([
  ['there is time for it', { goAheadMs: 100, deadlineMs: 5_000 }, 'response', 1],
  ['the deadline is too near', { goAheadMs: 0, deadlineMs: 1_000 }, 'not_sent', 0],
  ['the go-ahead took the time that was left', { goAheadMs: 4_500, deadlineMs: 5_000 }, 'not_sent', 0],
] as const)('a write when %s', async (...[, times, kind, calls]) => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}));
  const connection = openAt(times);
  expect((await connection.erp.send(write)).kind).toBe(kind);
  expect(fetched).toHaveBeenCalledTimes(calls);
  expect(connection.writeCount()).toBe(calls);
});

it('follows no redirect: where it leads to, nobody has checked', async () => {
  const fetched = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(
      async () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }),
    );
  const answer = await openAt({ goAheadMs: 0, deadlineMs: 5_000 }).erp.send(write);
  expect(answer).toMatchObject({ kind: 'response', status: 302 });
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual' });
});

it('puts a token into the body where the ERP wants it there, and records the request without it', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}));
  const target = scriptedErp({}).deps.rules.targets.get('erp');
  if (target === undefined) throw new Error('the scripted target is gone');
  const { session } = target.adapter;
  const place: NonNullable<typeof session.place> = (request, token) => ({
    ...request,
    body: { args: [token] },
  });
  const connection = createErpConnections({
    settings: () => ({ baseUrl: 'http://127.0.0.1:9', credential: {} }),
    tokens: { get: async () => ({ kind: 'token', token: 'the-key', expiresAt: 1_000_000 }) },
    clock: { now: () => 0, wait: () => Promise.resolve() },
  }).open({
    target: {
      ...target,
      adapter: { ...target.adapter, session: { ...session, place, authorize: () => ({}) } },
    },
    ...{ timeoutMs: 1_000, deadlineAt: 5_000, beforeFirstWrite: async () => 'go' },
  });
  await connection.erp.send({ ...write, body: { args: [null] } });
  expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"args":["the-key"]}');
  expect(connection.exchanges).toMatchObject([{ requestBody: '{"args":[null]}' }]);
  expect(JSON.stringify(connection.exchanges)).not.toContain('the-key');
});
