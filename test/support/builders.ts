// What a test asks of a sequencer: events, planned deliveries, claims, outcomes and settlements, complete and valid.
// Plain functions with defaults: a test names only what it is about. No clock, no randomness.

import type { PlannedDelivery } from '../../src/core/delivery.ts';
import type { WebhookEvent } from '../../src/core/event.ts';
import type { ErpDocument, Outcome } from '../../src/core/outcome.ts';
import type { Prerequisite, RoutePolicy } from '../../src/core/route.ts';
import type {
  ClaimRequest,
  LeasedDelivery,
  ReplayRequest,
  ResolveRequest,
  Settlement,
} from '../../src/core/sequencer/messages.ts';
import { makeEvent, makePayload } from './records.ts';

export type PlanChanges = Partial<Omit<PlannedDelivery, 'policy'>> & {
  readonly policy?: Partial<RoutePolicy>;
};

export type ClaimChanges = Partial<WebhookEvent> & {
  readonly plans?: readonly PlanChanges[];
  readonly partitions?: number;
  readonly generation?: number;
};

const quickRetry = { attempts: 3, baseMs: 1_000, capMs: 60_000 };

export function planOf(event: WebhookEvent, changes: PlanChanges = {}): PlannedDelivery {
  const { policy, ...rest } = changes;
  const target = changes.target ?? 'erp';
  const operation = changes.operation ?? 'sale.confirm';
  return {
    routeId: `route.${event.source}.${event.type}`,
    target,
    operation,
    operationKey: `${event.orderingKey}/${target}/${operation}/${event.source}-${event.eventId}`,
    staleKey: null,
    problem: null,
    ...rest,
    policy: {
      after: [],
      waitMs: 60_000,
      onStale: changes.staleKey === undefined || changes.staleKey === null ? 'run' : 'skip',
      onDeadLetter: 'block',
      retry: quickRetry,
      ...policy,
    },
  };
}

/** One event with one delivery of its own operation key, unless `plans` says otherwise. */
export function claimOf(eventId: string, changes: ClaimChanges = {}): ClaimRequest {
  const { plans = [{}], partitions = 1, generation = 1, ...eventChanges } = changes;
  const event = makeEvent({ eventId, occurredAt: null, ...eventChanges });
  return {
    event,
    payload: makePayload(`{"event":"${eventId}"}`),
    deliveries: plans.map((plan) => planOf(event, plan)),
    partitions,
    generation,
  };
}

/** A plan that sets a state: newer inputs make older ones pointless. */
export function stockPlan(changes: PlanChanges = {}): PlanChanges {
  return { operation: 'stock.set', staleKey: 'product/7/erp/stock.set/SKU-7', ...changes };
}

export function afterType(type: string, changes: { source?: string; target?: string } = {}): Prerequisite {
  return { kind: 'type', source: changes.source ?? 'shopify', type, target: changes.target ?? 'erp' };
}

export function afterRoute(route: string): Prerequisite {
  return { kind: 'route', route };
}

export function documentOf(documentId: string): ErpDocument {
  return { documentId, documentNumber: `N-${documentId}`, state: 'confirmed' };
}

