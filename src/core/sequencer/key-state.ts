// What a sequencer knows of one ordering key: its records, and what they say about ledger, prerequisites and freshness.
// Memory over the rows; everything here can be derived from the records again. Pure: no clock, no I/O.

import { type Delivery, isClosed, type LedgerEffect } from '../delivery.ts';
import type { Prerequisite } from '../route.ts';
import { allowedAhead, mayGoAhead, orderLine, type Position, type PrerequisiteState } from './line.ts';
import type { EventKey, EventRecord } from './record.ts';
import { laterDoubt } from './settle-rules.ts';

export type Line = {
  readonly target: string;
  /** Ordered open places; null: to be ordered again. */
  order: Position[] | null;
  /** Deliveries that are leased: one, or a run, which one consumer goes through one after the other. */
  readonly leased: Set<string>;
};

export type KeyState = {
  readonly orderingKey: string;
  /** By recordKey(). Written by keepRecord() and dropRecord() alone, which keep the two indexes below. */
  readonly records: Map<string, EventRecord>;
  /** Names of records with a delivery that is not closed: a key may have thousands that are. */
  readonly live: Set<string>;
  /** Operation key → names of the records with a delivery of it. */
  readonly byOperation: Map<string, Set<string>>;
  readonly lines: Map<string, Line>;
  /** Prerequisites once satisfied stay so, until their event is forgotten. */
  readonly satisfied: Set<string>;
  openCount: number;
  settledLoaded: boolean;
  /** How many of its records were counted when it went to rest. */
  idleRecordCount: number;
};

export function createKeyState(orderingKey: string): KeyState {
  return {
    orderingKey,
    records: new Map(),
    live: new Set(),
    byOperation: new Map(),
    lines: new Map(),
    satisfied: new Set(),
    openCount: 0,
    settledLoaded: false,
    idleRecordCount: 0,
  };
}

/** A record within its ordering key. Source ids hold no line break. */
export function recordKey(key: Pick<EventKey, 'source' | 'eventId'>): string {
  return `${key.source}\n${key.eventId}`;
}

export function keepRecord(key: KeyState, record: EventRecord): void {
  const name = recordKey(record.event);
  key.records.set(name, record);
  if (record.deliveries.some(({ state }) => !isClosed(state))) key.live.add(name);
  else key.live.delete(name);
  for (const operationKey of operationKeysOf(record)) {
    const names = key.byOperation.get(operationKey);
    if (names === undefined) key.byOperation.set(operationKey, new Set([name]));
    else names.add(name);
  }
}

export function dropRecord(key: KeyState, record: EventRecord): void {
  const name = recordKey(record.event);
  key.records.delete(name);
  key.live.delete(name);
  for (const operationKey of operationKeysOf(record)) {
    const names = key.byOperation.get(operationKey);
    names?.delete(name);
    if (names?.size === 0) key.byOperation.delete(operationKey);
  }
}

/** Of its deliveries, and of the records of a batch that were done, which have no delivery of their own. */
function* operationKeysOf({ deliveries }: EventRecord): Generator<string> {
  for (const { operationKey, effect } of deliveries) {
    if (operationKey !== null) yield operationKey;
    if (effect?.kind !== 'succeeded') continue;
    for (const { key } of effect.records ?? []) yield key;
  }
}

export function* liveRecords(key: KeyState): Generator<EventRecord> {
  for (const name of key.live) {
    const record = key.records.get(name);
    if (record !== undefined) yield record;
  }
}

export function lineOf(key: KeyState, target: string): Line {
  let line = key.lines.get(target);
  if (line === undefined) {
    line = { target, order: null, leased: new Set() };
    key.lines.set(target, line);
  }
  return line;
}

export function orderOf(key: KeyState, line: Line): Position[] {
  line.order ??= orderLine(liveRecords(key), line.target);
  return line.order;
}

/** The strongest effect any delivery left under the operation key: a success, else the latest doubt. */
export function ledgerOf(key: KeyState, operationKey: string): LedgerEffect | null {
  let found: LedgerEffect | null = null;
  for (const name of key.byOperation.get(operationKey) ?? []) {
    for (const delivery of key.records.get(name)?.deliveries ?? []) {
      const ofBatch = recordEffect(delivery.effect, operationKey);
      if (ofBatch !== null) return ofBatch;
      if (delivery.operationKey !== operationKey || delivery.effect === null) continue;
      if (delivery.effect.kind === 'succeeded') return delivery.effect;
      found = laterDoubt(found, delivery.effect.since, delivery.effect.jobRef);
    }
  }
  return found;
}

export function ledgerFor(key: KeyState, delivery: Delivery): LedgerEffect | null {
  return delivery.operationKey === null ? null : ledgerOf(key, delivery.operationKey);
}

