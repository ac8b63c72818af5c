// Rings the doorbell of one partition: one message for all the work that is ready, and none while one is under way.
// A bell that nobody answered is rung again by the alarm. Never rejects: what the queue refuses, the alarm repeats.

import type { Condition } from '../../core/alerts/alert.ts';
import { limits } from '../../core/limits.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';

export type DoorbellRinger = {
  /** Rings, unless a bell is under way. */
  readonly ring: () => void;
  /** A consumer came. */
  readonly answered: () => void;
  /** Lets the next ring be sent, whatever became of the last. */
  readonly forget: () => void;
  /** Forgets a bell nobody answered in time. */
  readonly overdue: () => void;
  /** What is wrong with the bells for too long: the queue refuses them, or nobody comes. */
  readonly troubles: () => readonly Condition[];
  /** When to ring again what is ready then, epoch ms. */
  readonly ringAgainAt: () => number;
};

export function createDoorbellRinger(deps: {
  readonly ring: () => Promise<unknown>;
  /** Resolves when what was written is on disk: a bell must not be earlier than its work. */
  readonly sync: () => Promise<void>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly partition: number;
}): DoorbellRinger {
  let rungAt: number | null = null;
  let unsentSince: number | null = null;
  let unansweredSince: number | null = null;

  const send = async (): Promise<void> => {
    try {
      await deps.sync();
      await deps.ring();
      unsentSince = null;
    } catch (error) {
      unsentSince ??= deps.clock.now();
      // It stays "rung": the alarm rings again after the same time as for a bell that was lost.
      deps.telemetry.log('error', 'doorbell.not_rung', { partition: deps.partition, error: String(error) });
    }
  };
  return {
    ring: () => {
      if (rungAt !== null) return;
      rungAt = deps.clock.now();
      unansweredSince ??= rungAt;
      void send();
    },
    answered: () => {
      rungAt = null;
      unansweredSince = null;
    },
    forget: () => {
      rungAt = null;
    },
    overdue: () => {
      if (rungAt !== null && deps.clock.now() - rungAt >= limits.doorbellTimeoutMs) rungAt = null;
    },
    troubles: () => toConditions(deps.clock.now(), { unsentSince, unansweredSince }),
    ringAgainAt: () => (rungAt ?? deps.clock.now()) + limits.doorbellTimeoutMs,
  };
}

/** A bell that was never sent cannot be answered: then only that is told. */
function toConditions(
  now: number,
  since: { readonly unsentSince: number | null; readonly unansweredSince: number | null },
): readonly Condition[] {
  const { unsentSince, unansweredSince } = since;
  const base = { cause: 'queue', count: 1, details: {} };
  if (unsentSince !== null) {
    if (unsentSince + limits.doorbellNotSentMs > now) return [];
    const summary =
      'The queue takes no doorbells: the alarm rings again, nothing is lost, deliveries are late';
    return [{ ...base, rule: 'doorbell_not_sent', since: unsentSince, summary }];
  }
  if (unansweredSince === null || unansweredSince + limits.doorbellUnansweredMs > now) return [];
  const summary = 'Doorbells are sent and no consumer comes: is the queue consumer registered and healthy?';
  return [{ ...base, rule: 'doorbell_unanswered', since: unansweredSince, summary }];
}
