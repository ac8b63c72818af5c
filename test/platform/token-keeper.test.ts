// The keeper of a target's token on the real runtime's crypto: single flight, rotation kept before use, no login loop, and
// what outlives the memory. The ERP is a function in place of fetch; the clock is turned by hand.

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ErpSession } from '../../src/core/erp.ts';
import { oauth2RefreshToken } from '../../src/erp/sessions/oauth2.ts';
import { sessionLogin } from '../../src/erp/sessions/session-login.ts';
import { staticKey } from '../../src/erp/sessions/static-key.ts';
import { createTokenVault } from '../../src/platform/token-vault.ts';
import { testSecrets } from '../support/test-bindings.ts';
import { type Call, day, setUpKeeper as setUp } from '../support/token-bench.ts';

afterEach(() => vi.restoreAllMocks());

const client = { clientId: 'c', clientSecret: 's', refreshToken: 'r0' };
const rotating = oauth2RefreshToken({ tokenPath: '/token' });
const rotate = (_call: Call, count: number) =>
  Response.json({
    ...{ access_token: `a${count}`, expires_in: 3_600, refresh_token: `r${count}` },
    x_refresh_token_hard_expires_in: 100 * 86_400,
  });

const login = (answer: (count: number) => Awaited<ReturnType<ErpSession['login']>>) => {
  let count = 0;
  return sessionLogin({ login: async () => answer(++count) });
};

describe('a token', () => {
  it('is obtained once for however many ask at once, and again once for all whose token ended', async () => {
    const { create, now } = setUp({
      session: login((count) => ({ kind: 'logged_in', token: `t${count}`, expiresAt: now() + 60_000 })),
      credential: {},
    });
    const keeper = create();
    const first = await Promise.all(Array.from({ length: 200 }, () => keeper.get(null)));
    expect(new Set(first.map((answer) => answer.kind === 'token' && answer.token))).toEqual(new Set(['t1']));
    const second = await Promise.all(Array.from({ length: 200 }, () => keeper.get('t1')));
    expect(new Set(second.map((answer) => answer.kind === 'token' && answer.token))).toEqual(new Set(['t2']));
  });

  it('in use is renewed ahead of its end, an idle one is not', async () => {
    const bench = setUp({
      session: login((count) => ({
        kind: 'logged_in',
        token: `t${count}`,
        expiresAt: bench.now() + 600_000,
      })),
      credential: {},
    });
    const keeper = bench.create();
    await keeper.get(null);
    expect(keeper.tendAt()).toBe(bench.now() + 540_000);
    bench.wait(540_000);
    await keeper.tend();
    expect(await keeper.get('t1')).toMatchObject({ token: 't2' });
    bench.wait(10);
    const restored = bench.create();
    await restored.tend();
    expect(restored.tendAt()).toBeNull();
  });

  it('outlives the memory encrypted, and is not readable without the key or for another target', async () => {
    const { create, values, calls } = setUp({ session: rotating, credential: client, answer: rotate });
    await create().get(null);
    expect(await create().get(null)).toMatchObject({ token: 'a1' });
    expect(calls).toHaveLength(1);
    const sealed = values.get('token') ?? '';
    expect(sealed).toMatch(/^v1\./);
    expect(JSON.stringify([...values])).not.toContain('a1"');
    const vault = createTokenVault(testSecrets.TOKEN_KEY);
    expect(await vault.open('erp', sealed)).toContain('a1');
    expect(await vault.open('other', sealed)).toBeNull();
    expect(await createTokenVault(btoa('k'.repeat(32))).open('erp', sealed)).toBeNull();
  });

  it('stays in memory where there is no key', async () => {
    const { create, values } = setUp({
      session: rotating,
      credential: client,
      answer: rotate,
      tokenKey: null,
    });
    expect(await create().get(null)).toMatchObject({ token: 'a1' });
    expect(values.has('token')).toBe(false);
  });
});

