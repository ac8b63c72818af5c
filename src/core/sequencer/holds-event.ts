// Whether the sequencer holds what a sender lists: by the event's id, or by what it means. An event means its operations:
// where each of them is known under its key, whichever webhook brought it, nothing is missing. Of a state (the latest
// order, the latest stock) an event with the same sequence or a later one counts. Reads only.

import type { HeldQuery } from '../reconcile.ts';
import { type KeyState, recordKey } from './key-state.ts';
import { loadKey, type SequencerState } from './state.ts';

export function holdsEvent(state: SequencerState, query: HeldQuery): boolean {
  const key = loadKey(state, query.orderingKey);
  if (key.records.has(recordKey(query))) return true;
  if (query.stateSequence !== null) return holdsState(key, query, query.stateSequence);
  if (query.operationKeys.length > 0)
    return query.operationKeys.every((operationKey) => key.byOperation.has(operationKey));
  return ofType(key, query).length > 0;
}

function holdsState(key: KeyState, query: HeldQuery, sequence: number): boolean {
  return ofType(key, query).some(({ event }) => event.sequence !== null && event.sequence >= sequence);
}

function ofType(key: KeyState, query: HeldQuery) {
  return [...key.records.values()].filter(
    ({ event }) => event.source === query.source && event.type === query.type,
  );
}