/** One of each outcome, by name. */
export const outcomes = {
  succeeded: (documentId = 'SO-1'): Outcome => ({
    kind: 'succeeded',
    effect: 'done',
    document: documentOf(documentId),
  }),
  duplicate: (documentId = 'SO-1'): Outcome => ({
    kind: 'duplicate',
    effect: 'done',
    document: documentOf(documentId),
  }),
  accepted: (jobRef = 'job-1', pollAfterMs = 1_000): Outcome => ({
    kind: 'accepted',
    effect: 'possible',
    jobRef,
    pollAfterMs,
    progress: null,
  }),
  rateLimited: (retryAfterMs?: number): Outcome => ({
    kind: 'retryable',
    effect: 'none',
    reason: 'rate_limited',
    message: 'Too many calls.',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }),
  retryable: (retryAfterMs?: number): Outcome => ({
    kind: 'retryable',
    effect: 'none',
    reason: 'erp_unavailable',
    message: 'The ERP is away.',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }),
  inDoubt: (lastByteAt: number): Outcome => ({
    kind: 'in_doubt',
    effect: 'possible',
    reason: 'timeout',
    message: 'No answer came in time.',
    lastByteAt,
    canLookUp: true,
  }),
  quietTime: (lastByteAt: number, retryAfterMs: number): Outcome => ({
    kind: 'in_doubt',
    effect: 'possible',
    reason: 'quiet_time',
    message: 'The ERP may still be at it.',
    lastByteAt,
    retryAfterMs,
    canLookUp: true,
  }),
  lookupFailed: (lastByteAt: number, canLookUp = true): Outcome => ({
    kind: 'in_doubt',
    effect: 'possible',
    reason: 'lookup_failed',
    message: 'The look-up failed.',
    lastByteAt,
    canLookUp,
  }),
  unauthorized: (effect: 'none' | 'possible' = 'none'): Outcome => ({
    kind: 'unauthorized',
    effect,
    message: 'The token was refused.',
  }),
  rejected: (effect: 'none' | 'possible' = 'none'): Outcome => ({
    kind: 'rejected',
    effect,
    code: 'period_closed',
    message: 'The period is closed.',
    fieldErrors: [],
  }),
  contractBroken: (effect: 'none' | 'possible' | 'done' = 'none'): Outcome => ({
    kind: 'contract_broken',
    effect,
    issues: [{ path: '$.documentId', expected: 'string', actual: 'undefined' }],
  }),
  stateMismatch: (effect: 'none' | 'possible' | 'done' = 'done'): Outcome => ({
    kind: 'state_mismatch',
    effect,
    differences: [{ field: 'total', expected: '10.00', actual: '9.00' }],
    document: documentOf('SO-1'),
  }),
} as const;

export type SettlementChanges = {
  readonly spent?: boolean;
  readonly doubtCleared?: boolean;
  readonly inputHash?: string | null;
  /** Kept with the record where it is given: when the attempt ended, epoch ms. */
  readonly endedAt?: number;
  /** The mapped input kept with it, as JSON text. */
  readonly input?: string | null;
};

export type LeasedIds = { readonly deliveryId: string; readonly epoch: number };

export function idsOf(leased: LeasedDelivery): LeasedIds {
  return { deliveryId: leased.delivery.id, epoch: leased.epoch };
}

export function settlementOf(
  leased: LeasedDelivery | LeasedIds,
  outcome: Outcome,
  changes: SettlementChanges = {},
): Settlement {
  const { deliveryId, epoch } = 'delivery' in leased ? idsOf(leased) : leased;
  const { spent = true, doubtCleared = false, inputHash = 'hash-1', endedAt, input = null } = changes;
  return {
    deliveryId,
    epoch,
    result: { kind: 'outcome', outcome, inputHash, spent, doubtCleared },
    attempt:
      endedAt === undefined
        ? null
        : {
            deliveryId,
            epoch,
            mode: 'perform',
            startedAt: endedAt - 10,
            endedAt,
            outcome: { kind: outcome.kind, effect: outcome.effect, reason: null, message: null },
            exchanges: [],
            input,
          },
  };
}

/** Given back untouched; with a rest, the whole target takes nothing until `notBeforeAt`. */
export function returnedOf(
  leased: LeasedDelivery | LeasedIds,
  rest: { readonly target: string; readonly notBeforeAt: number } | null = null,
): Settlement {
  const { deliveryId, epoch } = 'delivery' in leased ? idsOf(leased) : leased;
  return {
    deliveryId,
    epoch,
    result: { kind: 'returned', target: rest?.target ?? null, notBeforeAt: rest?.notBeforeAt ?? null },
    attempt: null,
  };
}

export function replayOf(deliveryId: string, changes: Partial<ReplayRequest> = {}): ReplayRequest {
  return {
    deliveryId,
    edited: null,
    forced: false,
    actor: 'olga',
    reason: 'the period is open again',
    archived: null,
    planned: null,
    ...changes,
  };
}

export function resolveOf(
  deliveryId: string,
  as: ResolveRequest['as'],
  changes: Partial<ResolveRequest> = {},
): ResolveRequest {
  return { deliveryId, as, documentId: null, actor: 'olga', note: 'by hand', ...changes };
}
