// Stages 4 to 6 of 7 · in: doorbell · out: DeliveryStatus · lease → admit → perform → settle, for one partition, until nothing is
// ready or the time is up. Several ERP calls run at once; settles are gathered; a settle's answer brings what is next, so
// that a line goes on without another trip through the queue. May not keep anything that is not in the sequencer.

import { limits } from '../core/limits.ts';
import type {
  LeaseAnswer,
  LeasedDelivery,
  LeaseRequest,
  Settlement,
  SettleRequest,
} from '../core/sequencer/messages.ts';
import { type AdmittedDelivery, createBatchAdmission } from './admit.ts';
import { createBell, rungWithin } from './bell.ts';
import { createOutcomes, isSuccess } from './gather-outcomes.ts';
import { type HoldDependencies, performUnlessHeld } from './hold-operation.ts';
import type { DeliveryRules, PerformDependencies } from './perform.ts';
import { type GrantDependencies, performIfGranted } from './perform-if-granted.ts';
import { PortError, type Randomness, type Sequencer, type TargetGates, type Telemetry } from './ports.ts';
import { tellAttempt } from './tell-attempt.ts';
import type { Tracing } from './tracing.ts';
import { createWorkInHand } from './work-in-hand.ts';

export type DeliverOptions = {
  /** ERP calls at once. */
  readonly concurrency: number;
  /** How long a lease lasts, ms. */
  readonly leaseMs: number;
  /** After so long nothing new is taken, ms: what is ready then is rung for again. */
  readonly budgetMs: number;
};

export type DeliverDependencies = Omit<PerformDependencies, 'confirm'> &
  HoldDependencies &
  GrantDependencies & {
    readonly telemetry: Telemetry;
    readonly gates: TargetGates;
    readonly randomness: Randomness;
    /** Absent: nothing is traced. */
    readonly tracing?: Tracing;
  };

/** A sequencer, and the name it has among all. */
export type DeliverFrom = { readonly name: string; readonly sequencer: Sequencer };

export type DeliverSummary = { readonly leasedCount: number; readonly settledCount: number };

/** Works off one partition. Never rejects: what it cannot settle runs into its lease's deadline and is looked up then. */
export async function deliver(
  deps: DeliverDependencies,
  from: DeliverFrom,
  options: DeliverOptions,
): Promise<DeliverSummary> {
  const worker = createWorker(deps, from, options);
  try {
    const subscriptions = (await deps.publishing?.subscribers.active()) ?? null;
    const askedAt = deps.clock.now();
    const wanted = worker.wanted();
    const first = await from.sequencer.lease(subscriptions === null ? wanted : { ...wanted, subscriptions });
    await worker.take(first, askedAt);
    await worker.drain();
  } catch (error) {
    deps.telemetry.log('error', 'delivery.interrupted', {
      error: String(error),
      inFlight: worker.inFlight(),
    });
  }
  await worker.finish();
  return worker.summary();
}

