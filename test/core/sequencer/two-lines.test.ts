// Lines that wait for each other through `after`: each with a waiter in front, and behind it what the other one is for. What
// `after` says can always be kept, whatever came first.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterRoute, afterType, type ClaimChanges, outcomes } from '../../support/builders.ts';
import { type Bench, createBench, runAll } from '../../support/sequencer-bench.ts';

/** An event whose one delivery runs the route of its name. */
function eventOn(target: string, name: string, after: readonly string[] = []): ClaimChanges {
  const plan = { target, routeId: name, operationKey: `k/${name}`, policy: { after: after.map(afterRoute) } };
  return { type: name, plans: [plan] };
}

const claimAll = (bench: Bench, events: readonly ClaimChanges[]): void => {
  for (const event of events) bench.claim(event.type ?? '', event);
};

describe('two lines', () => {
  it('do not wait for each other: a waiter lets pass what its own prerequisite waits behind', () => {
    const bench = createBench();
    claimAll(bench, [
      eventOn('erp', 'paid', ['customer-synced']),
      eventOn('crm', 'shipped', ['stock-taken']),
      eventOn('crm', 'customer-synced'),
      eventOn('erp', 'stock-taken'),
    ]);
    const ran = runAll(bench);
    expect(ran).toHaveLength(4);
    expect(ran.indexOf('customer-synced')).toBeLessThan(ran.indexOf('paid'));
    expect(ran.indexOf('stock-taken')).toBeLessThan(ran.indexOf('shipped'));
  });

  it('do not either where types are named, and after a restart', () => {
    const bench = createBench();
    const typed = (
      target: string,
      type: string,
      awaited: readonly [type: string, target: string],
    ): ClaimChanges => ({
      type,
      plans: [
        {
          target,
          operationKey: `k/${type}`,
          policy: { after: [afterType(awaited[0], { target: awaited[1] })] },
        },
      ],
    });
    claimAll(bench, [typed('erp', 'a', ['b', 'crm']), typed('crm', 'd', ['e', 'erp'])]);
    claimAll(bench, [eventOn('crm', 'b'), eventOn('erp', 'e')]);
    bench.restart();
    expect(new Set(runAll(bench))).toEqual(new Set(['a', 'b', 'd', 'e']));
  });

  it('keep their order where nothing waits in a circle', () => {
    const bench = createBench();
    claimAll(bench, [
      eventOn('erp', 'paid', ['late']),
      eventOn('erp', 'stock-taken'),
      eventOn('crm', 'shipped', ['stock-taken']),
      eventOn('crm', 'other'),
    ]);
    expect(runAll(bench)).toEqual([]);
    claimAll(bench, [eventOn('crm', 'another'), eventOn('erp', 'late')]);
    expect(runAll(bench)).toEqual(['late', 'paid', 'stock-taken', 'shipped', 'other', 'another']);
  });
});

const routeCount = 7;
const world = fc.record({
  targets: fc.array(fc.constantFrom('erp', 'crm', 'shop'), { minLength: routeCount, maxLength: routeCount }),
  // From a higher number to a lower one only: no circle by `after` alone.
  edges: fc.array(fc.tuple(fc.nat(routeCount - 1), fc.nat(routeCount - 1)), { maxLength: 10 }),
  arrivals: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: routeCount, maxLength: routeCount }),
  runsBetween: fc.boolean(),
});

it('whatever waits for whatever on whichever target, and whatever came first, all of it runs, each after what it names', () => {
  fc.assert(
    fc.property(world, ({ targets, edges, arrivals, runsBetween }) => {
      const bench = createBench();
      const ran: string[] = [];
      const afterOf = (id: number) =>
        edges.filter(([from, to]) => from === id && to < id).map(([, to]) => to);
      for (const id of arrivals) {
        bench.claim(
          `r${id}`,
          eventOn(
            targets[id] ?? '',
            `r${id}`,
            afterOf(id).map((to) => `r${to}`),
          ),
        );
        if (!runsBetween) continue;
        for (const leased of bench.lease(1)) {
          ran.push(leased.event.eventId);
          bench.settle(leased, outcomes.succeeded());
        }
      }
      ran.push(...runAll(bench));
      expect(new Set(ran).size).toBe(routeCount);
      for (let id = 0; id < routeCount; id += 1) {
        for (const to of afterOf(id)) expect(ran.indexOf(`r${to}`)).toBeLessThan(ran.indexOf(`r${id}`));
      }
    }),
    { numRuns: 500 },
  );
});
