// A write leaves only when it can end before the lease does, also when the go-ahead before it took its time.

import { afterEach, expect, it, vi } from 'vitest';
import { toAttemptReport } from '../../../src/core/attempt-report.ts';
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
    holderOf: async () => 'erp',
    clock: { now: () => 0, wait: () => Promise.resolve() },
  }).open({
    target: {
      ...target,
      adapter: { ...target.adapter, session: { ...session, place, authorize: () => ({}) } },
    },
    source: 'shop',
    ...{ timeoutMs: 1_000, deadlineAt: 5_000, beforeFirstWrite: async () => 'go' },
  });
  await connection.erp.send({ ...write, body: { args: [null] } });
  expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"args":["the-key"]}');
  expect(connection.exchanges).toMatchObject([{ requestBody: '{"args":[null]}' }]);
  expect(JSON.stringify(connection.exchanges)).not.toContain('the-key');
});

it.each([
  ['its own credential on the target', 'erp@shop', true],
  ['the credential of the target', 'erp', undefined],
] as const)('what the ERP refuses to a source with %s is told apart', async (...[, holder, own]) => {
  const asked: string[] = [];
  const target = scriptedErp({}).deps.rules.targets.get('erp');
  if (target === undefined) throw new Error('the scripted target is gone');
  const connections = createErpConnections({
    settings: () => ({ baseUrl: 'http://127.0.0.1:9', credential: {} }),
    tokens: {
      get: async (name) => {
        asked.push(name);
        return { kind: 'refused', message: 'no' };
      },
    },
    holderOf: async () => holder,
    clock: { now: () => 0, wait: () => Promise.resolve() },
  });
  const opened = connections.open({
    target,
    source: 'shop',
    timeoutMs: 1_000,
    deadlineAt: 5_000,
    beforeFirstWrite: async () => 'go',
  });
  const answer = await opened.erp.send(write);
  expect(asked).toEqual([holder]);
  expect(answer).toEqual({
    kind: 'unauthorized',
    message: 'no',
    ...(own === undefined ? {} : { ownCredential: true }),
  });
});

it('a credential of its own that was refused says nothing of the target', () => {
  const report = (ownCredential: boolean) =>
    toAttemptReport(
      {
        deliveryId: 'dlv_0_1',
        epoch: 1,
        result: {
          kind: 'outcome',
          outcome: { kind: 'unauthorized', effect: 'none', message: 'no', ownCredential },
          ...{ inputHash: null, spent: true, doubtCleared: false },
        },
        attempt: {
          ...{ deliveryId: 'dlv_0_1', epoch: 1, mode: 'perform', startedAt: 0, endedAt: 1, input: null },
          ...{
            exchanges: [],
            outcome: { kind: 'unauthorized', effect: 'none', reason: null, message: null },
          },
        },
      },
      'sale.confirm',
    );
  expect(report(true)).toBeNull();
  expect(report(false)).toMatchObject({ health: 'unauthorized' });
});
