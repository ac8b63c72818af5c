// Lease: ready heads are handed out, exclusively and until a deadline (tick.ts ends what runs out unsettled).
// The ERP checks no token, so the fencing is here: an epoch per lease, confirm() before a write that starts in doubt.

import type { Delivery } from '../delivery.ts';
import { type KeyState, keepRecord, type Line, ledgerFor, lineOf, orderOf, recordKey } from './key-state.ts';
import type { Position } from './line.ts';
import type { LeaseAnswer, LeasedDelivery, LeaseRequest } from './messages.ts';
import type { EventKey } from './record.ts';
import { groupOf, headOf, reviewLine } from './review.ts';
import { type ActiveLease, findRecord, loadKey, type SequencerState, takeNumber } from './state.ts';

type Pick = { readonly key: KeyState; readonly line: Line; readonly position: Position };

/** `fresh`: the consumer has nothing else in hand, so that a suspect can be leased alone. */
export function lease(
  state: SequencerState,
  request: LeaseRequest,
  options: { fresh: boolean },
): LeaseAnswer {
  const { now } = state;
  const picks = pickHeads(state, request, options);
  if (picks.length === 0) return { leased: [], moreReady: hasReady(state) };
  const epoch = takeNumber(state);
  const active: ActiveLease = {
    slot: freeSlot(state),
    epoch,
    deadlineAt: now + request.leaseMs,
    deliveryIds: new Set(),
    givenCount: picks.length,
    ledgers: new Map(),
  };
  state.leases.set(active.slot, active);
  const leased = picks.map((pick) => handOut(state, pick, active));
  writeSlot(state, active);
  return { leased: leased.filter((item) => item !== null), moreReady: hasReady(state) };
}

function pickHeads(state: SequencerState, request: LeaseRequest, options: { fresh: boolean }): Pick[] {
  const picks: Pick[] = [];
  const setAside: Pick[] = [];
  const left = new Map(Object.entries(request.grants ?? {}));
  while (picks.length < request.max) {
    const pick = nextReady(state, left);
    if (pick === null) break;
    const { target } = pick.line;
    const granted = left.get(target);
    if (granted !== undefined) left.set(target, granted - 1);
    // Taken for now: its line offers nothing else until it is settled.
    pick.line.leased = pick.position.occupant.id;
    if (!pick.position.occupant.suspect) {
      picks.push(pick);
    } else if (options.fresh && picks.length === 0) {
      picks.push(pick);
      break;
    } else {
      setAside.push(pick);
    }
  }
  for (const pick of setAside) {
    pick.line.leased = null;
    reviewLine(state, pick.key, pick.line);
  }
  if (setAside.length > 0)
    putFirst(state, new Set(setAside.map(({ line, position }) => groupOf(line, position))));
  return picks;
}

/** Or a consumer that always finds others ready would never come to what has to be leased alone. */
function putFirst(state: SequencerState, groups: ReadonlySet<string>): void {
  const all = [...state.ready];
  state.ready.clear();
  for (const isFirst of [true, false]) {
    for (const [group, heap] of all) if (groups.has(group) === isFirst) state.ready.set(group, heap);
  }
}

/** Round-robin over (target, source), the oldest line first inside. `left`: what a consumer may still start of a target. */
function nextReady(state: SequencerState, left: ReadonlyMap<string, number>): Pick | null {
  const { now } = state;
  for (const [group, heap] of [...state.ready]) {
    const target = group.slice(0, group.indexOf('\n'));
    const granted = left.get(target);
    if (granted === undefined ? isResting(state, target) : granted <= 0) continue;
    const top = heap.take();
    state.ready.delete(group);
    if (heap.size() > 0) state.ready.set(group, heap);
    if (top === null) continue;
    state.readyGroup.delete(top.entry);
    state.timers.remove(top.entry);
    const key = loadKey(state, top.entry.slice(top.entry.indexOf('\n') + 1));
    const line = lineOf(key, target);
    const head = headOf(key, line, now);
    if (head.kind === 'ready') return { key, line, position: head.position };
    reviewLine(state, key, line);
    return nextReady(state, left);
  }
  return null;
}

