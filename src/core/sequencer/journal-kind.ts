// What the journal gets of a record: nothing while it is quiet, a place in a shared block where it simply succeeded, rows of
// its own for everything else. Rows written are the price of an event, and most events simply succeed. Pure.

import { type Delivery, isClosed } from '../delivery.ts';
import { limits } from '../limits.ts';
import type { EventRecord } from './record.ts';

/**
 * `quiet`: only waits to be tried; its sequencer shows it, and the journal is told when it ends. `simple`: ended without
 * anything that somebody would look for. `listed`: has rows of its own from now on, whatever becomes of it.
 */
export type JournalKind = 'quiet' | 'simple' | 'listed';

export function journalKindOf(record: EventRecord): JournalKind {
  if (!isUnlisted(record) || !isPlain(record)) return 'listed';
  return record.deliveries.every(({ state }) => isClosed(state)) ? 'simple' : 'quiet';
}

/**
 * A build that knows nothing of quiet records leaves `unlistedAt` behind when it changes one: it may have journaled it, so
 * the record is a listed one from then on.
 */
function isUnlisted({ unlistedAt, changeNumber }: EventRecord): boolean {
  return unlistedAt === changeNumber;
}

/** The record with its new change number, and still unlisted where nothing about it says otherwise. */
export function numbered(record: EventRecord, changeNumber: number): EventRecord {
  const { unlistedAt: _, ...rest } = record;
  const changed: EventRecord = { ...rest, changeNumber };
  const staysUnlisted = isUnlisted(record) && isPlain(changed);
  return staysUnlisted ? { ...changed, unlistedAt: changeNumber } : changed;
}

/** Has rows of its own whatever it was. */
export function asListed(record: EventRecord): EventRecord {
  const { unlistedAt: _, ...listed } = record;
  return listed;
}

function isPlain({ deliveries, attempts, droppedAttempts, acts = [] }: EventRecord): boolean {
  if (acts.length + droppedAttempts > 0 || attempts.length > limits.maxSimpleAttempts) return false;
  return deliveries.every(isPlainDelivery);
}

function isPlainDelivery(delivery: Delivery): boolean {
  const { state, attemptCount, effect, replay, problem, own } = delivery;
  if (replay !== null || problem !== null || own !== undefined) return false;
  if (delivery.suspect || delivery.crashCount + delivery.lookupCount > 0) return false;
  switch (state.status) {
    case 'pending':
    case 'superseded':
      return attemptCount === 0 && effect === null;
    case 'succeeded':
      return attemptCount <= 1 && (state.how === 'succeeded' || state.how === 'duplicate');
    default:
      return false;
  }
}
