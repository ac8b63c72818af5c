// What the journal gets and when a record may leave the open rows. The journal may be away, behind, ahead or wiped.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { JournalCut } from '../../../src/core/sequencer/journal-cut.ts';
import { claimOf, outcomes } from '../../support/builders.ts';
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
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const piece = cut(bench);
    expect(piece.entries.map(({ record }) => record.event.eventId)).toEqual(['b', 'a']);
    expect(numbers(piece)).toEqual([...numbers(piece)].sort((x, y) => x - y));
    expect([piece.from, piece.to]).toEqual([0, numbers(piece).at(-1)]);
  });

  it('is null once the journal has everything', () => {
    const bench = createBench();
    expect(bench.core().cutJournal(wholeCut, bench.now())).toBeNull();
    bench.claim('a');
    acknowledge(bench, cut(bench).to);
    expect(bench.core().cutJournal(wholeCut, bench.now())).toBeNull();
  });

  it('keeps to its bounds, and holds one entry even where that alone is over them', () => {
    const bench = createBench();
    for (const n of [1, 2, 3]) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
    expect(cut(bench, { maxEntries: 2, maxBytes: 1e9 }).entries).toHaveLength(2);
    expect(cut(bench, { maxEntries: 9, maxBytes: 1 }).entries).toHaveLength(1);
  });

  it('comes with the body the first time only', () => {
    const bench = createBench();
    bench.claim('a');
    const first = cut(bench);
    expect(first.entries[0]?.payload).not.toBeNull();
    acknowledge(bench, first.to);
    bench.settle(bench.leaseOne(), outcomes.retryable());
    expect(cut(bench).entries[0]?.payload).toBeNull();
  });

  it('comes with the body again while the first was not acknowledged', () => {
    const bench = createBench();
    bench.claim('a');
    cut(bench);
    bench.settle(bench.leaseOne(), outcomes.retryable());
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
    const piece = cut(bench);
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
    bench.claim('later');
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

describe('a journal that is not where it was', () => {
  /** A dead letter the journal has, and one more event it has not. */
  function journaled(): { bench: Bench; stood: number } {
    const bench = createBench();
    bench.claim('dead');
    bench.settle(bench.leaseOne(), outcomes.rejected(), { endedAt: bench.now() });
    const { to } = cut(bench);
    acknowledge(bench, to);
    bench.claim('later', { orderingKey: 'order/2' });
    return { bench, stood: to };
  }

  it('is believed after a restart: what it has is not sent again', () => {
    const { bench, stood } = journaled();
    bench.restart();
    expect(cut(bench).from).toBe(0);
    acknowledge(bench, stood);
    expect(cut(bench)).toMatchObject({ from: stood });
    expect(cut(bench).entries.map(({ record }) => record.event.eventId)).toEqual(['later']);
  });

  it.each([
    ['behind', 1],
    ['wiped', 0],
  ] as const)('that is %s gets everything still open again, with its bodies', (_, stands) => {
    const { bench } = journaled();
    acknowledge(bench, cut(bench).to);
    acknowledge(bench, stands);
    const again = cut(bench);
    expect(again.from).toBe(stands);
    expect(again.entries.map(({ record }) => record.event.eventId)).toEqual(['dead', 'later']);
    expect(again.entries.every(({ payload }) => payload !== null)).toBe(true);
    acknowledge(bench, again.to);
    expect(bench.core().cutJournal(wholeCut, bench.now())).toBeNull();
  });

  it('that is ahead of everything ever numbered here has nothing of it: all open goes again, beyond it', () => {
    const { bench } = journaled();
    const ahead = 1_000_000;
    acknowledge(bench, ahead);
    const again = cut(bench);
    expect(again.from).toBe(ahead);
    expect(Math.min(...numbers(again))).toBeGreaterThan(ahead);
    expect(again.entries.map(({ record }) => record.event.eventId).sort()).toEqual(['dead', 'later']);
    expect(again.entries.every(({ payload }) => payload !== null)).toBe(true);
    bench.restart();
    acknowledge(bench, again.to);
    bench.claim('newest', { orderingKey: 'order/3' });
    expect(numbers(cut(bench)).every((number) => number > again.to)).toBe(true);
  });

  it('that is ahead does not make a closed event lose its body before it is told of it', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    acknowledge(bench, 1_000_000);
    expect(bench.rows.openRecords()).toHaveLength(1);
    acknowledge(bench, cut(bench).to);
    expect(bench.rows.openRecords()).toEqual([]);
  });

  it('that is away stops neither claims nor deliveries', () => {
    const bench = createBench();
    for (let n = 0; n < 50; n += 1) {
      bench.claim(`e${n}`, { orderingKey: `order/${n}` });
      bench.settle(bench.leaseOne(), outcomes.succeeded());
      cut(bench);
    }
    expect(bench.core().stats(bench.now())).toMatchObject({ open: 50, ready: 0, unjournaled: 50 });
    bench.journal();
    expect(bench.core().stats(bench.now())).toMatchObject({ open: 0, unjournaled: 0 });
  });
});

describe('keys with nothing open', () => {
  it.each([
    ['many keys', limits.maxIdleKeys + 50, 1],
    ['few keys with many events', 30, 400],
  ])('are forgotten beyond a bound and read again when they are needed: %s', (_, keyCount, eventCount) => {
    const bench = createBench();
    const claimsOf = (key: number) =>
      Array.from({ length: eventCount }, (_, n) =>
        claimOf(`e${n}`, { orderingKey: `order/${key}`, plans: [] }),
      );
    for (let key = 0; key < keyCount; key += 1) bench.core().claimMany(claimsOf(key), bench.now());
    bench.journal();
    let reads = 0;
    const { readSettled } = bench.rows;
    bench.rows.readSettled = (orderingKey) => {
      reads += 1;
      return readSettled(orderingKey);
    };
    for (const [key, isRead] of [
      [0, true],
      [keyCount - 1, false],
    ] as const) {
      reads = 0;
      const [again] = bench.core().claimMany(claimsOf(key).slice(0, 1), bench.now());
      expect(again).toMatchObject({ status: 'duplicate' });
      expect(reads).toBe(isRead ? 1 : 0);
    }
  });
});

describe('pruning', () => {
  const year = 365 * 24 * 3_600_000;

  function archivedBench(): Bench {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    return bench;
  }

  it('forgets a settled event after the ledger horizon, and then takes it for a new one', () => {
    const bench = archivedBench();
    bench.advance(year);
    bench.core().pruneStep(bench.now());
    expect(bench.core().claimMany([claimOf('a')], bench.now())).toMatchObject([{ status: 'duplicate' }]);
    bench.advance(year);
    expect(bench.core().pruneStep(bench.now())).toBe(false);
    expect(bench.rows.settledRecords()).toEqual([]);
    expect(bench.core().claimMany([claimOf('a')], bench.now())).toMatchObject([{ status: 'accepted' }]);
  });

  it('starts in doubt what comes again after its ledger was forgotten', () => {
    const bench = archivedBench();
    const occurredAt = bench.now() - 1;
    bench.advance(2 * year);
    bench.core().pruneStep(bench.now());
    bench.claim('a', { occurredAt });
    expect(bench.leaseOne().ledger?.kind).toBe('possibly_done');
  });

  it('forgets what only replaced a state sooner', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ staleKey: 'product/7/erp/stock.set' }] });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    bench.advance(limits.replacedStateHorizonMs + 1);
    bench.core().pruneStep(bench.now());
    expect(bench.rows.settledRecords()).toEqual([]);
  });

  it('never touches what is open, and walks in bounded steps to its end', () => {
    const bench = createBench();
    const count = limits.pruneStepRows + 20;
    const claims = Array.from({ length: count }, (_, n) =>
      claimOf(`e${n}`, { orderingKey: `order/${n}`, plans: [] }),
    );
    bench.core().claimMany(claims, bench.now());
    bench.journal();
    bench.claim('open');
    bench.advance(2 * year);
    expect(bench.core().pruneStep(bench.now())).toBe(true);
    expect(bench.core().pruneStep(bench.now())).toBe(false);
    expect([bench.rows.openRecords().length, bench.rows.settledRecords().length]).toEqual([1, 0]);
  });

  it('gives an event that came back for a replay a whole new horizon', () => {
    const bench = archivedBench();
    const [record] = bench.rows.settledRecords();
    if (record === undefined) throw new Error('nothing was archived');
    const deliveryId = record.deliveries[0]?.id as string;
    bench.advance(year);
    bench.replayed(deliveryId, { archived: { record, payload: makePayload() } });
    bench.settle(bench.leaseOne(), outcomes.duplicate());
    bench.journal();
    bench.advance(year);
    bench.core().pruneStep(bench.now());
    expect(bench.rows.settledRecords()).toHaveLength(1);
  });

  it('forgets a satisfied prerequisite with its event, before a restart as after one', () => {
    const bench = createBench();
    bench.claim('pay', { type: 'paid' });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    const after = [{ kind: 'type', source: 'shopify', type: 'paid', target: 'erp' }] as const;
    bench.claim('ship', { plans: [{ policy: { after } }] });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    bench.advance(2 * year);
    bench.core().pruneStep(bench.now());
    bench.claim('ship-again', { plans: [{ policy: { after } }] });
    const before = bench.lease();
    bench.restart();
    expect([before, bench.lease()]).toEqual([[], []]);
  });
});
