// A journal that is not where the sequencer left it: after a restart, put back, wiped, ahead, or away.
import { describe, expect, it } from 'vitest';
import type { JournalCut } from '../../../src/core/sequencer/journal-cut.ts';
import { outcomes } from '../../support/builders.ts';
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

describe('a journal that is not where it was', () => {
  /** A dead letter the journal has, and one more event it has not. */
  function journaled(): { bench: Bench; stood: number } {
    const bench = createBench();
    bench.claim('dead');
    bench.settle(bench.leaseOne(), outcomes.rejected(), { endedAt: bench.now() });
    const { to } = cut(bench);
    acknowledge(bench, to);
    bench.claim('later', { orderingKey: 'order/2' });
    bench.settle(bench.leaseOne(), outcomes.rejected(), { endedAt: bench.now() });
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
    bench.claim('newest', { orderingKey: 'order/3', plans: [] });
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
