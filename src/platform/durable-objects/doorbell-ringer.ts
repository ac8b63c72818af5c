// Rings the doorbell of one partition: one message for all the work that is ready, and none while one is under way.
// A bell that nobody answered is rung again by the alarm. Never rejects: what the queue refuses, the alarm repeats.

import { limits } from '../../core/limits.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';

export type DoorbellRinger = {
  /** Rings, unless a bell is under way. */
  readonly ring: () => void;
  /** A consumer came. */
  readonly answered: () => void;
  /** Forgets a bell nobody answered in time. */
  readonly overdue: () => void;
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

  const send = async (): Promise<void> => {
    try {
      await deps.sync();
      await deps.ring();
    } catch (error) {
      // It stays "rung": the alarm rings again after the same time as for a bell that was lost.
      deps.telemetry.log('error', 'doorbell.not_rung', { partition: deps.partition, error: String(error) });
    }
  };
  return {
    ring: () => {
      if (rungAt !== null) return;
      rungAt = deps.clock.now();
      void send();
    },
    answered: () => {
      rungAt = null;
    },
    overdue: () => {
      if (rungAt !== null && deps.clock.now() - rungAt >= limits.doorbellTimeoutMs) rungAt = null;
    },
    ringAgainAt: () => (rungAt ?? deps.clock.now()) + limits.doorbellTimeoutMs,
  };
}