describe('a refresh token that changes with each use', () => {
  it('is kept before the token is used, and the newest is sent, also after an eviction', async () => {
    const { create, calls } = setUp({ session: rotating, credential: client, answer: rotate });
    await create().get(null);
    await create().get('a1');
    await create().get('a2');
    const sent = calls.map(({ body }) => new URLSearchParams(body).get('refresh_token'));
    expect(sent).toEqual(['r0', 'r1', 'r2']);
    expect(calls[0]?.headers.get('authorization')).toBe(`Basic ${btoa('c:s')}`);
  });

  it('given anew by a person takes the place of what was kept', async () => {
    const { create, calls, replaceCredential } = setUp({
      session: rotating,
      credential: client,
      answer: rotate,
    });
    await create().get(null);
    replaceCredential({ ...client, refreshToken: 'fresh' });
    await create().get('a1');
    expect(new URLSearchParams(calls[1]?.body).get('refresh_token')).toBe('fresh');
  });

  it('with a hard end warns days before it', async () => {
    const { create, told, wait } = setUp({ session: rotating, credential: client, answer: rotate });
    const keeper = create();
    await keeper.get(null);
    wait(86 * day);
    await keeper.tend();
    await keeper.tend();
    expect(told.filter((line) => line.startsWith('expiring'))).toEqual(['expiring refresh_token 14']);
  });
});

describe('a refused credential', () => {
  const refuse = login(() => ({ kind: 'refused', message: 'wrong' }));

  it('is tried three times in all, whoever asks how often, and then only by hand', async () => {
    const { create, told, wait } = setUp({ session: refuse, credential: { key: '1' } });
    const keeper = create();
    for (let minute = 0; minute < 600; minute += 1) {
      await Promise.all(Array.from({ length: 20 }, () => keeper.get(null)));
      await keeper.tend();
      wait(60_000);
    }
    expect(told).toEqual(['refused wrong 600000', 'refused wrong 3600000', 'refused wrong ']);
    expect(await create().get(null)).toEqual({ kind: 'refused', message: 'wrong' });
    expect(told).toHaveLength(3);
    await keeper.logInByHand();
    expect(told).toHaveLength(4);
  });

  it('that was replaced is tried at once', async () => {
    const { create, told, replaceCredential } = setUp({ session: refuse, credential: { key: '1' } });
    const keeper = create();
    await keeper.get(null);
    expect(await keeper.mayTryAgain()).toBe(false);
    replaceCredential({ key: '2' });
    expect(await keeper.mayTryAgain()).toBe(true);
    await keeper.get(null);
    expect(told).toHaveLength(2);
  });

  it('is no refusal where the ERP did not answer', async () => {
    const { create, told } = setUp({
      session: login((count) =>
        count === 1
          ? { kind: 'unavailable', message: 'down' }
          : { kind: 'logged_in', token: 't', expiresAt: 4e12 },
      ),
      credential: {},
    });
    const keeper = create();
    expect(await keeper.get(null)).toMatchObject({ kind: 'unavailable' });
    expect(await keeper.get(null)).toMatchObject({ kind: 'token' });
    expect(told).toEqual(['logged_in']);
  });

  it('whose fresh tokens are refused leads to no login loop either', async () => {
    const bench = setUp({
      session: login((count) => ({ kind: 'logged_in', token: `t${count}`, expiresAt: bench.now() + day })),
      credential: {},
    });
    const keeper = bench.create();
    for (let minute = 0; minute < 600; minute += 1) {
      if (await keeper.mayTryAgain()) {
        await keeper.get(null);
        await keeper.noteRefusedToken('401');
      }
      bench.wait(60_000);
    }
    expect(bench.told.filter((line) => line === 'logged_in')).toHaveLength(3);
  });
});

describe('a static key', () => {
  const session = staticKey({ token: ({ key = '' }) => key });

  it('is the token itself, is kept nowhere, and is not offered again once it was refused', async () => {
    const { create, values, told } = setUp({ session, credential: { key: 'k' } });
    const keeper = create();
    expect(await keeper.get(null)).toMatchObject({ kind: 'token', token: 'k' });
    expect(values.has('token')).toBe(false);
    expect(await keeper.get('k')).toMatchObject({ kind: 'refused' });
    expect(told.filter((line) => line.startsWith('refused'))).toHaveLength(1);
  });

  it('with an end warns days before it, without being used', async () => {
    const expiresAt = new Date(1_800_000_000_000 + 10 * day).toISOString();
    const { create, told } = setUp({ session, credential: { key: 'k', expiresAt } });
    const keeper = create();
    expect(keeper.tendAt()).toBe(1_800_000_000_000);
    await keeper.tend();
    expect(told).toEqual(['expiring static_key 10']);
    expect(keeper.tendAt()).toBe(1_800_000_000_000 + 3 * day);
  });
});
