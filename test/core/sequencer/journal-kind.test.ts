// What the journal is told of: nothing of what only waits, once of what simply succeeded, rows for everything else. And what
// a build that knows nothing of it finds.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { JournalCut, JournalCutEntry } from '../../../src/core/sequencer/journal-cut.ts';
import type { EventRecord } from '../../../src/core/sequencer/record.ts';
import { outcomes } from '../../support/builders.ts';
import { makePayload } from '../../support/records.ts';
import { type Bench, createBench, wholeCut } from '../../support/sequencer-bench.ts';

function cut(bench: Bench): JournalCut | null {
  return bench.core().cutJournal(wholeCut, bench.now());
}

function only(bench: Bench): JournalCutEntry {
  const [entry, ...others] = cut(bench)?.entries ?? [];
  if (entry === undefined || others.length > 0) throw new Error('the cut holds another number of entries');
  return entry;
}

/** Past every back-off. */
function wait(bench: Bench): void {
  bench.advance(3_600_000);
  bench.tick();
}

describe('what only waits', () => {
  it('is not told to the journal, and no flush is wanted for it', () => {
    const bench = createBench();
    bench.claim('a');
    bench.lease(1);
    expect(cut(bench)).toBeNull();
    expect(bench.core().hasUnjournaled(bench.now())).toBe(false);
    expect(bench.core().stats(bench.now()).unjournaled).toBe(0);
  });

  it('is still unknown to it after a restart', () => {
    const bench = createBench();
    bench.claim('a');
    bench.restart();
    expect(cut(bench)).toBeNull();
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    expect(only(bench)).toMatchObject({ simple: true, payload: expect.anything() });
  });

  it('keeps an event quiet until the last of its deliveries has ended', () => {
    const bench = createBench();
    bench.claim('a', {
      plans: [
        { routeId: 'r1', target: 'one' },
        { routeId: 'r2', target: 'two' },
      ],
    });
    const [first, second] = bench.lease(2);
    if (first === undefined || second === undefined) throw new Error('two are ready');
    bench.settle(first, outcomes.succeeded(), { endedAt: bench.now() });
    expect(cut(bench)).toBeNull();
    bench.settle(second, outcomes.succeeded(), { endedAt: bench.now() });
    expect(only(bench)).toMatchObject({ simple: true });
    expect(only(bench).record.attempts).toHaveLength(2);
  });
});

describe('what simply succeeded', () => {
  it('comes once, with its body and its attempt, and goes to the settled rows', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded(), { endedAt: bench.now() });
    const entry = only(bench);
    expect(entry).toMatchObject({ simple: true, payload: expect.anything() });
    expect(entry.record.attempts).toHaveLength(1);
    bench.journal();
    expect(cut(bench)).toBeNull();
    expect(bench.rows.settledRecords()).toHaveLength(1);
  });

  it.each([
    ['was retried', (bench: Bench) => bench.settle(bench.leaseOne(), outcomes.retryable())],
    ['was in doubt', (bench: Bench) => bench.expire()],
  ])('is no such thing where it %s: it has rows from then on', (_, trouble) => {
    const bench = createBench();
    bench.claim('a');
    if (_ === 'was in doubt') bench.lease(1);
    trouble(bench);
    expect(only(bench).simple).toBe(false);
    bench.journal();
    bench.restart();
    bench.journal();
    wait(bench);
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    expect(only(bench).simple).toBe(false);
  });

  it('has rows once it is replayed, with its body again', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    const [record] = bench.rows.settledRecords();
    if (record === undefined) throw new Error('nothing was archived');
    bench.replayed(deliveryId, { archived: { record, payload: makePayload() } });
    expect(only(bench)).toMatchObject({ simple: false, payload: expect.anything() });
  });

  it('has rows where its end is too many numbers after its claim, for it would not be found by its id', () => {
    const bench = createBench();
    bench.claim('a');
    for (let n = 0; n * limits.numberBlock <= limits.maxSimpleNumberSpan; n += 1) {
      // What is left of a block of numbers is lost at a restart.
      bench.restart();
      bench.claim(`later ${n}`, { plans: [] });
    }
    bench.journal();
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const { record, simple } = only(bench);
    expect(record.changeNumber - record.arrival).toBeGreaterThan(limits.maxSimpleNumberSpan);
    expect(simple).toBe(false);
  });
});

describe('a build that knows nothing of quiet records', () => {
  it('is left a standing before the first of them', () => {
    const bench = createBench();
    bench.claim('done');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.claim('waits', { orderingKey: 'order/2' });
    bench.claim('dies', { orderingKey: 'order/3' });
    const [waits, dies] = bench.lease(2);
    if (waits === undefined || dies === undefined) throw new Error('two are ready');
    bench.settle(dies, outcomes.rejected());
    const piece = cut(bench);
    const quiet = openRecord(bench, 'waits').changeNumber;
    expect(piece?.to).toBeGreaterThan(quiet);
    expect(piece?.completeThrough).toBe(quiet - 1);
    bench.settle(waits, outcomes.succeeded());
    expect(cut(bench)?.completeThrough).toBe(cut(bench)?.to);
  });

  it('changed a record: that one has rows from then on', () => {
    const bench = createBench();
    bench.claim('a');
    const record = openRecord(bench, 'a');
    bench.rows.transaction(() => bench.rows.updateOpen({ ...record, changeNumber: record.changeNumber + 1 }));
    bench.restart();
    expect(only(bench).simple).toBe(false);
  });

  it('journaled a record without changing it: that one has rows, also where it ended before that was known', () => {
    for (const endsFirst of [true, false]) {
      const bench = createBench();
      bench.claim('a');
      const through = openRecord(bench, 'a').changeNumber;
      bench.restart();
      if (endsFirst) bench.settle(bench.leaseOne(), outcomes.succeeded());
      bench.core().adoptJournal(through, bench.now());
      if (!endsFirst) bench.settle(bench.leaseOne(), outcomes.succeeded());
      expect(only(bench).simple).toBe(false);
    }
  });
});

function openRecord(bench: Bench, eventId: string): EventRecord {
  const record = bench.rows.openRecords().find(({ event }) => event.eventId === eventId);
  if (record === undefined) throw new Error(`${eventId} is not open`);
  return record;
}
