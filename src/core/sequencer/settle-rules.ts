// What an outcome makes of a delivery: the one place where status, attempts and ledger effect are decided.
// Pure: clock and randomness are passed in. Rows and lines are the sequencer's.

import { backoffMs, pollWaitMs } from '../backoff.ts';
import {
  type DeadLetterReason,
  type Delivery,
  type DeliveryState,
  isClosed,
  type LedgerEffect,
} from '../delivery.ts';
import { limits } from '../limits.ts';
import type { Effect, Outcome } from '../outcome.ts';
import { routeDefaults } from '../route.ts';
import type { EventRecord } from './record.ts';

export type SettleContext = {
  readonly outcome: Outcome;
  readonly inputHash: string | null;
  /** Whether the try costs an attempt. */
  readonly spent: boolean;
  /** A conclusive look-up showed that earlier attempts did nothing. */
  readonly doubtCleared: boolean;
  readonly epoch: number;
  readonly now: number;
  /** [0, 1) */
  readonly random: number;
};

/** The delivery after its leased attempt ended with `outcome`. */
export function decideSettle(delivery: Delivery, context: SettleContext): Delivery {
  const { outcome, now } = context;
  const attemptCount = delivery.attemptCount + (context.spent ? 1 : 0);
  const settled: Delivery = {
    ...delivery,
    attemptCount,
    epoch: Math.max(delivery.epoch, context.epoch),
    suspect: false,
    crashCount: 0,
    updatedAt: now,
    ...(context.doubtCleared ? { effect: null, lookupCount: 0 } : {}),
  };
  switch (outcome.kind) {
    case 'succeeded':
    case 'duplicate':
    case 'partial':
      return {
        ...settled,
        state: { status: 'succeeded', how: outcome.kind, at: now },
        effect: doneEffect(outcome, context.inputHash),
        lookupCount: 0,
      };
    case 'accepted':
      return settleAccepted(settled, outcome, now);
    case 'retryable':
      return settleRetryable(settled, outcome, context);
    case 'in_doubt':
      return settleInDoubt(settled, outcome, context);
    case 'unauthorized':
      return {
        ...settled,
        state: { status: 'held', cause: 'unauthorized', message: outcome.message, at: now },
        effect: heldEffect(settled.effect, outcome.effect, now),
      };
    case 'rejected':
      return {
        ...settled,
        state: deadLetter(now, { reason: 'rejected', code: outcome.code, message: outcome.message }),
        effect: heldEffect(settled.effect, outcome.effect, now),
      };
    case 'contract_broken': {
      const issues = outcome.issues
        .map((issue) => `${issue.path}: expected ${issue.expected}, got ${issue.actual}`)
        .join('; ');
      const message =
        outcome.behind === undefined ? issues : `not tried since ${outcome.behind} found: ${issues}`;
      const found = outcome.behind === undefined ? {} : { behind: outcome.behind };
      const read = outcome.adapter === undefined ? {} : { adapter: outcome.adapter };
      return {
        ...settled,
        state: {
          status: 'held',
          cause: 'contract_broken',
          message,
          at: now,
          issues: outcome.issues,
          ...read,
          ...found,
        },
        probe: false,
        effect: heldEffect(settled.effect, outcome.effect, now),
      };
    }
    case 'state_mismatch': {
      const message = outcome.differences
        .map((d) => `${d.field}: expected ${JSON.stringify(d.expected)}, got ${JSON.stringify(d.actual)}`)
        .join('; ');
      return {
        ...settled,
        state: { status: 'held', cause: 'state_mismatch', message, at: now },
        effect: heldEffect(settled.effect, outcome.effect, now),
      };
    }
  }
}

