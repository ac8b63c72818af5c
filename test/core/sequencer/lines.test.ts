// Lines as people see them, what lets a blocked one go on, and what a partition complains about.
import { describe, expect, it } from 'vitest';
import type { LinesRequest } from '../../../src/core/sequencer/messages.ts';
import { afterType, outcomes, resolveOf } from '../../support/builders.ts';
import { type Bench, createBench, runAll } from '../../support/sequencer-bench.ts';

const everything: LinesRequest = {
  blockedOnly: false,
  target: null,
  orderingKey: null,
  after: null,
  limit: 100,
};
const thresholds = { blockedLineMs: 900_000, backlogMs: 600_000 };

function lines(bench: Bench, changes: Partial<LinesRequest> = {}) {
  return bench.core().listLines({ ...everything, blockedOnly: true, ...changes }, bench.now());
}

function conditions(bench: Bench) {
  return bench.core().conditions(thresholds, bench.now());
}

function unblock(bench: Bench, id: string) {
  return bench.core().resolve(resolveOf(id, 'unblocked'), bench.now());
}

describe('a blocked line', () => {
  it('shows its head, the cause, since when, and how many wait behind', () => {
    const bench = createBench();
    const head = bench.claimOne('a', { orderingKey: 'order/1' });
    bench.claimOne('b', { orderingKey: 'order/1' });
    bench.claimOne('c', { orderingKey: 'order/1' });
    bench.claimOne('other', { orderingKey: 'order/2' });
    const [leased] = bench.lease();
    if (leased === undefined) throw new Error('nothing was leased');
    const at = bench.now();
    bench.settle(leased, outcomes.rejected());
    bench.advance(5_000);
    expect(lines(bench)).toMatchObject([
      {
        orderingKey: 'order/1',
        target: 'erp',
        cause: 'dead_letter',
        since: at,
        behindCount: 2,
        head: { id: head, reason: 'rejected', message: 'The period is closed.' },
      },
    ]);
    expect(lines(bench, { blockedOnly: false })).toHaveLength(2);
    expect(lines(bench, { target: 'other' })).toEqual([]);
  });

  it('by a prerequisite that has not come says what it waits for and until when', () => {
    const bench = createBench();
    bench.claimOne('paid', {
      type: 'orders/paid',
      plans: [{ policy: { after: [afterType('orders/create')] } }],
    });
    expect(lines(bench)).toMatchObject([
      { cause: 'prerequisite', on: 'orders/create', until: bench.now() + 60_000, behindCount: 0 },
    ]);
  });

  it('is listed longest blocked first, page by page', () => {
    const bench = createBench();
    for (const n of [1, 2, 3]) {
      bench.claimOne(`e${n}`, { orderingKey: `order/${n}` });
      bench.settle(bench.leaseOne(), outcomes.rejected());
      bench.advance(1_000);
    }
    const [first, second] = lines(bench, { limit: 2 });
    expect([first, second].map((line) => line?.orderingKey)).toEqual(['order/1', 'order/2']);
    const after = { since: second?.since ?? 0, id: second?.head.id ?? '' };
    expect(lines(bench, { after }).map(({ orderingKey }) => orderingKey)).toEqual(['order/3']);
  });

  it('knows the highest number that has passed and the lowest that waits, of each source', () => {
    const bench = createBench();
    bench.claimOne('n4', { orderingKey: 'sku/1', sequence: 4 });
    runAll(bench);
    bench.claimOne('n8', { orderingKey: 'sku/1', sequence: 8 });
    bench.claimOne('n7', { orderingKey: 'sku/1', sequence: 7 });
    expect(lines(bench, { blockedOnly: false })[0]?.sequences).toEqual([
      { source: 'shopify', passed: 4, next: 7 },
    ]);
  });
});

