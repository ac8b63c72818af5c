// A claim under an ordering key that its source no longer gives to such events: taken where the key was seen while it did,
// or by an event that was kept there since, so that ids, ledger and line of what is known stay in one place. Whether that
// holds can only end, when the ledger forgets the last of them: an event is never taken under two keys.

import { generationOf, parseId } from '../ids.ts';
import { claim } from './claim.ts';
import { type KeyState, recordKey } from './key-state.ts';
import type { ClaimAnswer, ClaimRequest } from './messages.ts';
import { loadKey, type SequencerState } from './state.ts';

export type EarlierClaim = Omit<ClaimRequest, 'earlier'> & {
  /** The last generation in which events got this ordering key. */
  readonly untilGeneration: number;
};

/** Null: nothing of that time is known here, and nothing was claimed. */
export function claimEarlier(state: SequencerState, request: EarlierClaim): ClaimAnswer | null {
  const { untilGeneration, ...claimed } = request;
  const { generation } = state.config;
  // Records of that time and of today could not be told apart.
  if (untilGeneration >= generation) {
    const message = `an earlier entity rule is used until generation ${untilGeneration}, and GENERATION is ${generation}: raise it`;
    return { kind: 'refused', reason: 'generation_mismatch', message };
  }
  const key = loadKey(state, claimed.event.orderingKey);
  // By itself where an intake of the version before brought it here.
  const isKnown = key.records.has(recordKey(claimed.event));
  if (!isKnown && !keepsEarlier(key, untilGeneration)) return null;
  return claim(state, { ...claimed, event: { ...claimed.event, earlierKey: true } });
}

function keepsEarlier(key: KeyState, untilGeneration: number): boolean {
  for (const { id, event } of key.records.values()) {
    if (event.earlierKey === true) return true;
    const parsed = parseId('evt', id);
    if (parsed.ok && generationOf(parsed.value) <= untilGeneration) return true;
  }
  return false;
}
