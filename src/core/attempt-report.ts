// What an attempt says about its target: whether the ERP was well, how slow its slowest call was, whether it asked for a
// pause. Pure. Only what the ERP did counts: a refusal is an answer, and an answer is health.

import { limits } from './limits.ts';
import type { Outcome } from './outcome.ts';
import type { Settlement } from './sequencer/messages.ts';

export type AttemptReport = {
  readonly deliveryId: string;
  readonly operation: string;
  /** When the attempt ended, epoch ms. */
  readonly at: number;
  /** `throttled`: the ERP is well and asks for fewer calls. `unauthorized`: it refused the credential or a fresh token. */
  readonly health: 'healthy' | 'failed' | 'throttled' | 'unauthorized';
  /** ERP calls it made, logins not counted. */
  readonly callCount: number;
  /** The newest of them, oldest first: what the circuit counts, for an operation of many calls fails more easily. */
  readonly calls: readonly { readonly durationMs: number; readonly failed: boolean }[];
  /** What the ERP asked to wait, ms. */
  readonly retryAfterMs: number | null;
  readonly message: string;
};

/** Null where the attempt says nothing about the target: it was given back, or answered without a call. */
export function toAttemptReport(settlement: Settlement, operation: string): AttemptReport | null {
  const { result, attempt } = settlement;
  if (result.kind !== 'outcome' || attempt === null) return null;
  const { outcome } = result;
  const health = healthOf(outcome, attempt.exchanges.length);
  if (health === null) return null;
  return {
    deliveryId: settlement.deliveryId,
    operation,
    at: attempt.endedAt,
    health,
    callCount: attempt.exchanges.length,
    calls: attempt.exchanges.slice(-limits.maxReportedCalls).map(({ durationMs, failure, status }) => ({
      durationMs,
      failed: failure !== null || (status ?? 0) >= 500,
    })),
    retryAfterMs: 'retryAfterMs' in outcome ? (outcome.retryAfterMs ?? null) : null,
    message: 'message' in outcome ? outcome.message : outcome.kind,
  };
}

function healthOf(outcome: Outcome, callCount: number): AttemptReport['health'] | null {
  switch (outcome.kind) {
    case 'unauthorized':
      if (outcome.ownCredential !== true) return 'unauthorized';
      break;
    case 'retryable':
      if (outcome.reason === 'rate_limited') return 'throttled';
      // A login that got no answer makes no exchange, and the ERP is away all the same.
      if (outcome.reason === 'erp_unavailable' || outcome.reason === 'server_error') return 'failed';
      break;
    case 'in_doubt':
      // The look-up was answered; it is only too early to believe it.
      if (outcome.reason !== 'quiet_time' && outcome.canLookUp) return 'failed';
      if (outcome.reason === 'timeout' || outcome.reason === 'connection_lost') return 'failed';
      break;
    default:
  }
  return callCount > 0 ? 'healthy' : null;
}
