// A delivery as it begins: planned, never attempted. Pure.

import type { Delivery, PlannedDelivery } from '../delivery.ts';
import { deadLetter } from './settle-rules.ts';

/** `planned` may be a whole delivery: only what planning decides is taken from it. */
export function createDelivery(planned: PlannedDelivery, id: string, now: number): Delivery {
  const { routeId, target, operation, operationKey, staleKey, policy, problem, callbackUrl } = planned;
  return {
    ...{ routeId, target, operation, operationKey, staleKey, policy, problem },
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
    id,
    state:
      problem === null
        ? { status: 'pending' }
        : deadLetter(now, {
            reason: 'mapping_failed',
            code: problem.code,
            message: problem.message,
          }),
    attemptCount: 0,
    lookupCount: 0,
    crashCount: 0,
    suspect: false,
    startNumber: null,
    epoch: 0,
    effect: null,
    replay: null,
    createdAt: now,
    updatedAt: now,
  };
}