describe('unblocking the head of a line', () => {
  it('that is a dead letter lets the line pass it at once; it stays a dead letter that can be replayed', () => {
    const bench = createBench();
    const dead = bench.claimOne('a', { orderingKey: 'order/1' });
    bench.claimOne('b', { orderingKey: 'order/1' });
    bench.settle(bench.leaseOne(), outcomes.rejected());
    expect(bench.lease()).toEqual([]);
    expect(unblock(bench, dead)).toMatchObject({ kind: 'resolved' });
    expect(runAll(bench)).toEqual(['b']);
    expect(bench.status(dead)).toBe('dead_lettered');
    expect(lines(bench)).toEqual([]);
    bench.replayed(dead);
    expect(runAll(bench)).toEqual(['a']);
    expect(bench.status(dead)).toBe('resolved');
  });

  it('that waits for a prerequisite lets it go first', () => {
    const bench = createBench();
    const waiter = bench.claimOne('paid', {
      type: 'orders/paid',
      plans: [{ policy: { after: [afterType('orders/create')] } }],
    });
    expect(bench.lease()).toEqual([]);
    expect(unblock(bench, waiter).kind).toBe('resolved');
    expect(runAll(bench)).toEqual(['paid']);
  });

  it('holds over a restart', () => {
    const bench = createBench();
    const dead = bench.claimOne('a', { orderingKey: 'order/1' });
    bench.claimOne('b', { orderingKey: 'order/1' });
    bench.settle(bench.leaseOne(), outcomes.rejected());
    unblock(bench, dead);
    bench.restart();
    expect(runAll(bench)).toEqual(['b']);
  });

  it('is refused where nothing is held up by it', () => {
    const bench = createBench();
    const ready = bench.claimOne('a', { orderingKey: 'order/1' });
    expect(unblock(bench, ready)).toMatchObject({ kind: 'refused', reason: 'wrong_state' });
    bench.settle(bench.leaseOne(), outcomes.contractBroken());
    expect(unblock(bench, ready)).toMatchObject({ kind: 'refused', reason: 'wrong_state' });
    const passing = bench.claimOne('b', {
      orderingKey: 'order/2',
      plans: [{ policy: { onDeadLetter: 'continue' } }],
    });
    bench.settle(bench.leaseOne(), outcomes.rejected());
    expect(unblock(bench, passing)).toMatchObject({ kind: 'refused' });
  });
});

describe('an act of a person', () => {
  it('is kept with the event until the journal has it: who, what, before and after, and why', () => {
    const bench = createBench();
    const dead = bench.claimOne('a', { orderingKey: 'order/1' });
    bench.settle(bench.leaseOne(), outcomes.rejected());
    unblock(bench, dead);
    const replay = bench.replayed(dead, { actor: 'pim', reason: 'again' });
    const cut = bench.core().cutJournal({ maxEntries: 10, maxBytes: 1e6 }, bench.now());
    expect(cut?.entries[0]?.record.acts).toMatchObject([
      {
        actor: 'olga',
        action: 'unblocked',
        before: 'dead_lettered',
        after: 'dead_lettered',
        reason: 'by hand',
      },
      { actor: 'pim', action: 'replayed', deliveryId: dead, after: replay, reason: 'again' },
    ]);
    bench.journal();
    runAll(bench);
    expect(
      bench.core().cutJournal({ maxEntries: 10, maxBytes: 1e6 }, bench.now())?.entries[0]?.record.acts,
    ).toEqual([]);
  });

  it('is refused rather than forgotten when the journal has been away for a hundred of them', () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    for (let n = 0; n < 100; n += 1) {
      bench.settle(bench.leaseOne(), outcomes.unauthorized());
      expect(bench.core().resolve(resolveOf(id, 'released'), bench.now()).kind).toBe('resolved');
    }
    bench.settle(bench.leaseOne(), outcomes.unauthorized());
    expect(bench.core().resolve(resolveOf(id, 'released'), bench.now())).toMatchObject({ kind: 'refused' });
    bench.journal();
    expect(bench.core().resolve(resolveOf(id, 'released'), bench.now()).kind).toBe('resolved');
  });
});

