// Stage 3 of 7 · in: VerifiedRequest, EventIdentity · out: fresh or duplicate, durably · next: lease (by doorbell)
// Plans the event's deliveries and claims them in one call to the sequencer of its ordering key. Only after its answer may
// the sender be told 2xx: a claim nobody answered is not known, and the sender comes again.

import type { EventPayload, MappedEvent, WebhookEvent } from '../core/event.ts';
import { orderingKeyOf } from '../core/keys.ts';
import { limits } from '../core/limits.ts';
import { partitionOf } from '../core/partition.ts';
import { planDeliveries } from '../core/plan-deliveries.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { ClaimAnswer } from '../core/sequencer/messages.ts';
import type { EventIdentity, HeaderMap, VerifiedRequest } from '../core/source.ts';
import { PortError, type Sequencers } from './ports.ts';

export type ClaimDependencies = {
  readonly definition: Pick<RelayDefinition, 'routesFor'>;
  readonly sequencers: Sequencers;
};

export type ClaimResult = ClaimAnswer | { readonly kind: 'unknown'; readonly message: string };

export async function claim(
  deps: ClaimDependencies,
  request: VerifiedRequest,
  identity: EventIdentity,
): Promise<ClaimResult> {
  const { partitions, generation } = deps.sequencers;
  const event = toWebhookEvent(request, identity);
  const payload: EventPayload = { headers: keepHeaders(request.headers), body: request.body };
  const mapped: MappedEvent = {
    id: event.eventId,
    source: event.source,
    type: event.type,
    entity: event.entity,
    sequence: event.sequence,
    occurredAt: event.occurredAt,
    receivedAt: event.receivedAt,
    headers: payload.headers,
    payload: identity.payload,
  };
  const routes = deps.definition.routesFor(event.source, event.type);
  const deliveries = planDeliveries({ ...mapped, orderingKey: event.orderingKey }, routes);
  const partition = partitionOf(event.orderingKey, partitions);
  return repeatCall(() =>
    deps.sequencers.of(partition).claim({ event, payload, deliveries, partitions, generation }),
  );
}

/** A claim is idempotent, so a broken call is made again where the platform says that this can help. */
async function repeatCall(call: () => Promise<ClaimAnswer>): Promise<ClaimResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const mayRepeat = error instanceof PortError && error.retryable && !error.overloaded;
      if (!mayRepeat || tries >= limits.maxObjectCallTries) {
        return { kind: 'unknown', message: error instanceof Error ? error.message : String(error) };
      }
    }
  }
}

function toWebhookEvent(request: VerifiedRequest, identity: EventIdentity): WebhookEvent {
  const { eventId, type, entity, sequence, occurredAt } = identity;
  return {
    source: request.source,
    eventId,
    type,
    entity,
    orderingKey: orderingKeyOf({ source: request.source, eventId, entity }),
    sequence,
    occurredAt,
    receivedAt: request.receivedAt,
    requestId: request.requestId,
  };
}

const secretBearing = /authorization|cookie|signature|hmac|secret|token|api-?key/;

/** What is kept for mapping and for people. Nothing that proves who somebody is. */
export function keepHeaders(headers: HeaderMap): HeaderMap {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secretBearing.test(name)));
}
