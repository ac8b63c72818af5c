// When tokens are renewed, logins repeated and ends warned of.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dueWarning,
  loginRetryAt,
  mayLogIn,
  neverExpiresAt,
  renewAt,
  renewIdleAt,
  tokenMarginMs,
} from '../../src/core/token-life.ts';

const day = 86_400_000;

describe('a token', () => {
  it('is renewed before it is no longer handed out, however short it lives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 400 * day }), (lifeMs) => {
        const at = renewAt({ obtainedAt: 0, expiresAt: lifeMs }) ?? Number.NaN;
        expect(at).toBeGreaterThan(0);
        expect(at).toBeLessThanOrEqual(lifeMs - tokenMarginMs(lifeMs));
      }),
    );
  });

  it('without an end is not renewed', () => {
    expect(renewAt({ obtainedAt: 0, expiresAt: neverExpiresAt })).toBeNull();
    expect(renewIdleAt({ obtainedAt: 0, refreshExpiresAt: null })).toBeNull();
  });

  it('of an idle target is renewed half way to the end of its refresh token', () => {
    expect(renewIdleAt({ obtainedAt: 100, refreshExpiresAt: 300 })).toBe(200);
  });
});

describe('a refused credential', () => {
  const refusals = { of: 'login', count: 1, at: 1_000, message: 'm', fingerprint: 'a' } as const;

  it('is tried twice more by itself, far apart, and then not again: fewer than lock an account', () => {
    expect(loginRetryAt({ count: 1, at: 1_000 })).toBe(601_000);
    expect(loginRetryAt({ count: 2, at: 1_000 })).toBe(3_601_000);
    expect(loginRetryAt({ count: 3, at: 1_000 })).toBeNull();
    expect(mayLogIn({ ...refusals, count: 3 }, 'a', 1e12)).toBe(false);
  });

  it('that was replaced is tried at once', () => {
    expect(mayLogIn(refusals, 'a', 1_001)).toBe(false);
    expect(mayLogIn(refusals, 'b', 1_001)).toBe(true);
  });
});

describe('an end that is known', () => {
  const end = 100 * day;

  it('is warned of at 14, 7, 3 and 1 days, each once', () => {
    const given: number[] = [];
    let warned: number | null = null;
    for (let now = 80 * day; now < end; now += day / 4) {
      const { dueDays } = dueWarning(end, warned, now);
      if (dueDays === null) continue;
      warned = dueDays;
      given.push(dueDays);
    }
    expect(given).toEqual([14, 7, 3, 1]);
  });

  it('found late is warned of once, with what is left', () => {
    expect(dueWarning(end, null, end - 2 * day)).toEqual({ dueDays: 3, nextAt: end - day });
    expect(dueWarning(end, 3, end - 2 * day)).toEqual({ dueDays: null, nextAt: end - day });
    expect(dueWarning(null, null, 0)).toEqual({ dueDays: null, nextAt: null });
  });
});
