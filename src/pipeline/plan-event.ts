// Part of stage 3: an identity → the event as it is kept and the deliveries of its routes. Pure; the same for an event that
// is claimed at once, for an item of an intake, and for one that was enriched.

import type { PlannedDelivery } from '../core/delivery.ts';
import type { MappedEvent, WebhookEvent } from '../core/event.ts';
import { orderingKeyOf } from '../core/keys.ts';
import { planDeliveries } from '../core/plan-deliveries.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { EarlierPlan } from '../core/sequencer/messages.ts';
import type { EventIdentity, HeaderMap } from '../core/source.ts';
import type { TraceContext } from '../core/tracing/trace-context.ts';

/** The request an event came in. `headers`: those that are kept. */
export type EventRequest = {
  readonly source: string;
  readonly requestId: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly headers: HeaderMap;
  /** Absent: nothing is traced. */
  readonly trace?: TraceContext;
};

/**
 * Headers of a request whose events are kept as JSON, whatever its own body was, so that the preset reads them again like
 * any other.
 */
export function toItemHeaders(headers: HeaderMap): HeaderMap {
  return { ...headers, 'content-type': 'application/json' };
}

export type PlannedEvent = {
  readonly event: WebhookEvent;
  readonly deliveries: readonly PlannedDelivery[];
  /** The same under ordering keys its source gave it before, the first first. Absent: there are none. */
  readonly earlier?: readonly EarlierPlan[];
};

export function planEvent(
  definition: Pick<RelayDefinition, 'routesFor'>,
  request: EventRequest,
  identity: EventIdentity,
): PlannedEvent {
  const present = planFor(definition, request, identity);
  const earlier = (identity.earlierEntities ?? []).flatMap(({ untilGeneration, entity }): EarlierPlan[] => {
    const planned = planFor(definition, request, { ...identity, entity });
    return planned.event.orderingKey === present.event.orderingKey ? [] : [{ ...planned, untilGeneration }];
  });
  return earlier.length === 0 ? present : { ...present, earlier };
}

function planFor(
  definition: Pick<RelayDefinition, 'routesFor'>,
  request: EventRequest,
  identity: EventIdentity,
): Omit<PlannedEvent, 'earlier'> {
  const { source, requestId, receivedAt, headers, trace } = request;
  const { eventId, type, entity, sequence, occurredAt, payload } = identity;
  const orderingKey = orderingKeyOf({ source, eventId, entity });
  const event: WebhookEvent = {
    ...{ source, eventId, type, entity, orderingKey },
    ...{ sequence, occurredAt, receivedAt, requestId },
    ...(trace === undefined ? {} : { trace }),
  };
  const mapped: MappedEvent = {
    ...{ id: eventId, source, type, entity, sequence },
    ...{ occurredAt, receivedAt, headers, payload },
  };
  const routes = definition.routesFor(source, type);
  return { event, deliveries: planDeliveries({ ...mapped, orderingKey }, routes) };
}
