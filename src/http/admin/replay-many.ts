// A bulk replay over all partitions: each sequencer replays its own matching places in one transaction. What a sequencer
// cannot plan by itself (the first planning failed, the body is archived) goes the way of a single replay.

import type { ReplayManyAnswer, ReplayManyRequest } from '../../core/sequencer/bulk-replay-messages.ts';
import type { DeliveryFilter } from '../../core/sequencer/messages.ts';
import type { Sequencer } from '../../pipeline/ports.ts';
import { replay } from '../../pipeline/replay.ts';
import type { HttpServices } from '../services.ts';

export type ReplayManyServices = Pick<HttpServices, 'definition' | 'journal' | 'sequencers'>;

type Replayed = ReplayManyAnswer['replayed'][number];
type Refused = ReplayManyAnswer['refused'][number];

/** Reasons a sequencer gives for what can be replayed with the event at hand. */
const needsTheEvent: readonly string[] = ['not_planned', 'payload_needed'];

export async function replayMany(
  services: ReplayManyServices,
  request: ReplayManyRequest,
): Promise<ReplayManyAnswer> {
  const replayed: Replayed[] = [];
  const refused: Refused[] = [];
  let remaining = 0;
  let left = request.limit;
  for (const sequencer of sequencersFor(services, request.filter)) {
    const answer = await sequencer.replayMany({ ...request, limit: left });
    const again = await Promise.all(answer.refused.map((each) => replayAlone(services, request, each)));
    const rest = again.filter((each) => 'reason' in each);
    const mended = again.filter((each) => 'replayOf' in each);
    replayed.push(...answer.replayed, ...mended);
    refused.push(...rest);
    remaining += answer.remaining;
    left = Math.max(0, left - answer.replayed.length - answer.refused.length);
  }
  return { replayed, refused, remaining };
}

/** Those of an ordering key, else all. Each is asked, also past the limit: it counts what is left. */
export function sequencersFor(
  { sequencers }: Pick<ReplayManyServices, 'sequencers'>,
  filter: DeliveryFilter,
): readonly Sequencer[] {
  return filter.orderingKey === undefined ? sequencers.all() : sequencers.forKey(filter.orderingKey);
}

async function replayAlone(
  services: ReplayManyServices,
  request: ReplayManyRequest,
  refused: Refused,
): Promise<Replayed | Refused> {
  if (!needsTheEvent.includes(refused.reason)) return refused;
  const { deliveryId } = refused;
  const { actor, reason } = request;
  const answer = await replay(services, { deliveryId, edited: null, forced: false, actor, reason });
  if (answer.kind === 'replayed') return { deliveryId: answer.deliveryId, replayOf: answer.replayOf };
  return { deliveryId, reason: 'reason' in answer ? answer.reason : answer.kind };
}
