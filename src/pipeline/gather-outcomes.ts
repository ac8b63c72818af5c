// Between stages 5 and 6 · in: Settlements as attempts end · out: those that go in one call to the sequencer · next: settle
// What can wait is gathered; what others wait for is not. Keeps what is not settled yet and nothing else; no I/O.

import { limits } from '../core/limits.ts';
import type { Settlement } from '../core/sequencer/messages.ts';
import type { Clock } from './ports.ts';

export type Outcomes = {
  /** What others wait for, unless all of it succeeded. `gatherMs`: how long it may wait for others. */
  readonly add: (settlements: readonly Settlement[], gatherMs?: number) => void;
  /** What was leased and not started: another may take it, with the next settle. */
  readonly giveBack: (settlements: readonly Settlement[]) => void;
  /** Whatever is there does not wait for more. */
  readonly hurry: () => void;
  readonly isEmpty: () => boolean;
  /** `inFlight`: attempts that still run; nothing is waited for where there are none. */
  readonly shouldSettle: (inFlight: number) => boolean;
  /** Until the first that waits has waited long enough, ms. */
  readonly dueInMs: () => number;
  /** All of them, the first first; none is left. */
  readonly take: () => readonly Settlement[];
};

export function createOutcomes(clock: Clock): Outcomes {
  const done: Settlement[] = [];
  /** Something that should not wait for others. */
  let urgent = false;
  /** When what is done is settled at the latest, epoch ms. */
  let dueAt = Number.POSITIVE_INFINITY;
  const gather = (settlements: readonly Settlement[], gatherMs: number): void => {
    if (settlements.length === 0) return;
    done.push(...settlements);
    dueAt = Math.min(dueAt, clock.now() + gatherMs);
  };
  return {
    add: (settlements, gatherMs = limits.settleGatherMs) => {
      gather(settlements, gatherMs);
      urgent ||= !settlements.every(isSuccess);
    },
    giveBack: (settlements) => gather(settlements, limits.settleGatherMs),
    hurry: () => {
      urgent ||= done.length > 0;
    },
    isEmpty: () => done.length === 0,
    shouldSettle: (inFlight) => {
      if (done.length === 0) return false;
      const isFull = done.length >= limits.maxUnsettledOutcomes;
      return urgent || inFlight === 0 || isFull || clock.now() >= dueAt;
    },
    dueInMs: () => dueAt - clock.now(),
    take: () => {
      urgent = false;
      dueAt = Number.POSITIVE_INFINITY;
      return done.splice(0);
    },
  };
}

export function isSuccess(settlement: Settlement): boolean {
  if (settlement.result.kind !== 'outcome') return false;
  const { kind } = settlement.result.outcome;
  return kind === 'succeeded' || kind === 'duplicate';
}
