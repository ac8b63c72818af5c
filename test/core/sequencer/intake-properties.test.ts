// Requests sent again, items doubled across requests, a fan-out that breaks at any point, restarts: whatever happens, in
// whatever order, each item is claimed exactly once, and the statuses say so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import {
  createIntakeWorld,
  type IntakeWorld,
  intakeRequest,
  type WorldItem,
} from '../../support/intake-world.ts';
import { type CrashPoint, SimulatedCrash } from '../../support/memory-rows.ts';

const item: fc.Arbitrary<WorldItem> = fc
  .record({
    number: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom(undefined, undefined, undefined, 'thin' as const, 'unreadable' as const),
  })
  // One event has one entity, whichever request it comes in.
  .map(({ number, kind }) => ({
    eventId: `e${number}`,
    orderId: `${number % 5}`,
    ...(kind === undefined ? {} : { kind }),
  }));

const crash: fc.Arbitrary<CrashPoint> = fc.oneof(
  fc.record({
    at: fc.constantFrom('before_write' as const, 'after_write' as const),
    write: fc.integer({ min: 1, max: 8 }),
  }),
  fc.constant({ at: 'after_commit' as const }),
);

type Step =
  | { readonly do: 'send'; readonly request: number }
  | { readonly do: 'work' | 'work_and_die' | 'lease' | 'restart' | 'fail_partition'; readonly at: number }
  | { readonly do: 'crash'; readonly at: number; readonly point: CrashPoint }
  | { readonly do: 'settle' | 'fail'; readonly at: number }
  | { readonly do: 'advance' };

const at = fc.integer({ min: 0, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('send' as const), request: fc.nat(4) }),
  fc.record({
    do: fc.constantFrom('work' as const, 'work_and_die' as const, 'lease' as const, 'restart' as const),
    at,
  }),
  fc.record({ do: fc.constant('fail_partition' as const), at }),
  fc.record({ do: fc.constant('crash' as const), at, point: crash }),
  fc.record({ do: fc.constantFrom('settle' as const, 'fail' as const), at }),
  fc.constant({ do: 'advance' as const }),
);

/** Whatever dies in a call starts again from its rows. */
function surviving(world: IntakeWorld, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SimulatedCrash)) throw error;
    for (const bench of world.benches) bench.restart();
  }
}

type Leased = Map<number, ReturnType<IntakeWorld['lease']>>;

function perform(world: IntakeWorld, requests: readonly (readonly WorldItem[])[], leased: Leased) {
  const send = (request: number): void => {
    const index = request % requests.length;
    world.send(intakeRequest(`r${index}`, requests[index] ?? []));
  };
  return (next: Step): void => {
    if (next.do === 'advance') world.advance(2_000);
    else if (next.do === 'send') send(next.request);
    else performAt(world, next, leased);
  };
}

function performAt(world: IntakeWorld, next: Extract<Step, { at: number }>, leased: Leased): void {
  const bench = world.benches[next.at];
  if (bench === undefined) return;
  switch (next.do) {
    case 'work':
      world.acknowledge(bench, world.work(bench));
      break;
    case 'work_and_die':
      world.work(bench);
      bench.restart();
      break;
    case 'restart':
      bench.restart();
      break;
    case 'fail_partition':
      world.acknowledge(bench, [{ kind: 'claims_failed', partition: next.at }]);
      break;
    case 'crash':
      bench.rows.crashNext(next.point);
      break;
    case 'lease':
      leased.set(next.at, world.lease(bench));
      break;
    case 'settle':
      world.settle(bench, leased.get(next.at) ?? []);
      break;
    case 'fail':
      world.fail(bench, leased.get(next.at) ?? []);
      break;
  }
}

/** Nothing breaks any more, and every request was answered. */
function finish(world: IntakeWorld, requests: readonly (readonly WorldItem[])[]): void {
  for (const bench of world.benches) bench.rows.crashNext(null);
  for (const [index, items] of requests.entries()) world.send(intakeRequest(`r${index}`, items));
  for (let round = 0; round < 4; round += 1) {
    world.advance(limits.enrichCapMs);
    for (const bench of world.benches) {
      world.settle(bench, world.lease(bench));
      world.fanOut(bench);
    }
  }
}

describe('intakes', () => {
  it('have each item claimed exactly once, whatever breaks in between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(item, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        fc.array(step, { maxLength: 40 }),
        (requests, steps) => {
          const world = createIntakeWorld();
          const run = perform(world, requests, new Map());
          for (const next of steps) surviving(world, () => run(next));
          finish(world, requests);

          const claimed = world.records().map(({ event }) => event.eventId);
          const wanted = new Set(
            requests.flat().flatMap(({ eventId, kind }) => (kind === 'unreadable' ? [] : [eventId])),
          );
          expect([...claimed].sort()).toEqual([...wanted].sort());

          const views = requests.map((_, index) => world.view(`r${index}`));
          expect(views.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
          const states = views.flatMap(({ items }) => items);
          for (const eventId of wanted) {
            const accepted = states.filter(
              (each) => each.eventId === eventId && each.state.status === 'accepted',
            );
            expect(accepted).toHaveLength(1);
          }
          expect(new Set(world.reported).size).toBe(
            requests.flat().filter(({ kind }) => kind === 'unreadable').length,
          );
          for (const { rows } of world.benches) expect([...rows.readOpenIntakes()]).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
