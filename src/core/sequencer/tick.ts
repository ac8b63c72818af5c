// What time alone brings about: leases that run out, waiters whose prerequisite never came, back-offs that pass.
// Runs inside the caller's transaction; the instant is the state's.

import { type Delivery, isClosed } from '../delivery.ts';
import { type KeyState, type Line, lineOf } from './key-state.ts';
import { endLease } from './lease.ts';
import { headOf, reviewKey, reviewLine } from './review.ts';
import { deadLetter, decideExpiry } from './settle-rules.ts';
import {
  type ActiveLease,
  findRecord,
  loadKey,
  newestPlace,
  putRecord,
  type SequencerState,
} from './state.ts';

/** Expires leases, dead-letters waiters whose prerequisite never came, and makes due what waited for a time. */
export function tick(state: SequencerState): void {
  const { now } = state;
  for (const active of [...state.leases.values()]) {
    if (active.deadlineAt <= now) expireLease(state, active);
  }
  for (const [target, { until }] of state.resting) {
    if (until <= now) state.resting.delete(target);
  }
  for (let top = state.timers.peek(); top !== null && top.rank <= now; top = state.timers.peek()) {
    state.timers.take();
    const key = loadKey(state, top.entry.slice(top.entry.indexOf('\n') + 1));
    const line = lineOf(key, top.entry.slice(0, top.entry.indexOf('\n')));
    if (line.leased.size === 0) dropMissing(state, key, line);
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
      ? { ...found.delivery, epoch: active.epoch }
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
  for (const { until } of state.resting.values()) earlier(until);
  // Only where there is a generation to offer them to.
  if (newestPlace(state.config).generation > state.config.generation)
    for (const at of state.untaken.values()) earlier(at);
  return next;
}
