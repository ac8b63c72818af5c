// Events for subscribers: where a delivery just ended, one more delivery in the same event record for each subscription that
// wants to hear of it, in a line of its own. So each is kept in order, tried again, dead-lettered and replayed like any other.
// What is sent to a subscriber is never told of itself. Pure.

import { type Delivery, type DeliveryState, type EventNotice, isClosed } from '../delivery.ts';
import { codeOf, reasonOf } from '../delivery-filter.ts';
import { directRouteId } from '../direct-request.ts';
import { noticePolicy } from '../notice.ts';
import { doneTypeOf, type SubscriptionEventType } from '../subscriptions/event-types.ts';
import { type ActiveSubscription, isWanted } from '../subscriptions/subscription.ts';
import { createDelivery } from './create-delivery.ts';
import type { EventRecord } from './record.ts';

export const publishOperation = 'event.publish';

/** The line of one subscription: no target has a name with a slash. */
export function lineOfSubscription(id: string): string {
  return `subscriptions/${id}`;
}

type Change = {
  /** As it was kept; undefined: it is new. */
  readonly before: EventRecord | undefined;
  readonly record: EventRecord;
};

type Made = {
  readonly subscriptions: readonly ActiveSubscription[];
  readonly nextId: () => string;
  readonly now: number;
};

export function withEventNotices({ before, record }: Change, made: Made): EventRecord {
  if (made.subscriptions.length === 0) return record;
  const notices = record.deliveries
    .filter((delivery) => hasJustEnded(before, delivery))
    .flatMap((delivery) => noticesOf(record, delivery, made));
  return notices.length === 0 ? record : { ...record, deliveries: [...record.deliveries, ...notices] };
}

function hasJustEnded(before: EventRecord | undefined, delivery: Delivery): boolean {
  if (delivery.notice !== undefined || delivery.publish !== undefined) return false;
  const { state } = delivery;
  if (!isClosed(state) && state.status !== 'dead_lettered') return false;
  const known = before?.deliveries.find(({ id }) => id === delivery.id);
  return known?.state.status !== state.status;
}

function noticesOf(record: EventRecord, ended: Delivery, made: Made): readonly Delivery[] {
  const { source, entity } = record.event;
  const { operation, target } = ended;
  return made.subscriptions.flatMap((subscription) =>
    typesOf(ended)
      .filter((type) => isWanted(subscription, { type, source, entity, operation, target }))
      .map((type) => createNotice(record, ended, { ...made, type, subscription: subscription.id })),
  );
}

/** A direct request is a job to its caller. A dead letter that a replay or a person closes is told again, as resolved. */
function typesOf({ state, operation, routeId, replay }: Delivery): readonly SubscriptionEventType[] {
  const isJob = routeId === directRouteId && replay === null;
  const job: readonly SubscriptionEventType[] = isJob ? ['job.completed'] : [];
  switch (state.status) {
    case 'succeeded': {
      const done = doneTypeOf(operation);
      return [...(done === null ? [] : [done]), 'delivery.succeeded', ...job];
    }
    case 'dead_lettered':
      return ['delivery.dead_lettered', ...job];
    case 'resolved':
      return ['delivery.resolved'];
    case 'skipped':
      return ['delivery.resolved', ...job];
    default:
      return job;
  }
}

type Told = Made & { readonly type: SubscriptionEventType; readonly subscription: string };

function createNotice(record: EventRecord, ended: Delivery, told: Told): Delivery {
  const { type, subscription, now } = told;
  const target = lineOfSubscription(subscription);
  const planned = {
    ...{ routeId: ended.routeId, target, operation: publishOperation },
    // A delivery can be dead, and be closed later: the status tells the two apart.
    operationKey: `${record.event.orderingKey}/${target}/${type}/${ended.id}/${ended.state.status}`,
    ...{ staleKey: null, policy: noticePolicy, problem: null },
  };
  return {
    ...createDelivery(planned, told.nextId(), now),
    publish: toPublish(ended, { type, subscription, now }),
  };
}

function toPublish(
  ended: Delivery,
  { type, subscription, now }: Pick<Told, 'type' | 'subscription' | 'now'>,
): EventNotice {
  const { state, effect, operation, target } = ended;
  return {
    ...{ subscription, type, of: ended.id, endedAt: now, status: state.status, operation, target },
    document: effect?.kind === 'succeeded' ? bare(effect.document) : null,
    problem: problemOf(state),
  };
}

/** What an ERP says of the document beyond that may be about a person. */
function bare({ documentId, documentNumber, state }: NonNullable<EventNotice['document']>) {
  return { documentId, documentNumber, state };
}

function problemOf(state: DeliveryState): EventNotice['problem'] {
  if (state.status !== 'dead_lettered') return null;
  return { reason: reasonOf(state) ?? '', code: codeOf(state) ?? '' };
}