/** The time-limit counts from the first answer that named the job; it is looked at when the ERP has just been asked. */
function settleAccepted(
  delivery: Delivery,
  outcome: Extract<Outcome, { kind: 'accepted' }>,
  now: number,
): Delivery {
  const { jobRef, pollAfterMs, progress } = outcome;
  const before =
    delivery.state.status === 'running' && delivery.state.jobRef === jobRef ? delivery.state : null;
  const accepted: Delivery = {
    ...delivery,
    lookupCount: 0,
    effect: laterDoubt(delivery.effect, now, jobRef),
  };
  const pollCount = before === null ? 0 : before.pollCount + 1;
  const running = { jobRef, progress, pollCount, startedAt: before?.startedAt ?? now };
  return keepRunning(accepted, { ...running, waitMs: pollWaitMs(pollAfterMs, pollCount) }, now);
}

/** Goes on running until the next look, which is no later than the time-limit; past it, a dead letter. */
function keepRunning(
  delivery: Delivery,
  job: Omit<RunningState, 'status' | 'pollAt'> & { readonly waitMs: number },
  now: number,
): Delivery {
  const { waitMs, jobRef, startedAt, pollCount, progress } = job;
  const running = { jobRef, startedAt, pollCount, progress };
  const timeoutMs = delivery.policy.jobTimeoutMs ?? routeDefaults.jobTimeoutMs;
  const endsAt = running.startedAt + timeoutMs;
  if (now >= endsAt) {
    const message = `the ERP still works on job ${running.jobRef} after ${timeoutMs} ms`;
    const why = { reason: 'job_timed_out', code: 'job_timed_out', message } as const;
    return { ...delivery, state: deadLetter(now, why) };
  }
  return { ...delivery, state: { status: 'running', ...running, pollAt: Math.min(now + waitMs, endsAt) } };
}

type RunningState = Extract<DeliveryState, { status: 'running' }>;

/** It could not be asked after; that says nothing about the job. */
function pollFailed(delivery: Delivery, state: RunningState, now: number): Delivery {
  const pollCount = state.pollCount + 1;
  const waitMs = pollWaitMs(limits.pollFloorMs, pollCount);
  return keepRunning(delivery, { ...state, pollCount, waitMs }, now);
}

function settleRetryable(
  delivery: Delivery,
  outcome: Extract<Outcome, { kind: 'retryable' }>,
  context: SettleContext,
): Delivery {
  const { reason: code } = outcome;
  const since = code === 'rate_limited' ? rateLimitedSince(delivery, context.now) : null;
  const isLimitedForGood = since !== null && context.now - since >= limits.maxRateLimitedMs;
  if (isLimitedForGood || delivery.attemptCount >= delivery.policy.retry.attempts) {
    const message = isLimitedForGood
      ? `nothing but this since ${new Date(since).toISOString()}: ${outcome.message}`
      : outcome.message;
    const state = deadLetter(context.now, { reason: 'attempts_exhausted', code, message });
    return { ...delivery, state };
  }
  const waitMs = backoffMs(delivery.policy.retry, delivery.attemptCount, {
    random: context.random,
    retryAfterMs: outcome.retryAfterMs,
  });
  const run = since === null ? {} : { since };
  return { ...delivery, state: { status: 'scheduled', dueAt: context.now + waitMs, reason: code, ...run } };
}

/** Any other outcome, a crash and a person's act in between break the run. */
function rateLimitedSince({ state }: Delivery, now: number): number {
  const isOn = state.status === 'scheduled' && state.reason === 'rate_limited';
  return isOn ? (state.since ?? now) : now;
}

function settleInDoubt(
  delivery: Delivery,
  outcome: Extract<Outcome, { kind: 'in_doubt' }>,
  context: SettleContext,
): Delivery {
  if (delivery.state.status === 'running' && outcome.reason === 'lookup_failed' && outcome.canLookUp) {
    return pollFailed(delivery, delivery.state, context.now);
  }
  const lookupFailed = !context.spent && outcome.reason !== 'quiet_time';
  const lookupCount = context.spent ? 0 : delivery.lookupCount + (lookupFailed ? 1 : 0);
  const doubted: Delivery = {
    ...delivery,
    lookupCount,
    effect: laterDoubt(delivery.effect, outcome.lastByteAt),
  };
  if (!outcome.canLookUp || lookupCount >= limits.maxFailedLookups) {
    return {
      ...doubted,
      state: deadLetter(context.now, { reason: 'in_doubt', code: outcome.reason, message: outcome.message }),
    };
  }
  // A look-up that waits for quiet time knows when to come back; drawing a random wait on top would only delay it.
  const waitMs =
    outcome.reason === 'quiet_time'
      ? (outcome.retryAfterMs ?? 0)
      : backoffMs(delivery.policy.retry, Math.max(lookupCount, 1), {
          random: context.random,
          retryAfterMs: outcome.retryAfterMs,
        });
  return { ...doubted, state: { status: 'scheduled', dueAt: context.now + waitMs, reason: outcome.reason } };
}

