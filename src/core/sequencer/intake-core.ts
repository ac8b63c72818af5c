// The intake side of a sequencer's core: each call one transaction, like all of them. Made by sequencer.ts, which owns the
// memory and drops it when anything throws.

import { limits } from '../limits.ts';
import { acknowledge, claimIntake, dueClaims, dueReports, hasDueFanOut, nextFanOutAt } from './intake.ts';
import { expireItems, hasDueFetch, leaseItems, nextFetchAt, revive, settleItems } from './intake-enrich.ts';
import type {
  ClaimGroup,
  DueReport,
  FanOutResult,
  IntakeAnswer,
  IntakeRequest,
  IntakeSummary,
  IntakeView,
  ItemLeaseRequest,
  ItemSettlement,
  LeasedItem,
  ReviveAnswer,
  ReviveRequest,
} from './intake-messages.ts';
import { findIntake, listIntakes } from './intake-views.ts';
import type { Random } from './settle.ts';
import type { SequencerState } from './state.ts';

type Timed = { readonly now: number; readonly random: Random };

export type IntakeCore = {
  readonly claim: (request: IntakeRequest, now: number) => IntakeAnswer;
  readonly dueClaims: (now: number) => readonly ClaimGroup[];
  readonly dueReports: (now: number) => readonly DueReport[];
  readonly acknowledge: (results: readonly FanOutResult[], timed: Timed) => void;
  /** Something is to be claimed or reported now. */
  readonly hasDueFanOut: (now: number) => boolean;
  readonly lease: (request: ItemLeaseRequest, now: number) => readonly LeasedItem[];
  readonly settle: (settlements: readonly ItemSettlement[], timed: Timed) => void;
  readonly hasDueFetch: (now: number) => boolean;
  /** When the alarm is wanted, epoch ms; null: not at all. What has a doorbell or is under way has a little time. */
  readonly nextAt: (now: number) => number | null;
  readonly revive: (request: ReviveRequest, now: number) => ReviveAnswer;
  readonly find: (id: string, now: number) => IntakeView | null;
  readonly list: (now: number) => readonly IntakeSummary[];
  /** True where the walk over the finished ones has not come to its end. */
  readonly pruneStep: (now: number) => boolean;
};

type Run = <T>(now: number, work: (state: SequencerState) => T) => T;

export function createIntakeCore({ change, look }: { readonly change: Run; readonly look: Run }): IntakeCore {
  return {
    claim: (request, now) => change(now, (state) => claimIntake(state, request)),
    dueClaims: (now) => look(now, dueClaims),
    dueReports: (now) => look(now, dueReports),
    acknowledge: (results, { now, random }) => change(now, (state) => acknowledge(state, results, random)),
    hasDueFanOut: (now) => look(now, hasDueFanOut),
    lease: (request, now) =>
      change(now, (state) => {
        expireItems(state);
        return leaseItems(state, request);
      }),
    settle: (settlements, { now, random }) => change(now, (state) => settleItems(state, settlements, random)),
    hasDueFetch: (now) => look(now, hasDueFetch),
    nextAt: (now) => look(now, nextAt),
    revive: (request, now) => change(now, (state) => revive(state, request)),
    find: (id, now) => look(now, (state) => findIntake(state, id)),
    list: (now) => look(now, (state) => listIntakes(state, limits.maxListedIntakes)),
    pruneStep: (now) =>
      change(now, (state) => {
        const { intakes, rows } = state;
        intakes.pruneCursor = rows.pruneIntakes(now, intakes.pruneCursor, limits.pruneStepRows);
        return intakes.pruneCursor !== null;
      }),
  };
}

function nextAt(state: SequencerState): number | null {
  const fanOutAt = nextFanOutAt(state);
  const times = [
    fanOutAt === null ? null : Math.max(fanOutAt, state.now + limits.fanOutAlarmMs),
    // A fetch that is due has a doorbell, which the alarm rings again.
    hasDueFetch(state) ? null : nextFetchAt(state),
  ].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}
