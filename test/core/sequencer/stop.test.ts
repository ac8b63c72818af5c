// A person holds or cancels what waits: the line behind it, what is refused with what to do instead, and that nothing is ever tried
// that a person has stopped.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Delivery, type DeliveryState, isClosed } from '../../../src/core/delivery.ts';
import type { ResolveAnswer } from '../../../src/core/sequencer/messages.ts';
import { decideStop } from '../../../src/core/sequencer/stop.ts';
import { outcomes, resolveOf, stockPlan } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

const note = 'the customer calls back';

function stop(bench: Bench, deliveryId: string, as: 'held' | 'cancelled'): ResolveAnswer {
  return bench.core().stop({ deliveryId, as, actor: 'olga', note }, bench.now());
}

function released(bench: Bench, deliveryId: string): void {
  expect(bench.core().resolve(resolveOf(deliveryId, 'released'), bench.now()).kind).toBe('resolved');
}

const leasedEvents = (bench: Bench): readonly string[] => bench.lease().map(({ event }) => event.eventId);

describe('holding by hand', () => {
  it('keeps the delivery and its line from going on, and no other, until it is released', () => {
    const bench = createBench();
    const first = bench.claimOne('a');
    bench.claim('b');
    bench.claim('c', { orderingKey: 'order/2' });
    expect(stop(bench, first, 'held')).toMatchObject({ kind: 'resolved' });
    expect(bench.view(first)).toMatchObject({
      status: 'held',
      delivery: { state: { cause: 'by_operator', message: note }, attemptCount: 0 },
      waiting: { cause: 'held' },
    });
    expect(leasedEvents(bench)).toEqual(['c']);
    bench.advance(7 * 24 * 3_600_000);
    bench.restart();
    expect(leasedEvents(bench).filter((id) => id !== 'c')).toEqual([]);
    released(bench, first);
    expect(leasedEvents(bench)).toContain('a');
  });

  it('holds what waits for its next attempt, which then comes at once', () => {
    const bench = createBench();
    bench.claim('a');
    const leased = bench.leaseOne();
    bench.settle(leased, outcomes.retryable(60_000));
    expect(stop(bench, leased.delivery.id, 'held').kind).toBe('resolved');
    bench.advance(120_000);
    bench.tick();
    expect(bench.lease()).toEqual([]);
    released(bench, leased.delivery.id);
    expect(bench.leaseOne().delivery).toMatchObject({ id: leased.delivery.id, attemptCount: 1 });
  });

  it('stands although a newer state comes, and although its target is released as a whole', () => {
    const bench = createBench();
    const older = bench.claimOne('a', { orderingKey: 'product/7', plans: [stockPlan()] });
    stop(bench, older, 'held');
    bench.advance(1_000);
    bench.claim('b', { orderingKey: 'product/7', plans: [stockPlan()] });
    const all = { target: 'erp', operation: null, cause: null, actor: 'olga', note, limit: 10 };
    expect(bench.core().releaseMany(all, bench.now())).toMatchObject({ released: [], remaining: 0 });
    expect(bench.view(older).status).toBe('held');
    expect(bench.lease()).toEqual([]);
    released(bench, older);
    expect(bench.view(older).status).toBe('superseded');
    expect(leasedEvents(bench)).toEqual(['b']);
  });

  it('is no alert: who holds it knows', () => {
    const bench = createBench();
    stop(bench, bench.claimOne('a'), 'held');
    const thresholds = { blockedLineMs: 60_000, backlogMs: 60_000 };
    expect(bench.core().conditions(thresholds, bench.now()).conditions).toEqual([]);
    // A line that stands still for long is told whatever stops it.
    bench.advance(60_000);
    expect(bench.core().conditions(thresholds, bench.now()).conditions).toMatchObject([
      { rule: 'line_blocked' },
    ]);
  });
});

describe('cancelling', () => {
  it('closes what waits without trying it, and its line goes on', () => {
    const bench = createBench();
    const first = bench.claimOne('a');
    bench.claim('b');
    expect(stop(bench, first, 'cancelled')).toMatchObject({
      delivery: { state: { status: 'skipped', how: 'cancelled', note }, effect: null, attemptCount: 0 },
    });
    expect(leasedEvents(bench)).toEqual(['b']);
  });

  it('keeps what the ledger knows of a delivery in doubt', () => {
    const bench = createBench();
    bench.claim('a');
    const leased = bench.leaseOne();
    bench.settle(leased, outcomes.inDoubt(bench.now()));
    expect(stop(bench, leased.delivery.id, 'cancelled').kind).toBe('resolved');
    expect(bench.delivery(leased.delivery.id).effect).toMatchObject({ kind: 'possibly_done' });
  });

  it('closes what is held, whatever for', () => {
    const bench = createBench();
    bench.claim('a');
    const leased = bench.leaseOne();
    bench.settle(leased, outcomes.unauthorized());
    expect(stop(bench, leased.delivery.id, 'cancelled').kind).toBe('resolved');
    const second = bench.claimOne('b');
    stop(bench, second, 'held');
    expect(stop(bench, second, 'cancelled').kind).toBe('resolved');
  });

  it('is an act that the journal is told of', () => {
    const bench = createBench();
    const first = bench.claimOne('a');
    stop(bench, first, 'held');
    stop(bench, first, 'cancelled');
    expect(bench.view(first)).toBeDefined();
    const acts = bench.rows.openRecords().flatMap((record) => record.acts ?? []);
    expect(acts).toMatchObject([
      { action: 'held', before: 'pending', after: 'held', actor: 'olga', reason: note },
      { action: 'cancelled', before: 'held', after: 'skipped' },
    ]);
  });
});

