// What is told of one attempt when it has ended: one wide log line, and its span. Ids, counts and closed words; no message of an
// ERP goes into a span.

import type { Outcome } from '../core/outcome.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { isSuccess } from './gather-outcomes.ts';
import type { Telemetry } from './ports.ts';
import type { AttemptTrace } from './tracing.ts';

/** One wide line an attempt. */
function logAttempt(telemetry: Telemetry, leased: LeasedDelivery, settlement: Settlement): void {
  const { delivery, event } = leased;
  const ids = {
    delivery: delivery.id,
    eventRecord: leased.eventRecordId,
    source: event.source,
    eventId: event.eventId,
    orderingKey: event.orderingKey,
    route: delivery.routeId,
    target: delivery.target,
    operation: delivery.operation,
    epoch: leased.epoch,
    ...(event.trace === undefined ? {} : { traceId: event.trace.traceId }),
  };
  if (settlement.result.kind === 'returned') {
    telemetry.log('info', 'delivery.returned', ids);
    return;
  }
  const { outcome, spent } = settlement.result;
  const { attempt } = settlement;
  const isAccepted = outcome.kind === 'accepted';
  // Not tried at all: the sequencer says that it is held. A look that found a job running keeps no attempt either.
  if (attempt === null && !isAccepted) return;
  const isWell = isSuccess(settlement) || isAccepted;
  telemetry.log(isWell ? 'info' : 'warn', 'delivery.attempted', {
    ...ids,
    mode: attempt?.mode ?? 'poll',
    outcome: outcome.kind,
    effect: outcome.effect,
    reason: attempt?.outcome.reason ?? null,
    message: attempt?.outcome.message ?? null,
    document: 'document' in outcome ? outcome.document.documentId : null,
    job: isAccepted ? outcome.jobRef : null,
    attemptNumber: delivery.attemptCount + (spent ? 1 : 0),
    callCount: attempt?.exchanges.length ?? 0,
    durationMs: attempt === null ? 0 : attempt.endedAt - attempt.startedAt,
    lagMs: attempt === null ? 0 : attempt.endedAt - event.receivedAt,
  });
}

/** `settlement` null: it crashed, and nobody knows what it did. */
export function tellAttempt(
  to: { readonly telemetry: Telemetry; readonly trace: AttemptTrace | null },
  leased: LeasedDelivery,
  settlement: Settlement | null,
): void {
  if (settlement !== null) logAttempt(to.telemetry, leased, settlement);
  traceAttempt(to.trace, leased, settlement);
}

function traceAttempt(
  trace: AttemptTrace | null,
  { delivery, event, eventRecordId }: LeasedDelivery,
  settlement: Settlement | null,
): void {
  if (trace === null) return;
  const ids = {
    'messaging.destination.name': delivery.target,
    'messaging.message.id': eventRecordId,
    'holdfast.source': event.source,
    'holdfast.delivery': delivery.id,
    'holdfast.route': delivery.routeId,
    'holdfast.target': delivery.target,
    'holdfast.operation': delivery.operation,
  };
  if (settlement === null) {
    trace.end({ ...ids, 'error.type': 'crashed' }, true);
    return;
  }
  const { result, attempt } = settlement;
  if (result.kind === 'returned') {
    // Given back untouched is no attempt; one that has looked something up first is.
    if (trace.callCount() > 0) trace.end({ ...ids, 'holdfast.outcome': 'returned' }, false);
    return;
  }
  const { outcome, spent } = result;
  const isWell = isSuccess(settlement) || outcome.kind === 'accepted';
  trace.end(
    {
      ...ids,
      'holdfast.attempt.number': delivery.attemptCount + (spent ? 1 : 0),
      'holdfast.attempt.mode': attempt?.mode ?? 'poll',
      'holdfast.attempt.call_count': attempt?.exchanges.length ?? 0,
      'holdfast.outcome': outcome.kind,
      'holdfast.effect': outcome.effect,
      ...(attempt === null ? {} : { 'holdfast.lag_ms': attempt.startedAt - event.receivedAt }),
      ...(isWell ? {} : { 'error.type': errorType(outcome) }),
    },
    !isWell,
  );
}

/** A reason of the relay's own; a code that an ERP made up says no more than that it refused. */
function errorType(outcome: Outcome): string {
  return 'reason' in outcome ? outcome.reason : outcome.kind;
}