/** A lease with it ran out unsettled: the ERP may have it. `alone`: nothing else was leased with it. */
export function decideExpiry(
  delivery: Delivery,
  lease: { epoch: number; deadlineAt: number; alone: boolean },
  now: number,
): Delivery {
  const crashCount = delivery.crashCount + (lease.alone ? 1 : 0);
  const expired: Delivery = {
    ...delivery,
    effect: laterDoubt(delivery.effect, lease.deadlineAt),
    epoch: Math.max(delivery.epoch, lease.epoch),
    startNumber: delivery.startNumber ?? lease.epoch,
    suspect: true,
    crashCount,
    updatedAt: now,
  };
  if (crashCount >= limits.maxLoneCrashes) {
    const message = `its lease expired ${crashCount} times in a row while nothing else was leased with it`;
    return { ...expired, state: deadLetter(now, { reason: 'poison', code: 'lease_expired', message }) };
  }
  // Asking after a job changes nothing: it runs as before.
  if (delivery.state.status === 'running') return pollFailed(expired, delivery.state, now);
  return { ...expired, state: { status: 'pending' } };
}

/** Doubt never gets younger by a second look, and a known success stays known; so does a job the ERP works on. */
export function laterDoubt(effect: LedgerEffect | null, since: number, jobRef?: string): LedgerEffect {
  if (effect?.kind === 'succeeded') return effect;
  const job = jobRef ?? effect?.jobRef;
  const doubt = { kind: 'possibly_done', since: Math.max(effect?.since ?? 0, since) } as const;
  return job === undefined ? doubt : { ...doubt, jobRef: job };
}

/** What the ledger keeps of what was done, of a batch with the keys of its records. */
export function doneEffect(
  outcome: Extract<Outcome, { kind: 'succeeded' | 'duplicate' | 'partial' }>,
  inputHash: string | null,
): LedgerEffect {
  const done = { kind: 'succeeded', document: outcome.document, inputHash } as const;
  if (outcome.kind === 'partial') return { ...done, records: outcome.succeeded };
  return outcome.kind === 'succeeded' && outcome.records !== undefined
    ? { ...done, records: outcome.records }
    : done;
}

function heldEffect(before: LedgerEffect | null, effect: Effect, now: number): LedgerEffect | null {
  return effect === 'none' ? before : laterDoubt(before, now);
}

export function deadLetter(
  at: number,
  why: { readonly reason: DeadLetterReason; readonly code: string; readonly message: string },
): DeliveryState {
  return { status: 'dead_lettered', ...why, at };
}

/** What closes a delivery closes the dead letters of its place, the first one and its replays, in the same row. */
export function closePosition(record: EventRecord, closed: Delivery, now: number): EventRecord {
  if (!isClosed(closed.state)) return record;
  const position = closed.replay?.position ?? closed.id;
  const deliveries = record.deliveries.map((other): Delivery => {
    const samePlace = other.id === position || other.replay?.position === position;
    if (!samePlace || other.state.status !== 'dead_lettered') return other;
    const note = `${closed.replay === null ? 'the first delivery' : 'replay'} ended as ${closed.state.status}`;
    return { ...other, state: { status: 'resolved', resolvedBy: closed.id, note, at: now }, updatedAt: now };
  });
  return { ...record, deliveries };
}
