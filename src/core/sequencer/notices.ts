// The notice of a direct request's end: a delivery of its own in the same event record, in a line of its own, so that it is
// retried, dead-lettered and replayed like any other. One for each delivery that ended; a replay that ends tells again. Pure.

import { type Delivery, isClosed, type JobNotice } from '../delivery.ts';
import { codeOf, reasonOf } from '../delivery-filter.ts';
import { noticeOperation, noticePolicy, noticeTarget } from '../notice.ts';
import { createDelivery } from './create-delivery.ts';
import type { EventRecord } from './record.ts';

/** @param nextId makes the id of a delivery */
export function withNotices(record: EventRecord, nextId: () => string, now: number): EventRecord {
  const ended = record.deliveries.filter(
    (delivery) => delivery.callbackUrl !== undefined && hasEnded(delivery) && !isTold(record, delivery),
  );
  if (ended.length === 0) return record;
  const notices = ended.map((delivery) => createNotice(record, delivery, { id: nextId(), now }));
  return { ...record, deliveries: [...record.deliveries, ...notices] };
}

function hasEnded({ state }: Delivery): boolean {
  return isClosed(state) || state.status === 'dead_lettered';
}

function isTold(record: EventRecord, ended: Delivery): boolean {
  return record.deliveries.some(({ notice }) => notice?.of === ended.id);
}

function createNotice(
  record: EventRecord,
  ended: Delivery,
  made: { readonly id: string; readonly now: number },
): Delivery {
  const operationKey = `${record.event.orderingKey}/${noticeTarget}/${noticeOperation}/${ended.id}`;
  const planned = {
    ...{ routeId: ended.routeId, target: noticeTarget, operation: noticeOperation },
    ...{ operationKey, staleKey: null, policy: noticePolicy, problem: null },
  };
  return { ...createDelivery(planned, made.id, made.now), notice: toNotice(record, ended, made.now) };
}

function toNotice({ event }: EventRecord, ended: Delivery, now: number): JobNotice {
  const { state, effect } = ended;
  const isDone = effect?.kind === 'succeeded';
  return {
    of: ended.id,
    url: ended.callbackUrl ?? '',
    endedAt: now,
    jobId: `job_${event.eventId}`,
    status: state.status === 'dead_lettered' ? 'failed' : isDone ? 'succeeded' : 'cancelled',
    operation: event.type,
    target: ended.target,
    document: isDone ? effect.document : null,
    problem:
      state.status === 'dead_lettered'
        ? { reason: reasonOf(state) ?? '', code: codeOf(state) ?? '', message: state.message }
        : null,
  };
}
