// What each outcome makes of a delivery, with attempts left or not, in doubt or not: the whole table.
import { describe, expect, it } from 'vitest';
import type { Delivery, LedgerEffect } from '../../../src/core/delivery.ts';
import { limits } from '../../../src/core/limits.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { decideExpiry, decideSettle, laterDoubt } from '../../../src/core/sequencer/settle-rules.ts';
import { documentOf, outcomes } from '../../support/builders.ts';
import { makeDelivery, testTime } from '../../support/records.ts';

const now = testTime + 100_000;
const doubt: LedgerEffect = { kind: 'possibly_done', since: testTime };
const done: LedgerEffect = { kind: 'succeeded', document: documentOf('SO-1'), inputHash: 'h' };
const since = (at: number): LedgerEffect => ({ kind: 'possibly_done', since: at });

type Case = {
  readonly outcome: Outcome;
  readonly attemptsLeft: boolean;
  readonly effect: LedgerEffect | null;
  readonly spent?: boolean;
  readonly doubtCleared?: boolean;
};

function settle(given: Case): Delivery {
  const { outcome, attemptsLeft, effect, spent = true, doubtCleared = false } = given;
  const retry = { attempts: 3, baseMs: 1_000, capMs: 60_000 };
  const delivery = makeDelivery({
    attemptCount: attemptsLeft ? 1 : 2,
    effect,
    suspect: true,
    crashCount: 2,
    policy: { ...makeDelivery().policy, retry },
  });
  return decideSettle(delivery, {
    outcome,
    inputHash: 'h',
    spent,
    doubtCleared,
    epoch: 77,
    now,
    random: 0.5,
  });
}

type Expected = {
  readonly status: string;
  readonly reason?: string;
  readonly effect: LedgerEffect | null;
};

/** Outcome, then what it comes to without and with doubt before it, attempts left or not. */
const table: readonly (readonly [string, Outcome, { clean: Expected; inDoubt: Expected }, Expected?])[] = [
  ['succeeded', outcomes.succeeded(), both({ status: 'succeeded', effect: done })],
  ['duplicate', outcomes.duplicate(), both({ status: 'succeeded', effect: done })],
  [
    'retryable',
    outcomes.retryable(),
    keeps('scheduled'),
    { status: 'dead_lettered', reason: 'attempts_exhausted', effect: null },
  ],
  ['in_doubt', outcomes.inDoubt(testTime + 5), both({ status: 'scheduled', effect: since(testTime + 5) })],
  [
    'in_doubt, nobody can look up',
    outcomes.lookupFailed(testTime + 5, false),
    both({ status: 'dead_lettered', reason: 'in_doubt', effect: since(testTime + 5) }),
  ],
  ['unauthorized', outcomes.unauthorized(), keeps('held')],
  [
    'unauthorized, half done',
    outcomes.unauthorized('possible'),
    both({ status: 'held', effect: since(now) }),
  ],
  ['rejected', outcomes.rejected(), keeps('dead_lettered', 'rejected')],
  [
    'rejected, half done',
    outcomes.rejected('possible'),
    both({ status: 'dead_lettered', reason: 'rejected', effect: since(now) }),
  ],
  ['contract_broken before the effect', outcomes.contractBroken('none'), keeps('held')],
  [
    'contract_broken, unclear',
    outcomes.contractBroken('possible'),
    both({ status: 'held', effect: since(now) }),
  ],
  [
    'contract_broken after the effect',
    outcomes.contractBroken('done'),
    both({ status: 'held', effect: since(now) }),
  ],
  ['state_mismatch', outcomes.stateMismatch('done'), both({ status: 'held', effect: since(now) })],
  ['state_mismatch of what the ledger holds', outcomes.stateMismatch('none'), keeps('held')],
];

function both(expected: Expected) {
  return { clean: expected, inDoubt: expected };
}

/** The ledger stays as it was. */
function keeps(status: string, reason?: string) {
  const state = reason === undefined ? { status } : { status, reason };
  return { clean: { ...state, effect: null }, inDoubt: { ...state, effect: doubt } };
}

function expectDelivery(delivery: Delivery, expected: Expected): void {
  expect(delivery.state.status).toBe(expected.status);
  if (expected.reason !== undefined) expect(delivery.state).toMatchObject({ reason: expected.reason });
  expect(delivery.effect).toEqual(expected.effect);
}