function handOut(state: SequencerState, pick: Pick, active: ActiveLease): LeasedDelivery | null {
  const { key, position } = pick;
  const payload = state.rows.readPayload(position.record.event);
  if (payload === null)
    throw new Error(`payload of ${position.record.id} is missing though the event is open`);
  const started = startDelivery(pick, active.epoch);
  const ledger = ledgerFor(key, started);
  active.deliveryIds.add(started.id);
  active.ledgers.set(started.id, ledger);
  state.leaseOf.set(started.id, active);
  return {
    delivery: started,
    eventRecordId: position.record.id,
    event: position.record.event,
    payload,
    epoch: active.epoch,
    ledger,
    successorWaits: orderOf(key, pick.line).length > 1,
  };
}

/** False where something came in since, from whichever delivery of the operation; after a restart nobody knows. */
export function isLedgerAsLeased(active: ActiveLease, found: { key: KeyState; delivery: Delivery }): boolean {
  const leased = active.ledgers.get(found.delivery.id);
  const now = ledgerFor(found.key, found.delivery);
  if (leased === undefined || leased?.kind !== now?.kind) return false;
  if (leased?.kind !== 'possibly_done' || now?.kind !== 'possibly_done') return true;
  return leased.since === now.since && leased.jobRef === now.jobRef;
}

/** Its place is fixed from now on. In memory only: after a restart the lease row says the same. */
function startDelivery(pick: Pick, epoch: number): Delivery {
  const { occupant, record } = pick.position;
  if (occupant.startNumber !== null) return occupant;
  const started: Delivery = { ...occupant, startNumber: epoch };
  replaceInMemory(pick.key, record.event, started);
  return started;
}

/** The record is read again: the one a line keeps may be older than what another target's line did to it. */
export function replaceInMemory(key: KeyState, event: EventKey, delivery: Delivery): void {
  const record = key.records.get(recordKey(event));
  if (record === undefined) return;
  const deliveries = record.deliveries.map((other) => (other.id === delivery.id ? delivery : other));
  keepRecord(key, { ...record, deliveries });
  lineOf(key, delivery.target).order = null;
}

function freeSlot(state: SequencerState): number {
  let slot = 0;
  while (state.leases.has(slot)) slot += 1;
  return slot;
}

export function writeSlot(state: SequencerState, active: ActiveLease): void {
  state.rows.writeLease({
    slot: active.slot,
    epoch: active.epoch,
    deadlineAt: active.deadlineAt,
    deliveryIds: [...active.deliveryIds],
    givenCount: active.givenCount,
  });
}

export function hasReady(state: SequencerState): boolean {
  for (const group of state.ready.keys()) {
    if (!isResting(state, group.slice(0, group.indexOf('\n')))) return true;
  }
  return false;
}

function isResting(state: SequencerState, target: string): boolean {
  return (state.resting.get(target)?.until ?? 0) > state.now;
}

/** Frees the delivery's line, and the slot when it was the last of its lease. */
export function endLease(
  state: SequencerState,
  active: ActiveLease,
  found: { key: KeyState; delivery: Delivery },
): void {
  active.deliveryIds.delete(found.delivery.id);
  state.leaseOf.delete(found.delivery.id);
  lineOf(found.key, found.delivery.target).leased = null;
  if (active.deliveryIds.size === 0) state.leases.delete(active.slot);
}

/**
 * Right before the first write of an attempt that started in doubt: is the lease still the one that counts, and does its
 * look-up still hold? A late settle that says more than was known when it was leased stops it.
 */
export function confirm(state: SequencerState, deliveryId: string, epoch: number): 'go' | 'stop' {
  const active = state.leaseOf.get(deliveryId);
  const found = findRecord(state, deliveryId);
  if (active === undefined || found === null || active.epoch !== epoch) return 'stop';
  return state.now < active.deadlineAt && isLedgerAsLeased(active, found) ? 'go' : 'stop';
}
