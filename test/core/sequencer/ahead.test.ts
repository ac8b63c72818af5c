// Leasing ahead: lines a consumer may have in hand before it can start them, so that its connections do not wait for a settle.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { type Bench, benchLeaseMs, createBench } from '../../support/sequencer-bench.ts';

function leaseAhead(bench: Bench, { max = 2, room = 64 } = {}) {
  const ahead = { most: 16, targets: ['erp'] };
  const runs = { most: 1, room, notFor: [] };
  return bench.core().lease({ max, leaseMs: benchLeaseMs, runs, ahead }, bench.now()).leased;
}

function claimLines(bench: Bench, count: number, target = 'erp'): void {
  for (let n = 0; n < count; n += 1)
    bench.claim(`${target}-${n}`, { orderingKey: `order/${target}-${n}`, plans: [{ target }] });
}

describe('leasing ahead', () => {
  it('is as much as is asked for where far more is ready', () => {
    const bench = createBench();
    claimLines(bench, 200);
    expect(leaseAhead(bench)).toHaveLength(2 + 16);
  });

  it('leaves to others what they can start: a part of what is left', () => {
    const bench = createBench();
    claimLines(bench, 2 + 3 * limits.readyPerAhead);
    expect(leaseAhead(bench)).toHaveLength(2 + 3);
    const few = createBench();
    claimLines(few, 2 + limits.readyPerAhead - 1);
    expect(leaseAhead(few)).toHaveLength(2);
  });

  it('goes on where every connection is busy', () => {
    const bench = createBench();
    claimLines(bench, 100);
    expect(leaseAhead(bench, { max: 0 })).toHaveLength(16);
  });

  it('is for the targets alone that count no places', () => {
    const bench = createBench();
    claimLines(bench, 100, 'crm');
    expect(leaseAhead(bench)).toHaveLength(2);
    claimLines(bench, 100);
    const more = leaseAhead(bench, { max: 0 });
    expect(new Set(more.map(({ delivery }) => delivery.target))).toEqual(new Set(['erp']));
  });

  it('is no more than the consumer has room for', () => {
    const bench = createBench();
    claimLines(bench, 100);
    expect(leaseAhead(bench, { room: 5 })).toHaveLength(5);
  });

  it('is nothing where nobody asked', () => {
    const bench = createBench();
    claimLines(bench, 100);
    expect(bench.lease(2)).toHaveLength(2);
  });

  it('leaves alone what may crash its consumer', () => {
    const bench = createBench();
    claimLines(bench, 100);
    bench.lease(100);
    bench.expire();
    expect(leaseAhead(bench, { max: 0 })).toEqual([]);
    expect(leaseAhead(bench)).toHaveLength(1);
  });
});
