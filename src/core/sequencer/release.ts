// Releasing many: after its cause was mended, what is held for a target goes on, oldest event first. And which operations
// are held without having been tried, so that somebody can look whether they still have to be.
// Runs inside the caller's transaction.

import type { Delivery } from '../delivery.ts';
import { liveRecords } from './key-state.ts';
import type { ReleaseManyAnswer, ReleaseManyRequest } from './messages.ts';
import type { EventRecord } from './record.ts';
import { resolve } from './resolve.ts';
import type { SequencerState } from './state.ts';

type Held = { readonly record: EventRecord; readonly delivery: Delivery };

/** None of them is a probe: whoever calls this has lifted the hold of the operation before. */
export function releaseMany(state: SequencerState, request: ReleaseManyRequest): ReleaseManyAnswer {
  const { actor, note, limit } = request;
  const wanted = heldDeliveries(state)
    .filter((held) => matches(held.delivery, request))
    .sort((a, b) => a.record.arrival - b.record.arrival);
  const released: string[] = [];
  const refused: { deliveryId: string; reason: string }[] = [];
  for (const { delivery } of wanted.slice(0, limit)) {
    const act = { deliveryId: delivery.id, as: 'released', documentId: null, actor, note } as const;
    const answer = resolve(state, act, { probe: false });
    if (answer.kind === 'resolved') released.push(delivery.id);
    else refused.push({ deliveryId: delivery.id, reason: answer.reason });
  }
  return { released, refused, remaining: Math.max(0, wanted.length - limit) };
}

function matches({ target, operation, state }: Delivery, request: ReleaseManyRequest): boolean {
  if (state.status !== 'held' || target !== request.target) return false;
  if (request.operation !== null && operation !== request.operation) return false;
  // What a person holds has another reason than the target's, and goes on when a person says so.
  return request.cause === null ? state.cause !== 'by_operator' : state.cause === request.cause;
}

export type HeldOperation = { readonly target: string; readonly operation: string };

/** Operations some delivery is held for that was not tried itself. */
export function operationsHeldUntried(state: SequencerState): readonly HeldOperation[] {
  const found = new Map<string, HeldOperation>();
  for (const { delivery } of heldDeliveries(state)) {
    const { target, operation } = delivery;
    if (delivery.state.status !== 'held' || delivery.state.behind === undefined) continue;
    found.set(`${target}\n${operation}`, { target, operation });
  }
  return [...found.values()];
}

function heldDeliveries(state: SequencerState): Held[] {
  const held: Held[] = [];
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of liveRecords(key)) {
      for (const delivery of record.deliveries) {
        if (delivery.state.status === 'held') held.push({ record, delivery });
      }
    }
  }
  return held;
}
