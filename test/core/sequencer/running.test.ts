// A delivery the ERP works on: its line waits, it is asked after with growing waits, and it ends by the ERP's word or at
// its time-limit. Leases, late settles, restarts and replays of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterType, outcomes } from '../../support/builders.ts';
import { type Bench, createBench, runAll } from '../../support/sequencer-bench.ts';

const unspent = { spent: false } as const;

/** Claimed, attempted, and taken by the ERP as a job. */
function running(bench: Bench, policy: { readonly jobTimeoutMs?: number } = {}): string {
  const deliveryId = bench.claimOne('a', { plans: [{ policy }] });
  bench.settle(bench.leaseOne(), outcomes.accepted());
  return deliveryId;
}

function pollAtOf(bench: Bench, deliveryId: string): number {
  const { state } = bench.delivery(deliveryId);
  if (state.status !== 'running') throw new Error(`${deliveryId} is ${state.status}`);
  return state.pollAt;
}

describe('a delivery the ERP works on', () => {
  it('is running, holds its line, and costs its followers nothing', () => {
    const bench = createBench();
    const deliveryId = running(bench);
    const follower = bench.claimOne('b');
    expect(bench.lease()).toEqual([]);
    expect(bench.view(deliveryId)).toMatchObject({
      status: 'running',
      waiting: { cause: 'erp_job', on: 'job-1' },
    });
    expect(bench.view(follower).waiting).toMatchObject({ cause: 'behind_position', on: deliveryId });
    expect(bench.delivery(follower).attemptCount).toBe(0);
    expect(bench.core().stats(bench.now())).toMatchObject({ running: 1, ready: 0 });
  });

  it('is leased again when the look is due, with the job in the ledger, and spends no attempt for it', () => {
    const bench = createBench();
    const deliveryId = running(bench);
    bench.advance(1_000);
    bench.tick();
    const polled = bench.leaseOne();
    expect(polled.ledger).toMatchObject({ kind: 'possibly_done', jobRef: 'job-1' });
    bench.settle(polled, outcomes.succeeded('SO-9'), unspent);
    expect(bench.delivery(deliveryId)).toMatchObject({
      attemptCount: 1,
      state: { status: 'succeeded' },
      effect: { kind: 'succeeded', document: { documentId: 'SO-9' } },
    });
  });

  it('waits twice as long after each look that found it running, up to a minute', () => {
    const bench = createBench();
    const deliveryId = running(bench);
    const waits: number[] = [];
    for (let polls = 0; polls < 9; polls += 1) {
      waits.push(pollAtOf(bench, deliveryId) - bench.now());
      bench.advance(waits.at(-1) ?? 0);
      bench.settle(bench.leaseOne(), outcomes.accepted(), unspent);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('lets its line go on at once when it is done, and satisfies what waits for it', () => {
    const bench = createBench();
    running(bench);
    bench.claim('paid', {
      type: 'orders/paid',
      plans: [{ policy: { after: [afterType('orders/create')] } }],
    });
    bench.advance(1_000);
    expect(runAll(bench)).toEqual(['a', 'paid']);
  });

  it('is a dead letter job_timed_out where a look at its time-limit still finds it running', () => {
    const bench = createBench();
    const deliveryId = running(bench, { jobTimeoutMs: 5_000 });
    for (const ms of [1_000, 2_000, 2_000]) {
      bench.advance(ms);
      bench.settle(bench.leaseOne(), outcomes.accepted(), unspent);
    }
    expect(bench.delivery(deliveryId)).toMatchObject({
      state: { status: 'dead_lettered', reason: 'job_timed_out' },
      effect: { kind: 'possibly_done', jobRef: 'job-1' },
    });
    expect(bench.signalsOf('delivery.dead_lettered')).toHaveLength(1);
  });

  it('is dead-lettered only after the ERP was asked at the time-limit, and counts what it says then', () => {
    const bench = createBench();
    const deliveryId = running(bench, { jobTimeoutMs: 5_000 });
    bench.advance(3_600_000);
    bench.tick();
    expect(bench.status(deliveryId)).toBe('running');
    bench.settle(bench.leaseOne(), outcomes.succeeded(), unspent);
    expect(bench.status(deliveryId)).toBe('succeeded');
  });

  it('goes on running where the look fails, and where its lease runs out', () => {
    const bench = createBench();
    const deliveryId = running(bench);
    bench.advance(1_000);
    bench.settle(bench.leaseOne(), outcomes.lookupFailed(bench.now()), unspent);
    expect(bench.status(deliveryId)).toBe('running');
    bench.advance(60_000);
    bench.leaseOne();
    bench.expire();
    expect(bench.delivery(deliveryId)).toMatchObject({
      suspect: true,
      state: { status: 'running', jobRef: 'job-1' },
      effect: { jobRef: 'job-1' },
    });
  });

  it('leaves nothing in the ledger where the job ended without effect', () => {
    const bench = createBench();
    const deliveryId = running(bench);
    bench.advance(1_000);
    bench.settle(bench.leaseOne(), outcomes.rejected(), { ...unspent, doubtCleared: true });
    expect(bench.delivery(deliveryId)).toMatchObject({
      effect: null,
      state: { status: 'dead_lettered', reason: 'rejected' },
    });
  });

  it('is asked after by a replay of its dead letter, not performed again blindly', () => {
    const bench = createBench();
    const deliveryId = running(bench, { jobTimeoutMs: 1_000 });
    bench.advance(1_000);
    bench.settle(bench.leaseOne(), outcomes.accepted(), unspent);
    bench.replayed(deliveryId);
    const polled = bench.leaseOne();
    expect(polled.ledger).toMatchObject({ jobRef: 'job-1' });
    bench.settle(polled, outcomes.succeeded(), unspent);
    expect(bench.status(deliveryId)).toBe('resolved');
  });

  it('keeps its job while it is held, and is asked after once it is released', () => {
    const bench = createBench();
    const deliveryId = running(bench);
    bench.advance(1_000);
    bench.settle(bench.leaseOne(), outcomes.unauthorized(), unspent);
    expect(bench.status(deliveryId)).toBe('held');
    const release = { deliveryId, as: 'released', documentId: null, actor: 'olga', note: 'new key' } as const;
    bench.core().resolve(release, bench.now());
    expect(bench.leaseOne().ledger).toMatchObject({ jobRef: 'job-1' });
  });

  it('is not put aside by a newer input of the same state', () => {
    const bench = createBench();
    const stale = { operation: 'stock.set', staleKey: 'product/7/erp/stock.set/SKU-7' };
    const older = bench.claimOne('a', { sequence: 1, plans: [stale] });
    bench.settle(bench.leaseOne(), outcomes.accepted());
    bench.claim('b', { sequence: 2, plans: [stale] });
    expect(bench.status(older)).toBe('running');
  });
});

describe('a job reference that comes after its lease', () => {
  it('is asked after by the next attempt, and stops one that is about to write', () => {
    const bench = createBench();
    bench.claim('a');
    const first = bench.leaseOne();
    bench.expire();
    const second = bench.leaseOne();
    bench.settle(first, outcomes.accepted('job-7'));
    expect(bench.confirm(second)).toBe('stop');
    expect(bench.signalsOf('settle.late')).toMatchObject([{ effect: 'possible', used: true }]);
    bench.send([{ deliveryId: second.delivery.id, epoch: second.epoch, result: returned, attempt: null }]);
    expect(bench.leaseOne().ledger).toMatchObject({ jobRef: 'job-7' });
  });

  it('is told as doubled where the newer attempt got a job of its own', () => {
    const bench = createBench();
    bench.claim('a');
    const first = bench.leaseOne();
    bench.expire();
    const second = bench.leaseOne();
    bench.settle(second, outcomes.accepted('job-8'));
    bench.settle(first, outcomes.accepted('job-7'));
    expect(bench.signalsOf('effect.doubled')).toMatchObject([{ documents: ['job job-8', 'job job-7'] }]);
  });
});

const returned = { kind: 'returned', target: null, notBeforeAt: null } as const;

type Step = 'accepted' | 'working' | 'failed_look' | 'done' | 'expire' | 'restart' | 'advance' | 'retryable';

const steps = fc.array(
  fc.constantFrom<Step>(
    'accepted',
    'working',
    'failed_look',
    'done',
    'expire',
    'restart',
    'advance',
    'retryable',
  ),
  { maxLength: 40 },
);

/** What the ERP may answer to a leased delivery: to a job it is asked after, or to a fresh attempt. */
function answer(bench: Bench, step: Step): void {
  const [leased] = bench.lease(1);
  if (leased === undefined) return;
  const job = leased.ledger?.kind === 'possibly_done' ? leased.ledger.jobRef : undefined;
  if (step === 'accepted' || step === 'working')
    bench.settle(leased, outcomes.accepted(job ?? `job-${leased.epoch}`), { spent: job === undefined });
  else if (step === 'failed_look') bench.settle(leased, outcomes.lookupFailed(bench.now()), unspent);
  else if (step === 'retryable' && job === undefined) bench.settle(leased, outcomes.retryable());
  else if (step === 'done')
    bench.settle(leased, outcomes.succeeded(leased.delivery.id), { spent: job === undefined });
  else bench.send([{ deliveryId: leased.delivery.id, epoch: leased.epoch, result: returned, attempt: null }]);
}

describe('lines with jobs, whatever happens', () => {
  it('never hand out a follower while a job runs, never forget a job, and always come to an end', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const bench = createBench();
        const ids = ['a', 'b', 'c'].map((eventId) =>
          bench.claimOne(eventId, { plans: [{ policy: { retry: quickRetry } }] }),
        );
        for (const step of taken) {
          const before = ids.map((id) => bench.delivery(id));
          if (step === 'advance') bench.advance(90_000);
          else if (step === 'restart') bench.restart();
          else if (step === 'expire') {
            bench.lease(1);
            bench.expire();
          } else answer(bench, step);
          expectSane(bench, ids, before);
        }
        for (let turn = 0; turn < 30; turn += 1) {
          bench.advance(200_000);
          bench.tick();
          // Three lone crashes are poison: a person replays it.
          for (const id of ids) if (bench.status(id) === 'dead_lettered') bench.replay(id);
          answer(bench, 'done');
        }
        for (const id of ids) expect(['succeeded', 'resolved']).toContain(bench.status(id));
      }),
      { numRuns: 300 },
    );
  });
});

/** Never out of attempts: the run is about jobs. */
const quickRetry = { attempts: 100, baseMs: 1, capMs: 1_000 };

function expectSane(
  bench: Bench,
  ids: readonly string[],
  before: readonly { readonly effect: unknown }[],
): void {
  const now = ids.map((id) => bench.delivery(id));
  for (const [index, delivery] of now.entries()) {
    if (delivery.state.status === 'running') {
      expect(delivery.effect).toMatchObject({ jobRef: delivery.state.jobRef });
      // One at a time: what stands behind it has not begun.
      expect(now.slice(index + 1).every(({ attemptCount }) => attemptCount === 0)).toBe(true);
    }
    const jobBefore = (before[index]?.effect as { jobRef?: string } | null)?.jobRef;
    if (jobBefore !== undefined && delivery.effect?.kind === 'possibly_done')
      expect(delivery.effect.jobRef).toBe(jobBefore);
  }
}
