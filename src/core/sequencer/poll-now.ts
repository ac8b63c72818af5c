// A callback: somebody says that the ERP's job has ended. Believed only so far that the ERP is asked at once instead of
// later; what happened is what the ERP says then. Runs inside the caller's transaction.

import type { PollNowAnswer } from './messages.ts';
import { reviewKey } from './review.ts';
import { withDelivery } from './settled-record.ts';
import { findRecord, putRecord, type SequencerState } from './state.ts';
import { statusOf } from './views.ts';

export function pollNow(state: SequencerState, deliveryId: string): PollNowAnswer {
  const found = findRecord(state, deliveryId);
  if (found === null) return { kind: 'not_found' };
  const { delivery, key, record } = found;
  if (delivery.state.status !== 'running') return { kind: 'not_running', status: statusOf(state, delivery) };
  // Waits begin anew: a look that is under way may have come just too early.
  const due = { ...delivery.state, pollAt: state.now, pollCount: 0 };
  putRecord(state, key, withDelivery(record, { ...delivery, state: due, updatedAt: state.now }, null));
  reviewKey(state, key);
  return { kind: 'due' };
}
