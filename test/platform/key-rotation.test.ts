// A static key that is replaced by new ones of the ERP's: on disk before it is tried, handed out once it was taken, the old one
// ended last; and whatever fails on the way, a key that works stays in use.

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KeyRotation } from '../../src/core/erp.ts';
import { staticKey } from '../../src/erp/sessions/static-key.ts';
import { day, setUpKeeper } from '../support/token-bench.ts';

afterEach(() => vi.restoreAllMocks());

const minute = 60_000;
const lifeMs = 90 * day;

/** The keys an ERP knows, and what it does with them. */
function setUp(options: { readonly credential?: Record<string, string>; readonly tokenKey?: null } = {}) {
  const { credential = { key: 'k0' } } = options;
  const good = new Set(['k0']);
  const steps: string[] = [];
  const fails: { rotate?: object | undefined; prove?: object | undefined; revoke?: object | undefined } = {};
  let count = 0;
  const rotation: KeyRotation = {
    everyMs: 40 * day,
    rotate: async ({ key, now }) => {
      steps.push(`rotate with ${key}`);
      if (fails.rotate !== undefined) return fails.rotate as never;
      count += 1;
      good.add(`k${count}`);
      return { kind: 'rotated', key: `k${count}`, expiresAt: now + lifeMs };
    },
    prove: async ({ key }) => {
      steps.push(`prove ${key}, kept ${bench.values.has('keys')}`);
      return (fails.prove as never) ?? { kind: 'done' };
    },
    revoke: async ({ key, old }) => {
      steps.push(`revoke ${old} with ${key}`);
      if (fails.revoke !== undefined) return fails.revoke as never;
      good.delete(old);
      return { kind: 'done' };
    },
  };
  const session = staticKey({ token: ({ key = '' }) => key, rotation });
  const { tokenKey } = options;
  const bench = setUpKeeper({ session, credential, ...(tokenKey === null ? { tokenKey } : {}) });
  return { ...bench, good, steps, fails };
}

type Keeper = ReturnType<ReturnType<typeof setUp>['create']>;

const tokenOf = async (keeper: Keeper, stale: string | null = null) => {
  const answer = await keeper.get(stale);
  return answer.kind === 'token' ? answer.token : answer.kind;
};

describe('a key whose end nobody knows', () => {
  it('is replaced once it is used, and ended when nobody uses it any more', async () => {
    const { create, steps, told, good, wait } = setUp();
    const keeper = create();
    await keeper.tend();
    expect(steps).toEqual([]);
    expect(await tokenOf(keeper)).toBe('k0');
    await keeper.tend();
    expect(steps).toEqual(['rotate with k0', 'prove k1, kept true']);
    expect(await tokenOf(keeper)).toBe('k1');
    expect(good).toEqual(new Set(['k0', 'k1']));
    wait(9 * minute);
    await keeper.tend();
    expect(good.has('k0')).toBe(true);
    wait(minute);
    expect(keeper.tendAt()).toBeLessThanOrEqual(1_800_000_000_000 + 10 * minute);
    await keeper.tend();
    expect(steps.at(-1)).toBe('revoke k0 with k1');
    expect(good).toEqual(new Set(['k1']));
    expect(told.filter((line) => line.startsWith('key.'))).toEqual(['key.rotated', 'key.revoked']);
  });

  it('is not kept for long by whoever gets it, so that the old one can be ended', async () => {
    const { create, now } = setUp();
    const answer = await create().get(null);
    expect(answer.kind === 'token' && answer.expiresAt).toBe(now() + 5 * minute);
  });

  it('is replaced by one that outlives the memory, encrypted', async () => {
    const { create, values } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await keeper.tend();
    expect(await tokenOf(create())).toBe('k1');
    expect(values.get('keys')).toMatch(/^v1\./);
    expect(JSON.stringify([...values])).not.toContain('"k1"');
  });

  it('is replaced again and again, at half of each life or sooner', async () => {
    const { create, steps, wait } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await keeper.tend();
    wait(minute * 10);
    await keeper.tend();
    steps.length = 0;
    wait(40 * day - 11 * minute);
    await keeper.tend();
    expect(steps).toEqual([]);
    wait(minute);
    await keeper.tend();
    expect(steps).toEqual(['rotate with k1', 'prove k2, kept true']);
  });

  it('is asked for once, however many tend at once', async () => {
    const { create, steps } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await Promise.all([keeper.tend(), keeper.tend(), keeper.tend()]);
    expect(steps.filter((step) => step.startsWith('rotate'))).toHaveLength(1);
  });
});

