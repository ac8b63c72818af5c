// A delivery the ERP always answers with "too many calls", on the way through leases and restarts: held back for a day at no
// cost, then a dead letter, so that its line is not still for ever without anybody being told.
import { expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { outcomes } from '../../support/builders.ts';
import { createBench } from '../../support/sequencer-bench.ts';

const hourMs = 3_600_000;

it('is dead-lettered after a day of nothing else, and its line goes on by its policy', () => {
  const bench = createBench();
  const startedAt = bench.now();
  const first = bench.claimOne('a', { plans: [{ policy: { onDeadLetter: 'continue' } }] });
  const behind = bench.claimOne('b');
  for (let tries = 0; bench.status(first) !== 'dead_lettered'; tries += 1) {
    expect(tries).toBeLessThan(40);
    const leased = bench.leaseOne();
    expect(leased.delivery.id).toBe(first);
    bench.settle(leased, outcomes.rateLimited(hourMs), { spent: false });
    // The run is kept with the delivery, so a restart does not end it.
    bench.restart();
    bench.advance(hourMs);
  }
  expect(bench.now() - startedAt).toBe(limits.maxRateLimitedMs + hourMs);
  expect(bench.delivery(first)).toMatchObject({
    attemptCount: 0,
    state: { reason: 'attempts_exhausted', code: 'rate_limited' },
  });
  expect(bench.signalsOf('delivery.dead_lettered')).toMatchObject([{ reason: 'attempts_exhausted' }]);
  expect(bench.leaseOne().delivery.id).toBe(behind);
});
