// What the journal gets and when a record may leave the open rows. The journal may be away, behind, ahead or wiped.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { JournalCut } from '../../../src/core/sequencer/journal-cut.ts';
import { claimOf, outcomes, settlementOf } from '../../support/builders.ts';
import { SimulatedCrash } from '../../support/memory-rows.ts';
import { makePayload } from '../../support/records.ts';
import { type Bench, createBench, wholeCut } from '../../support/sequencer-bench.ts';

function cut(bench: Bench, bounds = wholeCut): JournalCut {
  const piece = bench.core().cutJournal(bounds, bench.now());
  if (piece === null) throw new Error('the journal has everything');
  return piece;
}

function acknowledge(bench: Bench, appliedThrough: number): void {
  while (bench.core().acknowledgeJournal(appliedThrough, bench.now())) {}
}

const numbers = (piece: JournalCut) => piece.entries.map(({ record }) => record.changeNumber);

describe('a cut', () => {
  it('holds every changed record once, by change number, and ends at the last of them', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b', { orderingKey: 'order/2' });
    const [a, b] = bench.lease(2);
    if (a === undefined || b === undefined) throw new Error('two are ready');
    bench.settle(b, outcomes.succeeded());
    bench.settle(a, outcomes.rejected());
    const piece = cut(bench);
    expect(piece.entries.map(({ record }) => record.event.eventId)).toEqual(['b', 'a']);
    expect(numbers(piece)).toEqual([...numbers(piece)].sort((x, y) => x - y));
    expect([piece.from, piece.to]).toEqual([0, numbers(piece).at(-1)]);
  });

  it('is null once the journal has everything', () => {
    const bench = createBench();
    expect(bench.core().cutJournal(wholeCut, bench.now())).toBeNull();
    bench.claim('a', { plans: [] });
    acknowledge(bench, cut(bench).to);
    expect(bench.core().cutJournal(wholeCut, bench.now())).toBeNull();
  });

  it('keeps to its bounds, and holds one entry even where that alone is over them', () => {
    const bench = createBench();
    for (const n of [1, 2, 3]) bench.claim(`e${n}`, { orderingKey: `order/${n}`, plans: [] });
    expect(cut(bench, { maxEntries: 2, maxBytes: 1e9 }).entries).toHaveLength(2);
    expect(cut(bench, { maxEntries: 9, maxBytes: 1 }).entries).toHaveLength(1);
  });

  it('comes with the body the first time only', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.retryable());
    const first = cut(bench);
    expect(first.entries[0]?.payload).not.toBeNull();
    acknowledge(bench, first.to);
    bench.advance(3_600_000);
    bench.tick();
    bench.settle(bench.leaseOne(), outcomes.retryable());
    expect(cut(bench).entries[0]?.payload).toBeNull();
  });

  it('comes with the body again while the first was not acknowledged', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.retryable());
    cut(bench);
    bench.advance(3_600_000);
    bench.tick();
    bench.settle(bench.leaseOne(), outcomes.retryable());
    expect(cut(bench).entries[0]?.payload).not.toBeNull();
  });

  it('comes with the body again for an event that was archived and came back', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    const [record] = bench.rows.settledRecords();
    if (record === undefined) throw new Error('nothing was archived');
    bench.replayed(deliveryId, { archived: { record, payload: makePayload() } });
    expect(cut(bench).entries[0]?.payload).not.toBeNull();
  });

  it('comes with every attempt once, and with the newest where too many were kept', () => {
    const bench = createBench();
    const retry = { attempts: 100, baseMs: 1, capMs: 1 };
    bench.claimOne('a', { plans: [{ policy: { retry } }] });
    const attempt = (n: number): void => {
      bench.settle(bench.leaseOne(), outcomes.retryable(), { endedAt: bench.now() + n });
      bench.advance(2);
    };
    attempt(1);
    const first = cut(bench);
    expect(first.entries[0]?.record.attempts).toHaveLength(1);
    acknowledge(bench, first.to);
    const more = limits.maxUnjournaledAttempts + 3;
    for (let n = 0; n < more; n += 1) attempt(n);
    const record = cut(bench).entries[0]?.record;
    expect(record?.attempts).toHaveLength(limits.maxUnjournaledAttempts);
    expect(record?.droppedAttempts).toBe(3);
    expect(record?.attempts.at(-1)?.number).toBe(more + 1);
  });
});

