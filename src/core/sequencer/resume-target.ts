// A target takes deliveries again: the sequencer forgets that it rests, and lets go what only its credential held.
// Bounded: one transaction releases so many, and the answer says whether more are held.

import { limits } from '../limits.ts';
import type { ResumeTargetAnswer, ResumeTargetRequest } from './messages.ts';
import { resolve } from './operator.ts';
import type { SequencerState } from './state.ts';

export function resumeTarget(state: SequencerState, request: ResumeTargetRequest): ResumeTargetAnswer {
  state.resting.delete(request.target);
  if (!request.release) return { releasedCount: 0, hasMore: false };
  const held = heldUnauthorized(state, request.target);
  const released = held.slice(0, limits.maxBulkReleases);
  for (const deliveryId of released) {
    const note = `${request.target} takes the credential again`;
    resolve(state, { deliveryId, as: 'released', documentId: null, actor: 'relay', note });
  }
  return { releasedCount: released.length, hasMore: held.length > released.length };
}

function heldUnauthorized(state: SequencerState, target: string): string[] {
  const ids: string[] = [];
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of key.records.values()) {
      for (const { id, target: own, state: now } of record.deliveries) {
        if (own === target && now.status === 'held' && now.cause === 'unauthorized') ids.push(id);
      }
    }
  }
  return ids;
}
