// Whether a delivery is what an operator asked for, and in which order lists run. One rule for the sequencers and for
// every list made of several answers; the journal says the same in SQL. Pure: may import core types only.

import type { Delivery, DeliveryState, DeliveryStatus } from './delivery.ts';
import { seesDelivery } from './identity/access-view.ts';
import type { DeliveryFilter, DeliveryView, ListCursor } from './sequencer/messages.ts';

/** Statuses of deliveries that something or somebody still has to do with: a sequencer holds them. */
export const openStatuses = [
  'pending',
  'scheduled',
  'leased',
  'running',
  'held',
  'dead_lettered',
] as const satisfies readonly DeliveryStatus[];

/** Statuses nothing follows: the journal lists them. */
export const closedStatuses = [
  'succeeded',
  'superseded',
  'skipped',
  'resolved',
] as const satisfies readonly DeliveryStatus[];

/** The one word why a delivery is in its state; null where the status says it all. */
export function reasonOf(state: DeliveryState): string | null {
  switch (state.status) {
    case 'scheduled':
    case 'dead_lettered':
      return state.reason;
    case 'held':
      return state.cause;
    case 'succeeded':
      return state.how;
    case 'skipped':
      return state.how ?? null;
    default:
      return null;
  }
}

/** The ERP's or the schema's own word for a refusal, e.g. `period_closed`; null elsewhere. */
export function codeOf(state: DeliveryState): string | null {
  return state.status === 'dead_lettered' ? state.code : null;
}

/** `receivedFrom` is inclusive, `receivedTo` exclusive, both epoch ms. `reason` also finds a dead letter's code. */
export function matchesFilter(
  filter: DeliveryFilter,
  view: Pick<DeliveryView, 'delivery' | 'status' | 'event'>,
): boolean {
  const { delivery, status, event } = view;
  return (
    (filter.status === undefined || filter.status.includes(status)) &&
    (filter.reason === undefined ||
      filter.reason === reasonOf(delivery.state) ||
      filter.reason === codeOf(delivery.state)) &&
    (filter.code === undefined || filter.code === (codeOf(delivery.state) ?? '')) &&
    (filter.source === undefined || filter.source === event.source) &&
    (filter.target === undefined || filter.target === delivery.target) &&
    (filter.operation === undefined || filter.operation === delivery.operation) &&
    (filter.route === undefined || filter.route === delivery.routeId) &&
    (filter.orderingKey === undefined || filter.orderingKey === event.orderingKey) &&
    (filter.eventId === undefined || filter.eventId === event.eventId) &&
    (filter.type === undefined || filter.type === event.type) &&
    (filter.record === undefined || filter.record === delivery.own?.recordId) &&
    (filter.document === undefined || isDocument(delivery, filter.document)) &&
    (filter.receivedFrom === undefined || event.receivedAt >= filter.receivedFrom) &&
    (filter.receivedTo === undefined || event.receivedAt < filter.receivedTo) &&
    (filter.view === undefined || seesDelivery(filter.view, placeOf(view)))
  );
}

function isDocument({ effect }: Delivery, wanted: string): boolean {
  if (effect?.kind !== 'succeeded') return false;
  const { documentId, documentNumber } = effect.document;
  return documentId === wanted || documentNumber === wanted;
}

/** What a view decides by. */
export function placeOf({ delivery, event }: Pick<DeliveryView, 'delivery' | 'event'>) {
  return { source: event.source, operation: delivery.operation, target: delivery.target };
}

/** What a list is ordered by. */
type Listed = Pick<DeliveryView, 'event' | 'delivery'>;

/** Negative where `a` comes first: (receivedAt, delivery id) descending, ids compared by code unit as SQLite does. */
export function compareInList(a: Listed, b: Listed): number {
  if (a.event.receivedAt !== b.event.receivedAt) return b.event.receivedAt - a.event.receivedAt;
  if (a.delivery.id === b.delivery.id) return 0;
  return a.delivery.id < b.delivery.id ? 1 : -1;
}

/** True where the delivery comes after the cursor in a list. */
export function isAfterCursor(cursor: ListCursor | null, view: Listed): boolean {
  if (cursor === null) return true;
  const { receivedAt } = view.event;
  return receivedAt < cursor.receivedAt || (receivedAt === cursor.receivedAt && view.delivery.id < cursor.id);
}
