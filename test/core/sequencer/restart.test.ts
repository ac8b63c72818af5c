// Nothing is lost by a restart at any point, and memory is dropped with a transaction that was rolled back.
import { describe, expect, it } from 'vitest';
import type { LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import { afterType, outcomes, returnedOf } from '../../support/builders.ts';
import { SimulatedCrash } from '../../support/memory-rows.ts';
import { type Bench, createBench, runAll } from '../../support/sequencer-bench.ts';

/** What the consumers of a story have in hand. */
type Hand = { leased: readonly LeasedDelivery[] };

/** `run` is one call that writes. */
type Step = { readonly name: string; readonly run: (bench: Bench, hand: Hand) => void };

const stock = { plans: [{ operation: 'stock.set', staleKey: 'order/1001/erp/stock.set' }] };
const waiting = { plans: [{ policy: { after: [afterType('paid')] } }] };

const lease: Step = {
  name: 'lease',
  run: (bench, hand) => {
    hand.leased = bench.lease();
  },
};

function settle(name: string, outcome = outcomes.succeeded()): Step {
  return { name, run: (bench, hand) => bench.settle(hand.leased[0] as LeasedDelivery, outcome) };
}

function later(name: string, ms: number): Step {
  const wokenAt = new WeakSet<Bench>();
  return {
    name,
    run: (bench) => {
      if (!wokenAt.has(bench)) bench.advance(ms);
      wokenAt.add(bench);
      bench.tick();
    },
  };
}

const replayAll = { filter: {}, limit: 99, actor: 'olga', reason: 'again' };

/** One of everything that writes, in an order that makes each of them do something. */
const story: readonly Step[] = [
  { name: 'claim', run: (bench) => bench.claim('a', { plans: [{ target: 'erp' }, { target: 'crm' }] }) },
  { name: 'claim a waiter', run: (bench) => bench.claim('ship', waiting) },
  lease,
  { name: 'claim a state', run: (bench) => bench.claim('stock-1', { ...stock, sequence: 1 }) },
  { name: 'supersede it', run: (bench) => bench.claim('stock-2', { ...stock, sequence: 2 }) },
  later('expire both', 30_000),
  lease,
  settle('reject a suspect', outcomes.rejected()),
  lease,
  { name: 'give back', run: (bench, hand) => bench.send([returnedOf(hand.leased[0] as LeasedDelivery)]) },
  lease,
  settle('succeed'),
  { name: 'acknowledge', run: (bench) => bench.journal() },
  { name: 'replay', run: (bench) => bench.core().replayMany(replayAll, bench.now()) },
  lease,
  settle('succeed the replay'),
  later('wait in vain', 60_000),
  { name: 'acknowledge again', run: (bench) => bench.journal() },
];

const whole = (bench: Bench) => JSON.stringify([bench.rows.openRecords(), bench.rows.settledRecords()]);

/** What everything came to, without the numbers, which depend on how often it was tried. */
function outcomeOf(bench: Bench): unknown {
  return [...bench.rows.openRecords(), ...bench.rows.settledRecords()]
    .map(({ event, deliveries }) => ({
      eventId: event.eventId,
      deliveries: deliveries.map(({ target, state, effect, replay, attemptCount }) => [
        target,
        state.status,
        effect?.kind ?? null,
        replay?.revision ?? 0,
        attemptCount,
      ]),
    }))
    .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
}

/** Plays the story, each step by `play`, and brings everything to its end. */
function tell(play: (step: Step, on: { bench: Bench; hand: Hand; index: number }) => void): unknown {
  const bench = createBench();
  const hand: Hand = { leased: [] };
  for (const [index, step] of story.entries()) play(step, { bench, hand, index });
  runAll(bench);
  bench.core().replayMany(replayAll, bench.now());
  bench.claim('pay', { type: 'paid' });
  runAll(bench);
  bench.journal();
  expect(bench.rows.openRecords()).toEqual([]);
  return outcomeOf(bench);
}

const undisturbed = tell((step, { bench, hand }) => step.run(bench, hand));

describe('a restart', () => {
  it.each(story.map(({ name }, index) => [`${index + 1} ${name}`, index] as const))(
    'after step %s changes nothing',
    (_, after) => {
      const told = tell((step, { bench, hand, index }) => {
        step.run(bench, hand);
        if (index === after) bench.restart();
      });
      expect(told).toEqual(undisturbed);
    },
  );

  it('after every step changes nothing', () => {
    const told = tell((step, { bench, hand }) => {
      step.run(bench, hand);
      bench.restart();
    });
    expect(told).toEqual(undisturbed);
  });
});

describe('a crash at a write', () => {
  it.each(['before_write', 'after_write'] as const)(
    'leaves everything as it was, and the call can be made again: %s',
    (at) => {
      let crashCount = 0;
      for (let write = 1; write <= 12; write += 1) {
        const told = tell((step, { bench, hand }) => {
          const before = whole(bench);
          bench.rows.crashNext({ at, write });
          try {
            step.run(bench, hand);
          } catch (error) {
            if (!(error instanceof SimulatedCrash)) throw error;
            crashCount += 1;
            if (!step.name.startsWith('acknowledge')) expect(whole(bench)).toBe(before);
            step.run(bench, hand);
          }
          bench.rows.crashNext(null);
        });
        expect(told).toEqual(undisturbed);
      }
      expect(crashCount).toBeGreaterThan(20);
    },
  );

  it('drops the memory with it: what was not written was never there', () => {
    const bench = createBench();
    bench.claim('a');
    bench.rows.crashNext({ at: 'after_write', write: 1 });
    expect(() => bench.lease()).toThrow(SimulatedCrash);
    expect(bench.core().stats(bench.now())).toMatchObject({ leased: 0, ready: 1 });
    expect(bench.lease()).toHaveLength(1);
  });
});
