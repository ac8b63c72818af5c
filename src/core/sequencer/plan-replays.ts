// What a bulk replay would take, before anybody lets it: how many places, the oldest of them, and what they failed of. By the same
// rule as the replay itself, so that the plan is what happens. Reads memory only.

import { codeOf, reasonOf } from '../delivery-filter.ts';
import type { PlanReplaysAnswer, PlanReplaysRequest, ReplayGroup } from './bulk-replay-messages.ts';
import { matchingPlaces } from './operator.ts';
import type { SequencerState } from './state.ts';
import { toView } from './views.ts';

export function planReplays(
  state: SequencerState,
  { filter, until, sample }: PlanReplaysRequest,
): PlanReplaysAnswer {
  const places = matchingPlaces(state, { filter, until });
  const groups = new Map<string, ReplayGroup>();
  for (const { delivery } of places) {
    const { target, operation } = delivery;
    const of = { target, operation, reason: reasonOf(delivery.state), code: codeOf(delivery.state) };
    const name = JSON.stringify(of);
    groups.set(name, { ...of, count: (groups.get(name)?.count ?? 0) + 1 });
  }
  return {
    count: places.length,
    groups: [...groups.values()],
    oldest: places.slice(0, sample).map((found) => toView(state, found)),
  };
}