/** A record of a batch that was done has no delivery of its own: the batch's effect holds its key. */
function recordEffect(effect: LedgerEffect | null, operationKey: string): LedgerEffect | null {
  if (effect?.kind !== 'succeeded' || effect.records === undefined) return null;
  const done = effect.records.find(({ key }) => key === operationKey);
  if (done === undefined) return null;
  const { documentId, documentNumber } = done;
  return { kind: 'succeeded', document: { documentId, documentNumber, state: 'done' }, inputHash: null };
}

export function prerequisiteState(key: KeyState, prerequisite: Prerequisite): PrerequisiteState {
  const name =
    prerequisite.kind === 'type'
      ? `type\n${prerequisite.source}\n${prerequisite.type}\n${prerequisite.target}`
      : `route\n${prerequisite.route}`;
  if (key.satisfied.has(name)) return 'satisfied';
  const state = findPrerequisite(key, prerequisite);
  if (state === 'satisfied') key.satisfied.add(name);
  return state;
}

/** Whether it will be satisfied once the deliveries `first` have succeeded. */
export function isSatisfiedAfter(
  key: KeyState,
  prerequisite: Prerequisite,
  first: ReadonlySet<string>,
): boolean {
  return (
    prerequisiteState(key, prerequisite) === 'satisfied' ||
    findPrerequisite(key, prerequisite, ({ id, state }) => first.has(id) || isClosed(state)) === 'satisfied'
  );
}

function findPrerequisite(
  key: KeyState,
  prerequisite: Prerequisite,
  isOver: (delivery: Delivery) => boolean = ({ state }) => isClosed(state),
): PrerequisiteState {
  let arrived = false;
  let dead = false;
  for (const record of key.records.values()) {
    const planned = plannedFor(record, prerequisite);
    if (planned === null) continue;
    if (planned.every(isOver)) return 'satisfied';
    arrived = true;
    dead ||= planned.some((delivery) => delivery.state.status === 'dead_lettered');
  }
  if (dead) return 'dead';
  return arrived ? 'arrived' : 'missing';
}

/** What the open deliveries that a prerequisite stands for wait for: by their routes, and by what stands first in their lines. */
export function behindPrerequisite(key: KeyState, prerequisite: Prerequisite): readonly Prerequisite[] {
  return openFor(key, prerequisite).flatMap((waiting) => [
    ...openAfter(key, waiting.occupant),
    ...inFrontOf(key, waiting),
  ]);
}

/**
 * What the first of its line waits for, where that does not let it pass. Without this two lines could wait for each other:
 * each with a waiter in front, and behind it what the other's waiter is for.
 */
function inFrontOf(key: KeyState, { record, occupant }: OpenPlace): readonly Prerequisite[] {
  const [front] = orderOf(key, lineOf(key, occupant.target));
  if (front === undefined || front.id === occupant.id) return [];
  const waitsFor = openAfter(key, front.occupant);
  const byRoute = (prerequisite: Prerequisite) =>
    openFor(key, prerequisite).flatMap((other) => openAfter(key, other.occupant));
  return mayGoAhead({ record, occupant }, allowedAhead(waitsFor, byRoute)) ? [] : waitsFor;
}

function openAfter(key: KeyState, { policy }: Delivery): readonly Prerequisite[] {
  return policy.after.filter((prerequisite) => prerequisiteState(key, prerequisite) !== 'satisfied');
}

type OpenPlace = Pick<Position, 'record' | 'occupant'>;

/** The open deliveries a prerequisite stands for. */
function openFor(key: KeyState, prerequisite: Prerequisite): readonly OpenPlace[] {
  return [...liveRecords(key)].flatMap((record) =>
    (plannedFor(record, prerequisite) ?? [])
      .filter(({ state }) => !isClosed(state))
      .map((occupant) => ({ record, occupant })),
  );
}

/** The first deliveries that must be closed; null where the record says nothing about the prerequisite. */
function plannedFor(record: EventRecord, prerequisite: Prerequisite): readonly Delivery[] | null {
  const first = record.deliveries.filter((delivery) => delivery.replay === null);
  if (prerequisite.kind === 'type') {
    const { source, type } = record.event;
    if (source !== prerequisite.source || type !== prerequisite.type) return null;
    return first.filter((delivery) => delivery.target === prerequisite.target);
  }
  // What is told of a delivery carries its route, and is no part of what the route does.
  const ofRoute = first.filter(
    ({ routeId, notice, publish }) =>
      routeId === prerequisite.route && notice === undefined && publish === undefined,
  );
  return ofRoute.length === 0 ? null : ofRoute;
}
