// Order by property: whatever comes in whatever order and fails however, each lease is the one that may be next.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryView, LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import { outcomes, returnedOf } from '../../support/builders.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

type Step =
  | {
      readonly do: 'claim';
      readonly source: string;
      readonly sequence: number | null;
      readonly routes: number;
    }
  | { readonly do: 'run'; readonly end: 'succeeded' | 'retryable' | 'rejected' | 'returned' | 'expired' }
  | { readonly do: 'replay' }
  | { readonly do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('claim'),
      source: fc.constantFrom('shopify', 'stripe'),
      sequence: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
      routes: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('run'),
      end: fc.constantFrom('succeeded', 'succeeded', 'retryable', 'rejected', 'returned', 'expired'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
);

/** All that is open on the one line. */
function openViews(bench: Bench): readonly DeliveryView[] {
  return bench.core().listOpen({ filter: {}, cursor: null, limit: 1_000 }, bench.now());
}

function checkNext(leased: LeasedDelivery, before: readonly DeliveryView[]): void {
  const { delivery, event } = leased;
  const place = delivery.replay?.position ?? delivery.id;
  const others = before.filter((view) => (view.delivery.replay?.position ?? view.delivery.id) !== place);
  const wasStarted = before.some(
    (view) => view.delivery.id === delivery.id && view.delivery.startNumber !== null,
  );
  const started = others.filter((view) => view.delivery.startNumber !== null);
  if (!wasStarted)
    expect(
      started.map((view) => view.delivery.id),
      'started places come first',
    ).toEqual([]);
  if (wasStarted) return;
  for (const { event: other, delivery: waiting } of others) {
    const lower = other.source === event.source && other.sequence !== null && event.sequence !== null;
    if (lower)
      expect(other.sequence, `${waiting.id} stands by its sequence`).toBeGreaterThanOrEqual(
        event.sequence as number,
      );
  }
}

function endRun(bench: Bench, leased: LeasedDelivery, end: Extract<Step, { do: 'run' }>['end']): void {
  if (end === 'succeeded') bench.settle(leased, outcomes.succeeded());
  if (end === 'retryable') bench.settle(leased, outcomes.retryable());
  if (end === 'rejected') bench.settle(leased, outcomes.rejected());
  if (end === 'returned') bench.send([returnedOf(leased)]);
  if (end === 'expired') bench.expire();
}

function play(steps: readonly Step[]): readonly string[] {
  const bench = createBench();
  const ran: string[] = [];
  steps.forEach((next, index) => {
    bench.advance(60_000);
    if (next.do === 'claim') {
      const plans = Array.from({ length: next.routes }, (_, route) => ({
        routeId: `r${route}`,
        operationKey: `k/${index}/${route}`,
      }));
      bench.claim(`e${index}`, { source: next.source, sequence: next.sequence, plans });
    }
    if (next.do === 'restart') bench.restart();
    if (next.do === 'replay') {
      const dead = openViews(bench).find((view) => view.status === 'dead_lettered');
      if (dead !== undefined) bench.replay(dead.delivery.id);
    }
    if (next.do !== 'run') return;
    bench.tick();
    const before = openViews(bench);
    const [leased] = bench.lease(1);
    if (leased === undefined) return;
    checkNext(leased, before);
    ran.push(`${leased.event.eventId}.${leased.delivery.routeId}`);
    endRun(bench, leased, next.end);
  });
  return ran;
}

const steps = fc.array(step, { maxLength: 40, size: 'max' });

describe('the order of a line, by property', () => {
  it('lets nothing overtake what was started, nor a lower sequence of its source', () => {
    fc.assert(
      fc.property(steps, (drawn) => {
        play(drawn);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same with a restart before every step', () => {
    fc.assert(
      fc.property(steps, (drawn) => {
        const restarted = drawn.flatMap((next): Step[] => [{ do: 'restart' }, next]);
        const names = (ran: readonly string[], factor: number) =>
          ran.map((name) => name.replace(/^e(\d+)/, (_, index) => `e${Math.floor(Number(index) / factor)}`));
        expect(names(play(restarted), 2)).toEqual(names(play(drawn), 1));
      }),
      { numRuns: 200 },
    );
  });
});