describe('the price of an event', () => {
  it('is a row each for claim and settle, two to archive it, and a shared one for the lease of a batch', () => {
    const bench = createBench();
    bench.claim('reserves the numbers');
    const countOf = (work: () => void): number => {
      const before = bench.rows.writeCount();
      work();
      return bench.rows.writeCount() - before;
    };
    const claims = Array.from({ length: 10 }, (_, n) => claimOf(`e${n}`, { orderingKey: `order/${n}` }));
    expect(countOf(() => bench.core().claimMany(claims, bench.now()))).toBe(10);
    let leased: ReturnType<typeof bench.lease> = [];
    const leaseWrites = countOf(() => {
      leased = bench.lease(11);
    });
    expect([leased.length, leaseWrites]).toEqual([11, 1]);
    const settlements = leased.map((item) => settlementOf(item, outcomes.succeeded()));
    expect(countOf(() => bench.send(settlements))).toBe(11);
    expect(countOf(() => bench.journal())).toBe(22);
  });
});

describe('an acknowledgement', () => {
  it('moves what is closed to the settled rows, and nothing before it', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const piece = cut(bench);
    expect(bench.rows.settledRecords()).toEqual([]);
    acknowledge(bench, piece.to);
    expect([bench.rows.openRecords().length, bench.rows.settledRecords().length]).toEqual([0, 1]);
    expect(bench.rows.settledRecords()[0]?.attempts).toEqual([]);
  });

  it('keeps a dead letter with its body among the open rows until it is closed', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.rejected());
    bench.journal();
    bench.restart();
    bench.journal();
    expect(bench.core().find(deliveryId, bench.now())?.payload).not.toBeNull();
  });

  it('does not cover what changed after the cut', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.retryable());
    const piece = cut(bench);
    bench.advance(3_600_000);
    bench.tick();
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    acknowledge(bench, piece.to);
    expect(bench.rows.openRecords()).toHaveLength(1);
    const next = cut(bench);
    expect(next.from).toBe(piece.to);
    acknowledge(bench, next.to);
    expect(bench.rows.openRecords()).toEqual([]);
  });

  it('goes in bounded steps, and a cut between two of them does not go back', () => {
    const bench = createBench();
    const claims = Array.from({ length: limits.ackStepRows + 10 }, (_, n) =>
      claimOf(`e${n}`, { orderingKey: `order/${n}`, plans: [] }),
    );
    bench.core().claimMany(claims, bench.now());
    const { to } = cut(bench);
    expect(bench.core().acknowledgeJournal(to, bench.now())).toBe(true);
    expect(bench.rows.settledRecords()).toHaveLength(limits.ackStepRows);
    expect(bench.core().cutJournal(wholeCut, bench.now())).toBeNull();
    bench.claim('later', { plans: [] });
    expect(cut(bench).to).toBeGreaterThan(to);
    expect(cut(bench).entries).toHaveLength(1);
    expect(bench.core().acknowledgeJournal(to, bench.now())).toBe(false);
    expect(bench.rows.settledRecords()).toHaveLength(limits.ackStepRows + 10);
  });

  it('loses nothing when the process dies in the middle of it', () => {
    for (const write of [1, 2, 3, 4]) {
      const bench = createBench();
      for (const n of [1, 2]) bench.claim(`e${n}`, { orderingKey: `order/${n}`, plans: [] });
      const { to } = cut(bench);
      bench.rows.crashNext({ at: 'after_write', write });
      expect(() => bench.core().acknowledgeJournal(to, bench.now())).toThrow(SimulatedCrash);
      expect(bench.rows.openRecords()).toHaveLength(2);
      acknowledge(bench, to);
      expect([bench.rows.openRecords().length, bench.rows.settledRecords().length]).toEqual([0, 2]);
    }
  });
});
