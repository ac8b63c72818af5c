// Finds routes that wait for each other: none of them would ever run. Pure.
// Waiting is what `after` says, and the order in which routes of one event to one target are declared.

import type { Prerequisite, Route } from './route.ts';

type Edges = ReadonlyMap<string, readonly string[]>;

/** Each circle once, as the ids along it, from its first declared route that says `after` back to that route. */
export function findWaitingCircles(routes: readonly Route[]): readonly (readonly string[])[] {
  const edges: Edges = new Map(routes.map((route) => [route.id, waitsFor(route, routes)]));
  const told = new Set<string>();
  const circles: (readonly string[])[] = [];
  for (const route of routes) {
    if (route.policy.after.length === 0 || told.has(route.id)) continue;
    const circle = shortestWayBack(route.id, edges);
    if (circle === null) continue;
    circles.push(circle);
    for (const id of circle) told.add(id);
  }
  return circles;
}

function waitsFor(route: Route, routes: readonly Route[]): readonly string[] {
  const declaredBefore = routes.slice(0, routes.indexOf(route)).filter((other) => sharesLine(other, route));
  const required = route.policy.after.flatMap((prerequisite) => fulfilling(prerequisite, routes));
  return [...new Set([...required, ...declaredBefore].map(({ id }) => id))];
}

function sharesLine(one: Route, other: Route): boolean {
  return one.source === other.source && one.type === other.type && one.target === other.target;
}

function fulfilling(prerequisite: Prerequisite, routes: readonly Route[]): readonly Route[] {
  if (prerequisite.kind === 'route') return routes.filter(({ id }) => id === prerequisite.route);
  const { source, type, target } = prerequisite;
  return routes.filter((route) => route.source === source && route.type === type && route.target === target);
}

/** Breadth first from `start` to `start`; null where no way leads back. */
function shortestWayBack(start: string, edges: Edges): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const next of edges.get(id) ?? []) {
      if (next === start) return [...wayTo(id, start, cameFrom), start];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way: string[] = [];
  for (let id: string | undefined = end; id !== undefined && id !== start; id = cameFrom.get(id))
    way.unshift(id);
  return [start, ...way];
}
