// Lease: ready heads are handed out, exclusively and until a deadline (tick.ts ends what runs out unsettled).
// The ERP checks no token, so the fencing is here: an epoch per lease, confirm() before a write that starts in doubt.

import type { Delivery } from '../delivery.ts';
import { limits } from '../limits.ts';
import { handOut, type Pick } from './hand-out.ts';
import { type KeyState, ledgerFor, lineOf } from './key-state.ts';
import type { LeaseAnswer, LeaseRequest } from './messages.ts';
import { groupOf, headOf, reviewLine } from './review.ts';
import { type ActiveLease, findRecord, loadKey, type SequencerState, takeNumber } from './state.ts';

/** `fresh`: the consumer has nothing else in hand, so that a suspect can be leased alone. */
export function lease(
  state: SequencerState,
  request: LeaseRequest,
  options: { fresh: boolean },
): LeaseAnswer {
  const { now } = state;
  const picks = pickHeads(state, request, options);
  const nextAhead = aheadOf(state, request);
  const [first = nextAhead()] = picks;
  if (first === null) return { leased: [], moreReady: hasReady(state) };
  const epoch = takeNumber(state);
  const active: ActiveLease = {
    ...{ slot: freeSlot(state), epoch, deadlineAt: now + request.leaseMs },
    ...{ deliveryIds: new Set(), givenCount: 0, ledgers: new Map() },
  };
  state.leases.set(active.slot, active);
  const leased = handOut(state, { active, request, picks: [first, ...picks.slice(1)], nextAhead });
  active.givenCount = leased.length;
  writeSlot(state, active);
  return { leased, moreReady: hasReady(state) };
}

/**
 * Heads a consumer may have in hand before it can start them, so that none of its connections waits for a settle. Only out of
 * many: what is left is for others.
 */
function aheadOf(state: SequencerState, { ahead }: LeaseRequest): () => Pick | null {
  if (ahead === undefined || ahead.most <= 0) return () => null;
  let readyCount = 0;
  const left = new Map<string, number>();
  for (const [group, heap] of state.ready) {
    const target = targetOf(group);
    const isAsked = ahead.targets.includes(target);
    left.set(target, isAsked ? Number.POSITIVE_INFINITY : 0);
    if (isAsked) readyCount += heap.size();
  }
  let allowed = Math.min(ahead.most, Math.floor(readyCount / limits.readyPerAhead));
  return () => {
    const pick = allowed > 0 ? nextReady(state, left) : null;
    if (pick === null) return null;
    allowed -= 1;
    if (!pick.position.occupant.suspect) return pick;
    // It is leased alone, by whoever comes with nothing in hand.
    allowed = 0;
    reviewLine(state, pick.key, pick.line);
    return null;
  };
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
    pick.line.leased.add(pick.position.occupant.id);
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
    pick.line.leased.clear();
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
    const target = targetOf(group);
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

/** False where something came in since, from whichever delivery of the operation; after a restart nobody knows. */
export function isLedgerAsLeased(active: ActiveLease, found: { key: KeyState; delivery: Delivery }): boolean {
  const leased = active.ledgers.get(found.delivery.id);
  const now = ledgerFor(found.key, found.delivery);
  if (leased === undefined || leased?.kind !== now?.kind) return false;
  if (leased?.kind !== 'possibly_done' || now?.kind !== 'possibly_done') return true;
  return leased.since === now.since && leased.jobRef === now.jobRef;
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
    if (!isResting(state, targetOf(group))) return true;
  }
  return false;
}

function targetOf(group: string): string {
  return group.slice(0, group.indexOf('\n'));
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
  lineOf(found.key, found.delivery.target).leased.delete(found.delivery.id);
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