describe('what a partition complains about', () => {
  it('is one condition a cause, with the oldest shown and all counted', () => {
    const bench = createBench();
    const [first] = [1, 2, 3].map((n) => bench.claimOne(`e${n}`, { orderingKey: `order/${n}` }));
    for (const leased of bench.lease()) {
      bench.settle(leased, outcomes.rejected());
      bench.advance(10);
    }
    expect(conditions(bench).conditions).toMatchObject([
      {
        rule: 'dead_letters',
        cause: 'erp/sale.confirm/rejected/period_closed',
        count: 3,
        details: { delivery: first, reason: 'rejected', code: 'period_closed' },
      },
    ]);
  });

  it('names the path, the types and the adapter of a drift, and keeps them behind what is held untried', () => {
    const bench = createBench();
    bench.claimOne('a', { orderingKey: 'order/1' });
    const broken = { ...outcomes.contractBroken(), adapter: 'sandbox 1.0.0' } as never;
    bench.settle(bench.leaseOne(), broken);
    expect(conditions(bench).conditions).toMatchObject([
      {
        rule: 'drift',
        cause: 'erp/sale.confirm',
        details: { path: '$.documentId', expected: 'string', actual: 'undefined', adapter: 'sandbox 1.0.0' },
      },
    ]);
  });

  it('is told of refused credentials by target and of mismatches by operation', () => {
    const bench = createBench();
    bench.claimOne('a', { orderingKey: 'order/1' });
    bench.settle(bench.leaseOne(), outcomes.unauthorized());
    bench.claimOne('b', { orderingKey: 'order/2' });
    bench.settle(bench.leaseOne(), outcomes.stateMismatch());
    expect(conditions(bench).conditions.map(({ rule, cause }) => [rule, cause])).toEqual([
      ['unauthorized', 'erp'],
      ['state_mismatch', 'erp/sale.confirm'],
    ]);
  });

  it('holds a line that stands still only once it has for long enough, and says when that will be', () => {
    const bench = createBench();
    bench.claimOne('a');
    const at = bench.now();
    bench.settle(bench.leaseOne(), outcomes.rejected());
    expect(conditions(bench).nextAt).toBe(at + thresholds.blockedLineMs);
    bench.advance(thresholds.blockedLineMs);
    const { conditions: found, nextAt } = conditions(bench);
    expect(found.map(({ rule }) => rule)).toEqual(['dead_letters', 'line_blocked']);
    expect(nextAt).toBeNull();
  });

  it('takes neither a job that runs in the ERP nor a look that has just come due for an old backlog', () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.accepted('job-1', 60_000));
    const startedAt = bench.now();
    expect(lines(bench)).toEqual([]);
    expect(lines(bench, { blockedOnly: false })).toMatchObject([{ cause: 'erp_job', since: startedAt }]);
    for (let looks = 0; looks < 12; looks += 1) {
      bench.advance(60_000);
      bench.settle(bench.leaseOne(), outcomes.accepted('job-1', 60_000), { spent: false });
    }
    expect(bench.status(id)).toBe('running');
    bench.advance(60_000);
    expect(conditions(bench)).toEqual({ conditions: [], nextAt: bench.now() + thresholds.backlogMs });
    bench.advance(thresholds.backlogMs);
    expect(conditions(bench).conditions).toMatchObject([{ rule: 'backlog_old', cause: 'erp' }]);
  });

  it('does not take a back-off that has just passed for an old backlog', () => {
    const bench = createBench();
    const id = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.retryable(2 * thresholds.backlogMs));
    const { state } = bench.delivery(id);
    if (state.status !== 'scheduled') throw new Error(`${id} is ${state.status}`);
    bench.advance(state.dueAt - bench.now());
    expect(conditions(bench)).toEqual({ conditions: [], nextAt: state.dueAt + thresholds.backlogMs });
  });

  it('holds a backlog that nobody takes, but not one its target rests for', () => {
    const bench = createBench();
    bench.claimOne('a');
    bench.advance(thresholds.backlogMs);
    expect(conditions(bench).conditions).toMatchObject([{ rule: 'backlog_old', cause: 'erp', count: 1 }]);
    const leased = bench.leaseOne();
    const rest = { kind: 'returned', target: 'erp', notBeforeAt: bench.now() + 60_000 } as const;
    bench.send([{ deliveryId: leased.delivery.id, epoch: leased.epoch, result: rest, attempt: null }]);
    expect(conditions(bench).conditions).toEqual([]);
  });

  it('is nothing when everything goes well', () => {
    const bench = createBench();
    bench.claimOne('a');
    runAll(bench);
    expect(conditions(bench)).toEqual({ conditions: [], nextAt: null });
  });
});