function createWorker(deps: DeliverDependencies, { sequencer, name }: DeliverFrom, options: DeliverOptions) {
  const { clock, telemetry } = deps;
  const isTarget = (id: string): boolean => deps.rules.targets.has(id);
  const batch = deps.randomness.uuid();
  const { concurrency, leaseMs } = options;
  const admission = createBatchAdmission(
    { ...deps, isTarget },
    { batch, sequencer: name, wanted: concurrency, holdMs: leaseMs },
  );
  const startedAt = clock.now();
  const timeIsUp = (): boolean => clock.now() - startedAt >= options.budgetMs;
  const notFor = targetsInDoubt(deps.rules);
  const outcomes = createOutcomes(clock);
  const bell = createBell();
  let alone = false;
  let leasedCount = 0;
  let settledCount = 0;

  const attempt = async (admitted: AdmittedDelivery, deadlineAt: number): Promise<boolean> => {
    const { leased } = admitted;
    const trace = deps.tracing?.attempt(leased.event, `attempt ${leased.delivery.operation}`) ?? null;
    const performed = await performSafely({ ...deps, trace }, { leased, sequencer }, deadlineAt);
    const settlement = admission.ended(admitted, performed);
    tellAttempt({ telemetry, trace }, leased, settlement);
    if (settlement === null) return false;
    const gatherMs = leased.successorWaits ? limits.lineGatherMs : limits.settleGatherMs;
    // While others wait in hand every connection is busy: what stands behind it could not start any sooner.
    outcomes.add([settlement], hand.waitingCount() > 0 ? limits.busyGatherMs : gatherMs);
    return isSuccess(settlement);
  };
  const { admit } = admission;
  const hand = createWorkInHand({ concurrency, admit, attempt, outcomes, timeIsUp, ring: bell.ring });
  /** What this consumer can take when `settling` are settled. */
  const wanted = (settling: number, isClosed: boolean): LeaseRequest => {
    const waiting = hand.waitingCount();
    const room = limits.maxInHand - (leasedCount - settledCount - settling);
    const targets = admission.unlimited().filter((target) => !notFor.includes(target));
    return {
      max: isClosed ? 0 : Math.max(0, concurrency - hand.inFlight() - waiting),
      leaseMs,
      runs: { most: limits.maxRun, room, notFor },
      ahead: { most: isClosed ? 0 : limits.maxAhead - waiting, targets },
    };
  };
  const take = async ({ leased }: LeaseAnswer, askedAt: number): Promise<void> => {
    alone = leased.some(({ delivery }) => delivery.suspect);
    leasedCount += leased.length;
    await hand.take(leased, askedAt + leaseMs);
  };
  const settleDone = async (): Promise<void> => {
    const settlements = outcomes.take();
    const askedAt = clock.now();
    const isClosed = timeIsUp() || (alone && hand.inFlight() > 0);
    const request = { ...wanted(settlements.length, isClosed), settlements, grants: admission.grants() };
    const answer = await settleSurely(sequencer, request);
    settledCount += settlements.length;
    await take(answer, askedAt);
  };

  return {
    take,
    wanted: () => wanted(0, false),
    finish: admission.finish,
    inFlight: hand.inFlight,
    summary: (): DeliverSummary => ({ leasedCount, settledCount }),
    drain: async (): Promise<void> => {
      while (hand.inFlight() > 0 || !outcomes.isEmpty()) {
        if (outcomes.shouldSettle(hand.inFlight())) await settleDone();
        else if (outcomes.isEmpty()) await bell.rung();
        else if (!(await rungWithin(clock, bell, outcomes.dueInMs()))) await settleDone();
      }
    },
  };
}

/** A settle is idempotent: one whose answer was lost is sent again, and only what it says twice is ignored. */
async function settleSurely(sequencer: Sequencer, request: SettleRequest): Promise<LeaseAnswer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await sequencer.settle(request);
    } catch (error) {
      const mayRepeat = error instanceof PortError && error.retryable && !error.overloaded;
      if (!mayRepeat || tries >= limits.maxObjectCallTries) throw error;
    }
  }
}

/** Null: a bug. It is left unsettled: at the lease's deadline it is in doubt, and is looked up. */
async function performSafely(
  deps: DeliverDependencies & Pick<PerformDependencies, 'trace'>,
  { leased, sequencer }: { readonly leased: LeasedDelivery; readonly sequencer: Sequencer },
  deadlineAt: number,
): Promise<Settlement | null> {
  try {
    const parts = { ...deps, confirm: sequencer.confirm.bind(sequencer) };
    return await performIfGranted(deps, leased, () => performUnlessHeld(parts, leased, deadlineAt));
  } catch (error) {
    deps.telemetry.log('error', 'delivery.crashed', { delivery: leased.delivery.id, error: String(error) });
    return null;
  }
}

/** Where nobody can be asked what was done, a crash shall leave in doubt only what was started. */
function targetsInDoubt({ targets }: DeliveryRules): readonly string[] {
  return [...targets.values()].flatMap(({ id, adapter }) => (adapter.once === 'best_effort' ? [id] : []));
}