describe('a rotation that fails', () => {
  it('for want of an answer leaves the key in use, is told, and is tried again with growing waits', async () => {
    const { create, fails, told, steps, wait } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    fails.rotate = { kind: 'unavailable', message: 'down' };
    for (let minutes = 0; minutes < 240; minutes += 1) {
      await keeper.tend();
      wait(minute);
    }
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.length).toBeLessThan(12);
    expect(new Set(told.filter((line) => line.startsWith('key.')))).toEqual(
      new Set(['key.rotation_failed rotate']),
    );
    expect(keeper.rotationTrouble()).toMatchObject({ step: 'rotate', message: 'down' });
    expect(await tokenOf(keeper)).toBe('k0');
    fails.rotate = undefined;
    wait(60 * minute);
    await keeper.tend();
    expect(await tokenOf(keeper)).toBe('k1');
    expect(keeper.rotationTrouble()).toBeNull();
  });

  it('because the ERP refuses waits a day, for a person may mend it', async () => {
    const { create, fails, steps, wait } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    fails.rotate = { kind: 'refused', message: 'at most ten keys' };
    for (let hours = 0; hours < 48; hours += 1) {
      await keeper.tend();
      wait(60 * minute);
    }
    expect(steps).toHaveLength(2);
    expect(await tokenOf(keeper)).toBe('k0');
  });

  it('with a new key that the ERP does not take goes on with the old one', async () => {
    const { create, fails, told } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    fails.prove = { kind: 'refused', message: 'unknown key' };
    await keeper.tend();
    expect(await tokenOf(keeper)).toBe('k0');
    expect(told).toContain('key.rotation_failed prove');
  });

  it('between the issue and the first use goes on with the key that was kept, and asks for no other', async () => {
    const { create, fails, steps, wait } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    fails.prove = { kind: 'unavailable', message: 'cut off' };
    await keeper.tend();
    fails.prove = undefined;
    wait(minute);
    const restarted = create();
    await tokenOf(restarted);
    await restarted.tend();
    expect(steps).toEqual(['rotate with k0', 'prove k1, kept true', 'prove k1, kept true']);
    expect(await tokenOf(restarted)).toBe('k1');
  });

  it('at the end of the old key keeps the new one, and tries again', async () => {
    const { create, fails, steps, good, wait } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await keeper.tend();
    fails.revoke = { kind: 'unavailable', message: 'down' };
    wait(10 * minute);
    await keeper.tend();
    expect(await tokenOf(keeper)).toBe('k1');
    fails.revoke = undefined;
    wait(minute);
    await keeper.tend();
    expect(steps.filter((step) => step.startsWith('revoke'))).toHaveLength(2);
    expect(good).toEqual(new Set(['k1']));
  });

  it('is no reason to lose the old key where the ERP takes the new one back', async () => {
    const { create, told, steps, wait } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await keeper.tend();
    expect(await tokenOf(keeper, 'k1')).toBe('k0');
    expect(told).toContain('key.rotation_failed use');
    expect(told.filter((line) => line.startsWith('refused'))).toEqual([]);
    steps.length = 0;
    wait(60 * minute);
    await keeper.tend();
    expect(steps).toEqual([]);
  });
});

describe('the configured key', () => {
  it('that the ERP refuses is not rotated, and asks for no alarm', async () => {
    const { create, steps, now } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await keeper.noteRefusedToken('401');
    await keeper.tend();
    expect(steps).toEqual([]);
    expect(keeper.tendAt()).toBeGreaterThan(now());
  });

  it('replaced by a person is a new start', async () => {
    const { create, replaceCredential } = setUp();
    const keeper = create();
    await tokenOf(keeper);
    await keeper.tend();
    replaceCredential({ key: 'fresh' });
    expect(await tokenOf(create())).toBe('fresh');
  });

  it('with a known end is replaced at half its life, and warned of where that fails', async () => {
    const expiresAt = new Date(1_800_000_000_000 + 20 * day).toISOString();
    const { create, fails, told, steps, wait } = setUp({ credential: { key: 'k0', expiresAt } });
    const keeper = create();
    await tokenOf(keeper);
    fails.rotate = { kind: 'refused', message: 'no' };
    await keeper.tend();
    expect(steps).toEqual([]);
    wait(10 * day);
    await keeper.tend();
    expect(steps).toEqual(['rotate with k0']);
    expect(told).toContain('expiring static_key 10');
    fails.rotate = undefined;
    wait(day);
    await keeper.tend();
    expect(await tokenOf(keeper)).toBe('k1');
    expect(keeper.warnedEnd()).toBeNull();
  });

  it('is not replaced where the new one could not be kept', async () => {
    const { create, steps } = setUp({ tokenKey: null });
    const keeper = create();
    await tokenOf(keeper);
    await keeper.tend();
    expect(steps).toEqual([]);
  });
});
