// Lease: ready heads are handed out, exclusively and until a deadline. What runs out unsettled is in doubt.
// The ERP checks no token, so the fencing is here: an epoch per lease, confirm() before a write that starts in doubt.

import { type Delivery, isClosed } from '../delivery.ts';
import { type KeyState, type Line, ledgerOf, lineOf, orderOf, recordKey } from './key-state.ts';
import type { Position } from './line.ts';
import type { LeaseAnswer, LeasedDelivery, LeaseRequest } from './messages.ts';
import type { EventKey } from './record.ts';
import { deadLetter, decideExpiry } from './settle-rules.ts';
import {
  type ActiveLease,
  findRecord,
  headOf,
  loadKey,
  putRecord,
  reviewKey,
  reviewLine,
  type SequencerState,
  takeNumber,
} from './state.ts';

type Pick = { readonly key: KeyState; readonly line: Line; readonly position: Position };

/** `fresh`: the consumer has nothing else in hand, so that a suspect can be leased alone. */
export function lease(
  state: SequencerState,
  request: LeaseRequest,
  options: { fresh: boolean },
): LeaseAnswer {
  const { now } = state;
  const picks = pickHeads(state, request.max, options);
  if (picks.length === 0) return { leased: [], moreReady: hasReady(state) };
  const epoch = takeNumber(state);
  const active: ActiveLease = {
    slot: freeSlot(state),
    epoch,
    deadlineAt: now + request.leaseMs,
    deliveryIds: new Set(),
    givenCount: picks.length,
    confirmed: new Set(),
    ended: new Set(),
  };
  state.leases.set(active.slot, active);
  const leased = picks.map((pick) => handOut(state, pick, active));
  writeSlot(state, active);
  return { leased: leased.filter((item) => item !== null), moreReady: hasReady(state) };
}

function pickHeads(state: SequencerState, max: number, options: { fresh: boolean }): Pick[] {
  const picks: Pick[] = [];
  const setAside: Pick[] = [];
  while (picks.length < max) {
    const pick = nextReady(state);
    if (pick === null) break;
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
  return picks;
}

/** Round-robin over (target, source), the oldest line first inside. */
function nextReady(state: SequencerState): Pick | null {
  const { now } = state;
  for (const [group, heap] of [...state.ready]) {
    const target = group.slice(0, group.indexOf('\n'));
    if ((state.resting.get(target) ?? 0) > now) continue;
    const top = heap.take();
    state.ready.delete(group);
    if (heap.size() > 0) state.ready.set(group, heap);
    if (top === null) continue;
    state.readyGroup.delete(top.entry);
    const key = loadKey(state, top.entry.slice(top.entry.indexOf('\n') + 1));
    const line = lineOf(key, target);
    const head = headOf(key, line, now);
    if (head.kind === 'ready') return { key, line, position: head.position };
    reviewLine(state, key, line);
    return nextReady(state);
  }
  return null;
}

function handOut(state: SequencerState, pick: Pick, active: ActiveLease): LeasedDelivery | null {
  const { key, position } = pick;
  const payload = state.rows.readPayload(position.record.event);
  if (payload === null)
    throw new Error(`payload of ${position.record.id} is missing though the event is open`);
  const started = startDelivery(pick, active.epoch);
  active.deliveryIds.add(started.id);
  state.leaseOf.set(started.id, active);
  return {
    delivery: started,
    eventRecordId: position.record.id,
    event: position.record.event,
    payload,
    epoch: active.epoch,
    ledger: started.operationKey === null ? null : ledgerOf(key, started.operationKey),
    successorWaits: orderOf(key, pick.line).length > 1,
  };
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
  key.records.set(recordKey(event), { ...record, deliveries });
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
  });
}

