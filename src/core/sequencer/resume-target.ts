// A target takes deliveries again: the sequencer forgets that it rests, and lets go what only its credential held.
// Bounded: one transaction releases so many, and the answer says whether more are held.

import { limits } from '../limits.ts';
import type { ResumeTargetAnswer, ResumeTargetRequest } from './messages.ts';
import { releaseMany } from './release.ts';
import type { SequencerState } from './state.ts';

export function resumeTarget(
  state: SequencerState,
  { target, release }: ResumeTargetRequest,
): ResumeTargetAnswer {
  state.resting.delete(target);
  if (!release) return { releasedCount: 0, hasMore: false };
  const { released, remaining } = releaseMany(state, {
    target,
    operation: null,
    cause: 'unauthorized',
    actor: 'relay',
    note: `${target} takes the credential again`,
    limit: limits.maxBulkReleases,
  });
  return { releasedCount: released.length, hasMore: remaining > 0 };
}
