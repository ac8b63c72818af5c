// A line: the deliveries of one (ordering key, target), in places. Which order they stand in, and which one is next.
// Pure: works on records as they are; keeps nothing.

import { type Delivery, type DeliveryState, isClosed } from '../delivery.ts';
import type { Prerequisite } from '../route.ts';
import type { EventRecord } from './record.ts';

/** A place in the line and who stands in it now: the first delivery, or the newest replay of it. */
export type Position = {
  /** Id of the first delivery at the place. */
  readonly id: string;
  readonly record: EventRecord;
  readonly occupant: Delivery;
  /** Index of the first delivery among the record's: routes of one event keep their declared order. */
  readonly index: number;
  /** The line has gone on past this place: a replay here is a head of its own. */
  readonly passed: boolean;
};

/** Every place of `record` on `target`, in declared order. */
export function positionsOf(record: EventRecord, target: string): readonly Position[] {
  const places = new Map<string, { index: number; occupant: Delivery; passed: boolean }>();
  record.deliveries.forEach((delivery, index) => {
    if (delivery.target !== target) return;
    const id = delivery.replay?.position ?? delivery.id;
    const before = places.get(id);
    if (before === undefined) {
      places.set(id, { index, occupant: delivery, passed: false });
      return;
    }
    const passed = before.passed || isClosed(before.occupant.state) || isPassable(before.occupant);
    places.set(id, { index: before.index, occupant: delivery, passed });
  });
  return [...places].map(([id, place]) => ({ id, record, ...place }));
}

/** A dead letter that lets its line pass. */
export function isPassable(delivery: Delivery): boolean {
  return delivery.state.status === 'dead_lettered' && delivery.policy.onDeadLetter === 'continue';
}

/** True while the place still has its turn to come, or blocks. */
export function isInLine(position: Position): boolean {
  return !position.passed && !isClosed(position.occupant.state) && !isPassable(position.occupant);
}

/**
 * The places still in the line, in order. Started ones stand first and stay where they were. Unstarted ones stand by
 * arrival, except that a source whose turn it is first sends what it numbered lower: two sources that share a line have
 * no common sequence, and each keeps its own. What is behind the head stands as if the head had never been there, so
 * that the order is the same whether it was kept or made again.
 */
export function orderLine(records: Iterable<EventRecord>, target: string): Position[] {
  const started: Position[] = [];
  const unstarted: Position[] = [];
  for (const record of records) {
    for (const position of positionsOf(record, target)) {
      if (!isInLine(position)) continue;
      (position.occupant.startNumber === null ? unstarted : started).push(position);
    }
  }
  started.sort(
    (a, b) => (a.occupant.startNumber as number) - (b.occupant.startNumber as number) || byArrival(a, b),
  );
  unstarted.sort(byArrival);
  return started.concat(bySequence(unstarted));
}

function byArrival(a: Position, b: Position): number {
  return a.record.arrival - b.record.arrival || a.index - b.index;
}

function bySequence(arrived: readonly Position[]): Position[] {
  const waiting = new Map<string, Position[]>();
  for (const position of arrived) {
    const { source, sequence } = position.record.event;
    if (sequence === null) continue;
    const group = waiting.get(source);
    if (group === undefined) waiting.set(source, [position]);
    else group.push(position);
  }
  for (const group of waiting.values()) {
    // Descending: the lowest is taken from the end.
    group.sort(
      (a, b) => (b.record.event.sequence as number) - (a.record.event.sequence as number) || byArrival(b, a),
    );
  }
  const ordered: Position[] = [];
  const taken = new Set<Position>();
  for (const position of arrived) {
    const group = position.record.event.sequence === null ? [] : waiting.get(position.record.event.source);
    while (!taken.has(position)) {
      const next = group?.pop() ?? position;
      taken.add(next);
      ordered.push(next);
    }
  }
  return ordered;
}

/** How the rest of the key stands towards one prerequisite. */
export type PrerequisiteState = 'satisfied' | 'arrived' | 'dead' | 'missing';