export function hasReady(state: SequencerState): boolean {
  for (const group of state.ready.keys()) {
    if ((state.resting.get(group.slice(0, group.indexOf('\n'))) ?? 0) <= state.now) return true;
  }
  return false;
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

/** Right before the first write of an attempt that started in doubt: is the lease still the one that counts? */
export function confirm(state: SequencerState, deliveryId: string, epoch: number): 'go' | 'stop' {
  const active = state.leaseOf.get(deliveryId);
  if (active === undefined || active.epoch !== epoch || active.ended.has(deliveryId)) return 'stop';
  if (state.now >= active.deadlineAt) return 'stop';
  active.confirmed.add(deliveryId);
  return 'go';
}

/** Expires leases, dead-letters waiters whose prerequisite never came, and makes due what waited for a time. */
export function tick(state: SequencerState): void {
  const { now } = state;
  for (const active of [...state.leases.values()]) {
    if (active.deadlineAt <= now) expireLease(state, active);
  }
  for (const [target, notBeforeAt] of state.resting) {
    if (notBeforeAt <= now) state.resting.delete(target);
  }
  for (let top = state.timers.peek(); top !== null && top.rank <= now; top = state.timers.peek()) {
    state.timers.take();
    const key = loadKey(state, top.entry.slice(top.entry.indexOf('\n') + 1));
    const line = lineOf(key, top.entry.slice(0, top.entry.indexOf('\n')));
    if (line.leased === null) dropMissing(state, key, line);
    reviewLine(state, key, line);
  }
}

function dropMissing(state: SequencerState, key: KeyState, line: Line): void {
  const { now } = state;
  for (
    let head = headOf(key, line, now);
    head.kind === 'prerequisite_missing';
    head = headOf(key, line, now)
  ) {
    const { occupant } = head.position;
    const found = findRecord(state, occupant.id);
    if (found === null) return;
    const { record } = found;
    const missing =
      head.missing.kind === 'type'
        ? `event type ${head.missing.type} of ${head.missing.source}`
        : `route ${head.missing.route}`;
    const message = `waited ${occupant.policy.waitMs} ms for ${missing}, which never came`;
    const dead: Delivery = {
      ...occupant,
      state: deadLetter(now, { reason: 'prerequisite_missing', code: 'prerequisite_missing', message }),
      updatedAt: now,
    };
    const deliveries = record.deliveries.map((delivery) => (delivery.id === dead.id ? dead : delivery));
    putRecord(state, key, { ...record, deliveries });
    state.signals.push({
      kind: 'delivery.dead_lettered',
      delivery: dead,
      event: record.event,
      reason: 'prerequisite_missing',
      message,
    });
  }
}

function expireLease(state: SequencerState, active: ActiveLease): void {
  const { now } = state;
  const deliveryIds = [...active.deliveryIds];
  state.signals.push({ kind: 'lease.expired', deliveryIds, epoch: active.epoch });
  for (const deliveryId of deliveryIds) {
    const found = findRecord(state, deliveryId);
    if (found === null) continue;
    endLease(state, active, found);
    // Ended by a late settle meanwhile: nothing is in doubt, but the row may go on to the archive now.
    const lapsed = isClosed(found.delivery.state)
      ? found.delivery
      : decideExpiry(
          found.delivery,
          { epoch: active.epoch, deadlineAt: active.deadlineAt, alone: active.givenCount === 1 },
          now,
        );
    const deliveries = found.record.deliveries.map((delivery) =>
      delivery.id === deliveryId ? lapsed : delivery,
    );
    putRecord(state, found.key, { ...found.record, deliveries });
    if (lapsed.state.status === 'dead_lettered') {
      const { reason, message } = lapsed.state;
      state.signals.push({
        kind: 'delivery.dead_lettered',
        delivery: lapsed,
        event: found.record.event,
        reason,
        message,
      });
    }
    reviewKey(state, found.key);
  }
  state.leases.delete(active.slot);
}

/** When tick() has something to do next, epoch ms; null: only when something happens. */
export function nextTickAt(state: SequencerState): number | null {
  let next: number | null = state.timers.peek()?.rank ?? null;
  const earlier = (at: number): void => {
    next = next === null ? at : Math.min(next, at);
  };
  for (const active of state.leases.values()) earlier(active.deadlineAt);
  for (const notBeforeAt of state.resting.values()) earlier(notBeforeAt);
  return next;
}
