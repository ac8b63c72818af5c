// One step of a bulk job at one partition: the next places in their order, each by the very rule of the act on one delivery. The
// answer is kept with what was done, in one transaction: where it is lost, the same step again is answered and not done twice.

import { limits } from '../limits.ts';
import type { BulkPlace, BulkStepAnswer, BulkStepRequest } from './bulk-replay-messages.ts';
import { type MatchingPlace, matchingPlaces, replay } from './operator.ts';
import { resolve } from './resolve.ts';
import type { SequencerState } from './state.ts';

export function bulkStep(state: SequencerState, request: BulkStepRequest): BulkStepAnswer {
  const { job, stepNumber, filter, until, after, limit } = request;
  const known = state.rows.readBulkStep(job);
  if (known !== null && known.stepNumber === stepNumber) return known.answer;
  const places = matchingPlaces(state, { filter, until }).filter((place) => isAfter(after, place));
  const taken = places.slice(0, limit);
  const touched: { deliveryId: string; replayOf?: string }[] = [];
  const refused: { deliveryId: string; reason: string }[] = [];
  for (const { delivery } of taken) {
    const done = act(state, request, delivery.id);
    if ('reason' in done) refused.push(done);
    else touched.push(done);
  }
  const last = taken.at(-1);
  const answer: BulkStepAnswer = {
    touched,
    refused,
    last: last === undefined ? null : { arrival: last.record.arrival, index: last.index },
    hasMore: places.length > taken.length,
  };
  if (taken.length > 0) {
    const at = state.now;
    state.rows.writeBulkStep({ job, stepNumber, at, answer }, at - limits.bulkStepKeptMs);
  }
  return answer;
}

function isAfter(after: BulkPlace | null, { record, index }: MatchingPlace): boolean {
  if (after === null || record.arrival > after.arrival) return true;
  return record.arrival === after.arrival && index > after.index;
}

function act(
  state: SequencerState,
  { act: as, actor, reason }: BulkStepRequest,
  deliveryId: string,
): { deliveryId: string; replayOf?: string } | { deliveryId: string; reason: string } {
  if (as === 'replayed') {
    const blank = { edited: null, forced: false, archived: null, planned: null };
    const answer = replay(state, { deliveryId, actor, reason, ...blank });
    if (answer.kind === 'replayed') return { deliveryId: answer.deliveryId, replayOf: deliveryId };
    return { deliveryId, reason: answer.reason };
  }
  const answer = resolve(state, { deliveryId, as, documentId: null, actor, note: reason });
  return answer.kind === 'resolved' ? { deliveryId } : { deliveryId, reason: answer.reason };
}