export type LineView = {
  readonly now: number;
  /** State of a prerequisite in this ordering key. */
  readonly prerequisite: (prerequisite: Prerequisite) => PrerequisiteState;
  /** What the deliveries a prerequisite stands for wait for themselves, on whichever target: by route and in their line. */
  readonly behind: (prerequisite: Prerequisite) => readonly Prerequisite[];
};

export type Head =
  /** `until` (epoch ms): when time alone makes something else of the line, null where it does not. */
  | { readonly kind: 'ready'; readonly position: Position; readonly until: number | null }
  /** Nothing can be leased; `until` as above. */
  | { readonly kind: 'waiting'; readonly until: number | null }
  /** Waited `waitMs` for a prerequisite that never came. */
  | { readonly kind: 'prerequisite_missing'; readonly position: Position; readonly missing: Prerequisite };

/** The next of an ordered line. A waiter lets go ahead only the types it waits for, and what those wait for. */
export function chooseHead(line: readonly Position[], view: LineView): Head {
  let allowed: Set<string> | null = null;
  let until: number | null = null;
  const waitUntil = (at: number): void => {
    until = until === null ? at : Math.min(until, at);
  };
  for (const position of line) {
    if (allowed !== null && !mayGoAhead(position, allowed)) continue;
    const { state } = position.occupant;
    const missingWaiter = state.status === 'dead_lettered' && state.reason === 'prerequisite_missing';
    if (!missingWaiter && !isToRun(state)) return { kind: 'waiting', until };
    const dueAt = dueAtOf(state);
    if (dueAt > view.now) {
      waitUntil(dueAt);
      return { kind: 'waiting', until };
    }
    const open = position.occupant.policy.after.filter((p) => view.prerequisite(p) !== 'satisfied');
    if (open.length === 0 && !missingWaiter) return { kind: 'ready', position, until };
    const missing = missingWaiter ? undefined : open.find((p) => view.prerequisite(p) === 'missing');
    if (missing !== undefined) {
      const waitsUntil = position.occupant.createdAt + position.occupant.policy.waitMs;
      if (waitsUntil <= view.now) return { kind: 'prerequisite_missing', position, missing };
      waitUntil(waitsUntil);
    }
    allowed ??= new Set();
    allow(allowed, open, view.behind);
  }
  return { kind: 'waiting', until };
}

function isToRun({ status }: DeliveryState): boolean {
  return status === 'pending' || status === 'scheduled' || status === 'running';
}

/** When time alone lets it be leased, epoch ms; 0: it does not wait for a time. */
function dueAtOf(state: DeliveryState): number {
  if (state.status === 'scheduled') return state.dueAt;
  return state.status === 'running' ? state.pollAt : 0;
}

/**
 * The kinds that may go ahead of one who waits for `prerequisites`. Transitively, and before anything is looked at: what the
 * awaited one waits for may stand anywhere in the line.
 */
export function allowedAhead(
  prerequisites: readonly Prerequisite[],
  behind: LineView['behind'],
): ReadonlySet<string> {
  const allowed = new Set<string>();
  allow(allowed, prerequisites, behind);
  return allowed;
}

function allow(
  allowed: Set<string>,
  prerequisites: readonly Prerequisite[],
  behind: LineView['behind'],
): void {
  for (const prerequisite of prerequisites) {
    const kind = prerequisiteKind(prerequisite);
    if (allowed.has(kind)) continue;
    allowed.add(kind);
    allow(allowed, behind(prerequisite), behind);
  }
}

export function mayGoAhead(
  { record, occupant }: Pick<Position, 'record' | 'occupant'>,
  allowed: ReadonlySet<string>,
): boolean {
  const { source, type } = record.event;
  return allowed.has(`type\n${source}\n${type}`) || allowed.has(`route\n${occupant.routeId}`);
}

function prerequisiteKind(prerequisite: Prerequisite): string {
  return prerequisite.kind === 'type'
    ? `type\n${prerequisite.source}\n${prerequisite.type}`
    : `route\n${prerequisite.route}`;
}