describe('decideSettle', () => {
  for (const [name, outcome, expected, exhausted] of table) {
    it(`${name}: with attempts left`, () => {
      expectDelivery(settle({ outcome, attemptsLeft: true, effect: null }), expected.clean);
    });
    it(`${name}: with attempts left, in doubt before`, () => {
      expectDelivery(settle({ outcome, attemptsLeft: true, effect: doubt }), expected.inDoubt);
    });
    it(`${name}: with no attempt left`, () => {
      expectDelivery(settle({ outcome, attemptsLeft: false, effect: null }), exhausted ?? expected.clean);
    });
    it(`${name}: with no attempt left, in doubt before`, () => {
      const left = exhausted === undefined ? expected.inDoubt : { ...exhausted, effect: doubt };
      expectDelivery(settle({ outcome, attemptsLeft: false, effect: doubt }), left);
    });
    it(`${name}: after a look-up that cleared the doubt, as if there had been none`, () => {
      expectDelivery(
        settle({ outcome, attemptsLeft: true, effect: doubt, doubtCleared: true }),
        expected.clean,
      );
    });
    it(`${name}: counts an attempt only where one was spent, and forgets its crashes`, () => {
      const spent = settle({ outcome, attemptsLeft: true, effect: null });
      const unspent = settle({ outcome, attemptsLeft: true, effect: null, spent: false });
      expect([spent.attemptCount, unspent.attemptCount]).toEqual([2, 1]);
      expect(spent).toMatchObject({ suspect: false, crashCount: 0, epoch: 77, updatedAt: now });
    });
  }

  it('waits for a back-off with full jitter, and longer where the ERP asks for it', () => {
    const due = (outcome: Outcome) => {
      const { state } = settle({ outcome, attemptsLeft: true, effect: null });
      return state.status === 'scheduled' ? state.dueAt - now : null;
    };
    expect(due(outcomes.retryable())).toBe(1_000);
    expect(due(outcomes.retryable(9_000))).toBe(9_000);
    expect(due(outcomes.retryable(10))).toBe(1_000);
  });

  it('comes back when quiet time is over, without a random wait on top', () => {
    const { state } = settle({
      outcome: outcomes.quietTime(testTime, 3),
      attemptsLeft: true,
      effect: doubt,
      spent: false,
    });
    expect(state).toMatchObject({ status: 'scheduled', dueAt: now + 3, reason: 'quiet_time' });
  });

  it('waits in doubt without an attempt left as long as a look-up can still tell', () => {
    const delivery = settle({ outcome: outcomes.inDoubt(testTime + 5), attemptsLeft: false, effect: null });
    expect(delivery).toMatchObject({ attemptCount: 3, state: { status: 'scheduled' } });
  });

  it('asks a person after too many failed look-ups, and does not count quiet time as one', () => {
    const failing = (lookupCount: number, outcome: Outcome) =>
      decideSettle(makeDelivery({ lookupCount, effect: doubt }), {
        outcome,
        inputHash: null,
        spent: false,
        doubtCleared: false,
        epoch: 1,
        now,
        random: 0,
      });
    const last = limits.maxFailedLookups - 1;
    expect(failing(0, outcomes.lookupFailed(testTime))).toMatchObject({ lookupCount: 1, attemptCount: 0 });
    expect(failing(last, outcomes.lookupFailed(testTime)).state).toMatchObject({ reason: 'in_doubt' });
    expect(failing(last, outcomes.quietTime(testTime, 5))).toMatchObject({
      lookupCount: last,
      state: { status: 'scheduled' },
    });
  });
});

describe('an ERP that answers nothing but "too many calls"', () => {
  const free = { inputHash: null, spent: false, doubtCleared: false, epoch: 1, random: 0 };
  const limited = (delivery: Delivery, at: number): Delivery =>
    decideSettle(delivery, { ...free, outcome: outcomes.rateLimited(1_000), now: at });

  it('costs no attempt for a day, then a dead letter says since when', () => {
    const first = limited(makeDelivery(), now);
    const last = limited(limited(first, now + 1_000), now + limits.maxRateLimitedMs - 1);
    expect(last).toMatchObject({ attemptCount: 0, state: { status: 'scheduled', since: now } });
    const dead = limited(last, now + limits.maxRateLimitedMs);
    expect(dead).toMatchObject({
      attemptCount: 0,
      state: { status: 'dead_lettered', reason: 'attempts_exhausted', code: 'rate_limited' },
    });
    expect(dead.state).toHaveProperty('message', expect.stringContaining(new Date(now).toISOString()));
  });

  it('begins a new day after any other outcome', () => {
    const first = limited(makeDelivery(), now);
    const other = decideSettle(first, { ...free, outcome: outcomes.retryable(), now: now + 1_000 });
    expect(other.state).not.toHaveProperty('since');
    const again = limited(other, now + limits.maxRateLimitedMs);
    expect(again.state).toMatchObject({ status: 'scheduled', since: now + limits.maxRateLimitedMs });
  });
});

describe('decideExpiry', () => {
  const lease = { epoch: 9, deadlineAt: now - 10 };

  it('puts in doubt since the deadline, never earlier than it was', () => {
    const fresh = decideExpiry(makeDelivery(), { ...lease, alone: false }, now);
    expect(fresh.effect).toEqual(since(now - 10));
    const later = decideExpiry(makeDelivery({ effect: since(now) }), { ...lease, alone: false }, now);
    expect(later.effect).toEqual(since(now));
  });

  it('counts a crash only where nothing else was leased with it', () => {
    expect(decideExpiry(makeDelivery(), { ...lease, alone: false }, now).crashCount).toBe(0);
    expect(decideExpiry(makeDelivery(), { ...lease, alone: true }, now).crashCount).toBe(1);
  });
});

describe('laterDoubt', () => {
  it('never gets younger, and never puts a known success in doubt', () => {
    expect(laterDoubt(null, 5)).toEqual(since(5));
    expect(laterDoubt(since(9), 5)).toEqual(since(9));
    expect(laterDoubt(since(5), 9)).toEqual(since(9));
    expect(laterDoubt(done, 9)).toBe(done);
  });
});
