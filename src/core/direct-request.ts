// A direct request: an operation asked for over HTTP instead of by a webhook. It is recorded under the hash of its caller and
// Idempotency-Key, and claimed as an event whose id is that hash: however often it is sent or claimed, it runs once. Pure.

import type { BatchPolicy } from './batch.ts';
import type { PlannedDelivery } from './delivery.ts';
import type { EventPayload, MappedEvent, WebhookEvent } from './event.ts';
import { operationKeyOf, orderingKeyOf } from './keys.ts';
import type { AnyOperation } from './operation.ts';
import { type Route, type RoutePolicy, routeDefaults } from './route.ts';
import type { TraceContext } from './tracing/trace-context.ts';

/** The source of such events. No sender may have the name. */
export const directSource = 'operations';

/** A credential's own requests have a source of their own, `operations/{credential}`, by which others do not see them. */
export function isDirectSource(source: string): boolean {
  return source === directSource || source.startsWith(`${directSource}/`);
}

export const directRouteId = 'operations.direct';

/** What its claim needs; dropped once the claim is acknowledged. */
export type DirectClaim = {
  readonly event: WebhookEvent;
  /** JSON: `{ input }`. */
  readonly body: string;
  readonly delivery: PlannedDelivery;
};

export type DirectRequest = {
  /** Of the caller and its Idempotency-Key, hex. */
  readonly hash: string;
  /** Of all that was asked for: another one under the same key is refused. */
  readonly inputHash: string;
  readonly operation: string;
  readonly target: string;
  /** Of its event; absent: of a version that had one source for all. */
  readonly source?: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly claim: DirectClaim | null;
  /** Null until the claim is acknowledged. */
  readonly deliveryId: string | null;
};

export type RecordAnswer =
  | { readonly kind: 'recorded' }
  /** It is there; `request` is the one that was first. */
  | { readonly kind: 'known'; readonly request: DirectRequest };

/** A dead one lets its line pass: its caller has been told, and webhooks shall not wait for what it does next. */
export function directPolicy(batch: BatchPolicy | undefined): RoutePolicy {
  const { waitMs, retry, jobTimeoutMs } = routeDefaults;
  const policy = {
    after: [],
    waitMs,
    onStale: 'run',
    onDeadLetter: 'continue',
    retry,
    jobTimeoutMs,
  } as const;
  return batch === undefined ? policy : { ...policy, batch };
}

export type Asked = {
  readonly hash: string;
  readonly source: string;
  readonly operation: AnyOperation;
  readonly target: string;
  /** Validated. */
  readonly input: unknown;
  readonly batch: BatchPolicy | undefined;
  readonly callbackUrl: string | undefined;
  readonly requestId: string;
  /** Absent: nothing is traced. */
  readonly trace?: TraceContext | undefined;
  /** Epoch ms. */
  readonly now: number;
};

/** The entity of its input puts it into the line in which webhooks about the same thing run. */
export function toDirectClaim(asked: Asked): DirectClaim {
  const { hash, source, operation, target, input, batch, callbackUrl, trace, now } = asked;
  const { entity = null, subject, version } = operation.identify?.(input) ?? {};
  const orderingKey = orderingKeyOf({ source: directSource, eventId: hash, entity });
  const key = { orderingKey, target, operation: operation.name };
  const parts = {
    ...(operation.repeats === 'never' ? {} : { subject: subject ?? hash }),
    // Two requests that set the same state without saying when are two requests.
    ...(operation.repeats === 'per_version' ? { version: version ?? hash } : {}),
  };
  return {
    event: {
      ...{ source, eventId: hash, type: operation.name, entity, orderingKey },
      ...{ sequence: null, occurredAt: null, receivedAt: now, requestId: asked.requestId },
      ...(trace === undefined ? {} : { trace }),
    },
    body: JSON.stringify({ input }),
    delivery: {
      ...{ routeId: directRouteId, target, operation: operation.name },
      ...{ operationKey: operationKeyOf({ ...key, ...parts }), staleKey: null },
      ...{ policy: directPolicy(batch), problem: null },
      ...(callbackUrl === undefined ? {} : { callbackUrl }),
    },
  };
}

export function toDirectPayload(body: string): EventPayload {
  return {
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array(new TextEncoder().encode(body)),
  };
}

/** The route such a delivery runs: its input is what was sent. */
export function directRoute(operation: AnyOperation, delivery: PlannedDelivery): Route {
  return {
    id: directRouteId,
    source: directSource,
    type: operation.name,
    operation,
    target: delivery.target,
    policy: delivery.policy,
    timeoutMs: null,
    input: (event: MappedEvent) => (event.payload as { readonly input?: unknown }).input,
  };
}
