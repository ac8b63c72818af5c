// Circles of waiting among routes: found where they are, and only there.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findWaitingCircles } from '../../src/core/after-circles.ts';
import { type Prerequisite, type Route, routeDefaults } from '../../src/core/route.ts';
import { saleConfirm } from '../../src/operations/index.ts';

function route(id: string, type: string, after: readonly Prerequisite[] = []): Route {
  const policy = { ...routeDefaults, onStale: 'run' as const, after };
  return {
    id,
    source: 'shop',
    type,
    operation: saleConfirm,
    target: 'erp',
    policy,
    timeoutMs: null,
    input: () => null,
  };
}

const ofType = (type: string): Prerequisite => ({ kind: 'type', source: 'shop', type, target: 'erp' });
const ofRoute = (id: string): Prerequisite => ({ kind: 'route', route: id });

describe('circles of waiting', () => {
  it('are none where routes wait one after the other', () => {
    expect(
      findWaitingCircles([
        route('a', 'A'),
        route('b', 'B', [ofType('A')]),
        route('c', 'C', [ofRoute('b'), ofType('A')]),
      ]),
    ).toEqual([]);
  });

  it('are told once, from the first route that says after', () => {
    const routes = [
      route('a', 'A'),
      route('b', 'B', [ofType('C')]),
      route('c', 'C', [ofRoute('d')]),
      route('d', 'D', [ofType('B')]),
    ];
    expect(findWaitingCircles(routes)).toEqual([['b', 'c', 'd', 'b']]);
  });

  it('are several where they share no route', () => {
    const routes = [
      route('a', 'A', [ofType('B')]),
      route('b', 'B', [ofType('A')]),
      route('c', 'C', [ofRoute('c')]),
    ];
    expect(findWaitingCircles(routes)).toEqual([
      ['a', 'b', 'a'],
      ['c', 'c'],
    ]);
  });

  it('count the order in which routes of one event are declared', () => {
    const late = route('late', 'A');
    expect(findWaitingCircles([late, route('early', 'A', [ofRoute('late')])])).toEqual([]);
    expect(findWaitingCircles([route('early', 'A', [ofRoute('late')]), late])).toEqual([
      ['early', 'late', 'early'],
    ]);
  });

  it('do not count routes on another target: lines do not wait for each other', () => {
    const other = { ...route('other', 'A'), target: 'crm' };
    expect(findWaitingCircles([route('early', 'A', [ofRoute('other')]), other])).toEqual([]);
  });

  it('are found exactly where no order of running exists', () => {
    const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const routes = [0, 1, 2, 3, 4, 5].map((id) =>
          route(
            `${id}`,
            `T${id}`,
            pairs.filter(([from]) => from === id).map(([, to]) => ofRoute(`${to}`)),
          ),
        );
        const done = new Set<string>();
        for (let round = 0; round < routes.length; round += 1) {
          for (const { id, policy } of routes) {
            if (policy.after.every((p) => p.kind === 'route' && done.has(p.route))) done.add(id);
          }
        }
        expect(findWaitingCircles(routes).length > 0).toBe(done.size < routes.length);
      }),
    );
  });
});
