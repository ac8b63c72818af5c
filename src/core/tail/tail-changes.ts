// What changed in one partition since the live tail was told last: each delivery once, as it is now. Bounded: beyond, changes are
// counted and not kept, for the tail is a convenience and may cost an event nothing. Pure.

import type { Delivery } from '../delivery.ts';
import { codeOf, reasonOf } from '../delivery-filter.ts';
import { limits } from '../limits.ts';
import type { EventRecord } from '../sequencer/record.ts';
import { type TailItem, toTailItem } from './tail-item.ts';

export type TailBatch = {
  readonly items: readonly TailItem[];
  /** Changes that were not kept. */
  readonly missedCount: number;
};

export type TailChanges = { readonly items: Map<string, TailItem>; missedCount: number };

export function createTailChanges(missedCount: number): TailChanges {
  return { items: new Map(), missedCount };
}

/** `before` undefined: the record is new. */
export function noteChange(
  changes: TailChanges,
  before: EventRecord | undefined,
  { event, deliveries }: EventRecord,
): void {
  for (const delivery of deliveries) {
    const known = before?.deliveries.find(({ id }) => id === delivery.id);
    if (known === delivery || (known !== undefined && looksAlike(known, delivery))) continue;
    // Again in its place at the end: items stand in the order of their last change.
    const isKept = changes.items.delete(delivery.id);
    if (!isKept && changes.items.size >= limits.maxTailChanges) changes.missedCount += 1;
    else changes.items.set(delivery.id, toTailItem(event, delivery));
  }
}

export function takeChanges(changes: TailChanges): TailBatch {
  const batch = { items: [...changes.items.values()], missedCount: changes.missedCount };
  changes.items.clear();
  changes.missedCount = 0;
  return batch;
}

/** Nothing of it that an item tells is different. */
function looksAlike(a: Delivery, b: Delivery): boolean {
  return (
    a.state.status === b.state.status &&
    a.attemptCount === b.attemptCount &&
    reasonOf(a.state) === reasonOf(b.state) &&
    codeOf(a.state) === codeOf(b.state)
  );
}
