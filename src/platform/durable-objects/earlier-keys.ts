// One object's part in a changed entity rule: before it claims an event it asks the objects of the ordering keys its source
// gave such events before, the first first. Decides nothing: core/sequencer/claim-earlier does, in the object asked.

import { partitionOf } from '../../core/partition.ts';
import type { EarlierClaim } from '../../core/sequencer/claim-earlier.ts';
import type { ClaimAnswer, ClaimRequest } from '../../core/sequencer/messages.ts';
import { sequencerName } from '../doorbell.ts';

export type EarlierKeys = {
  /** The answer of the key that keeps the event; null: none does, it is to be claimed here. */
  readonly claim: (request: ClaimRequest) => Promise<ClaimAnswer | null>;
};

type EarlierSequencer = { claimEarlier(request: EarlierClaim): Promise<ClaimAnswer | null> };

export function createEarlierKeys(namespace: Env['SEQUENCER']): EarlierKeys {
  const at = (generation: number, partition: number): EarlierSequencer =>
    namespace.get(namespace.idFromName(sequencerName(generation, partition))) as unknown as EarlierSequencer;
  return {
    claim: async ({ earlier = [], ...request }) => {
      for (const plan of earlier) {
        const partition = partitionOf(plan.event.orderingKey, request.partitions);
        // What the request says of its event beside its key: that it was reconciled, the intake item it came as.
        const event = { ...request.event, orderingKey: plan.event.orderingKey, entity: plan.event.entity };
        const answer = await at(request.generation, partition).claimEarlier({ ...request, ...plan, event });
        if (answer !== null) return answer;
      }
      return null;
    },
  };
}
