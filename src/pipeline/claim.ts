// Stage 3 of 7 · in: VerifiedRequest, EventIdentity · out: fresh or duplicate, durably · next: lease (by doorbell)
// Plans the event's deliveries and claims them in one call to the sequencer of its ordering key. Only after its answer may
// the sender be told 2xx: a claim nobody answered is not known, and the sender comes again.

import type { EventPayload } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { partitionOf } from '../core/partition.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { ClaimAnswer } from '../core/sequencer/messages.ts';
import type { EventIdentity, HeaderMap, VerifiedRequest } from '../core/source.ts';
import { planEvent } from './plan-event.ts';
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
  const headers = keepHeaders(request.headers);
  const planned = planEvent(deps.definition, { ...request, headers }, identity);
  const payload: EventPayload = { headers, body: request.body };
  const partition = partitionOf(planned.event.orderingKey, partitions);
  return repeatCall(() =>
    deps.sequencers.of(partition).claim({ ...planned, payload, partitions, generation }),
  );
}

/** A claim is idempotent, so a broken call is made again where the platform says that this can help. */
export async function repeatCall<Answer>(
  call: () => Promise<Answer>,
): Promise<Answer | { readonly kind: 'unknown'; readonly message: string }> {
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

const secretBearing = /authorization|cookie|signature|hmac|secret|token|api-?key/;

/** What is kept for mapping and for people. Nothing that proves who somebody is. */
export function keepHeaders(headers: HeaderMap): HeaderMap {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secretBearing.test(name)));
}
