// What the live tail tells of a delivery that changed, and whether a listener asked for it. Small and flat: it holds nothing that a
// list shows to some callers only, so one item is right for every caller who sees the delivery at all. Pure.

import type { Delivery, DeliveryStatus } from '../delivery.ts';
import { codeOf, reasonOf } from '../delivery-filter.ts';
import type { WebhookEvent } from '../event.ts';
import { type AccessView, seesDelivery } from '../identity/access-view.ts';
import type { ErpDocument } from '../outcome.ts';
import type { DeliveryFilter } from '../sequencer/messages.ts';

/** Crosses calls between objects of two versions: add optional fields, never change what a field means. Times are epoch ms. */
export type TailItem = {
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly reason: string | null;
  readonly code: string | null;
  readonly route: string;
  readonly target: string;
  readonly operation: string;
  readonly source: string;
  /** The sender's id of the event. */
  readonly eventId: string;
  readonly type: string;
  readonly entity: WebhookEvent['entity'];
  readonly orderingKey: string;
  /** What the ERP made of it. */
  readonly document: Pick<ErpDocument, 'documentId' | 'documentNumber' | 'state'> | null;
  readonly receivedAt: number;
  readonly updatedAt: number;
};

/** What a listener can narrow its tail by; the rest of a list's filter is of what is past. */
export type TailFilter = Omit<DeliveryFilter, 'receivedFrom' | 'receivedTo' | 'view'>;

export function toTailItem(event: WebhookEvent, delivery: Delivery): TailItem {
  const { id, state, routeId, target, operation, updatedAt } = delivery;
  const { source, eventId, type, entity, orderingKey, receivedAt } = event;
  return {
    ...{
      document: documentOf(delivery),
      id,
      status: state.status,
      reason: reasonOf(state),
      code: codeOf(state),
    },
    ...{
      route: routeId,
      target,
      operation,
      source,
      eventId,
      type,
      entity,
      orderingKey,
      receivedAt,
      updatedAt,
    },
  };
}

function documentOf({ effect }: Delivery): TailItem['document'] {
  if (effect?.kind !== 'succeeded') return null;
  const { documentId, documentNumber, state } = effect.document;
  return { documentId, documentNumber, state };
}

/** As matchesFilter of lists does. */
export function matchesTail(filter: TailFilter, item: TailItem): boolean {
  const { status, reason, code, ...same } = filter;
  return (
    (status === undefined || status.includes(item.status)) &&
    (reason === undefined || reason === item.reason || reason === item.code) &&
    (code === undefined || code === (item.code ?? '')) &&
    Object.entries(same).every(([name, value]) => value === undefined || Reflect.get(item, name) === value)
  );
}

export function seesItem(view: AccessView, { source, operation, target }: TailItem): boolean {
  return seesDelivery(view, { source, operation, target });
}