describe('what cannot be stopped', () => {
  it.each([
    ['is being attempted', (bench: Bench) => bench.leaseOne().delivery.id, /attempted right now/],
    [
      'the ERP works on',
      (bench: Bench) => {
        const leased = bench.leaseOne();
        bench.settle(leased, outcomes.accepted());
        return leased.delivery.id;
      },
      /the ERP works on/,
    ],
    [
      'is a dead letter',
      (bench: Bench) => {
        const leased = bench.leaseOne();
        bench.settle(leased, outcomes.rejected());
        return leased.delivery.id;
      },
      /skip or resolve/,
    ],
  ])('%s, and the refusal says what to do', (...[, bring, says]) => {
    const bench = createBench();
    bench.claim('a');
    const id = bring(bench);
    for (const as of ['held', 'cancelled'] as const)
      expect(stop(bench, id, as)).toEqual({
        kind: 'refused',
        reason: 'wrong_state',
        message: expect.stringMatching(says),
      });
  });

  it('is not there', () => {
    expect(stop(createBench(), 'dlv_0_zz', 'held')).toMatchObject({ reason: 'not_found' });
  });
});

type Asked = {
  readonly state: DeliveryState;
  readonly isLeased: boolean;
  readonly as: 'held' | 'cancelled';
  readonly attemptCount: number;
};

describe('stopping any delivery', () => {
  const at = fc.integer({ min: 0, max: 2_000_000 });
  const text = fc.string();
  const state: fc.Arbitrary<DeliveryState> = fc.oneof(
    fc.constant({ status: 'pending' as const }),
    fc.record({ status: fc.constant('scheduled' as const), dueAt: at, reason: text }),
    fc.record({
      ...{ status: fc.constant('running' as const), jobRef: text, pollAt: at, startedAt: at },
      ...{ pollCount: fc.nat(), progress: fc.constant(null) },
    }),
    fc.record({
      ...{ status: fc.constant('held' as const), message: text, at },
      cause: fc.constantFrom('unauthorized', 'contract_broken', 'state_mismatch', 'by_operator'),
    }),
    fc.record({
      ...{ status: fc.constant('dead_lettered' as const), code: text, message: text, at },
      reason: fc.constantFrom('rejected', 'attempts_exhausted', 'in_doubt', 'poison'),
    }),
    fc.record({ status: fc.constant('succeeded' as const), how: fc.constant('succeeded' as const), at }),
    fc.record({ status: fc.constant('superseded' as const), by: text, at }),
    fc.record({ status: fc.constant('skipped' as const), note: text, at }),
    fc.record({ status: fc.constant('resolved' as const), resolvedBy: text, note: text, at }),
  );
  const bench = createBench();
  const sample = bench.delivery(bench.claimOne('a'));
  const asked: fc.Arbitrary<Asked> = fc.record({
    ...{ state, isLeased: fc.boolean(), as: fc.constantFrom('held' as const, 'cancelled' as const) },
    attemptCount: fc.nat(20),
  });

  it('changes its state alone, only while it waits, and never what is known of it', () => {
    const check = ({ state, isLeased, as, attemptCount }: Asked) => {
      const before: Delivery = { ...sample, state, attemptCount };
      const decided = decideStop(before, { as, note, isLeased, now: 9_000_000 });
      const waits = !isLeased && (state.status === 'pending' || state.status === 'scheduled');
      const isHeld = !isLeased && state.status === 'held';
      expect(decided.ok).toBe(waits || (isHeld && as === 'cancelled'));
      if (!decided.ok) {
        expect(decided.error.length).toBeGreaterThan(10);
        return;
      }
      const { state: after, updatedAt, ...rest } = decided.value;
      const { state: _, updatedAt: __, ...known } = before;
      expect(rest).toEqual(known);
      expect(updatedAt).toBe(9_000_000);
      expect(isClosed(after)).toBe(as === 'cancelled');
      // Closed stays closed: nothing can stop it again.
      const again = decideStop(decided.value, { as: 'cancelled', note, isLeased: false, now: 9_000_001 });
      expect(again.ok).toBe(as === 'held');
    };
    fc.assert(fc.property(asked, check));
  });

  it('in any order of claims, holds, releases, cancels and attempts tries none that is stopped, and tries the others in their order', () => {
    const step = fc.record({
      kind: fc.constantFrom('hold', 'release', 'cancel', 'attempt', 'restart'),
      index: fc.nat(5),
    });
    const play = (steps: readonly { kind: string; index: number }[]) => {
      const bench = createBench();
      const ids = Array.from({ length: 6 }, (_, number) => bench.claimOne(`e${number}`));
      const done: string[] = [];
      const cancelled = new Set<string>();
      for (const { kind, index } of steps) {
        const id = ids[index] as string;
        if (kind === 'hold') stop(bench, id, 'held');
        if (kind === 'release') bench.core().resolve(resolveOf(id, 'released'), bench.now());
        if (kind === 'cancel' && stop(bench, id, 'cancelled').kind === 'resolved') cancelled.add(id);
        if (kind === 'restart') bench.restart();
        if (kind !== 'attempt') continue;
        for (const leased of bench.lease(1)) {
          const first = ids.find((each) => !done.includes(each) && !cancelled.has(each));
          expect(leased.delivery.id).toBe(first);
          done.push(leased.delivery.id);
          bench.settle(leased, outcomes.succeeded());
        }
      }
      for (const id of ids) bench.core().resolve(resolveOf(id, 'released'), bench.now());
      for (let round = 0; round < 6; round += 1)
        for (const leased of bench.lease(1)) {
          done.push(leased.delivery.id);
          bench.settle(leased, outcomes.succeeded());
        }
      expect(done).toEqual(ids.filter((id) => !cancelled.has(id)));
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), play));
  });
});
