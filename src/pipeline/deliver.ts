// Stages 4 to 6 of 7 · in: doorbell · out: DeliveryStatus · lease → admit → perform → settle, for one partition, until nothing is
// ready or the time is up. Several ERP calls run at once; settles are gathered; a settle's answer brings what is next, so
// that a line goes on without another trip through the queue. May not keep anything that is not in the sequencer.

import { limits } from '../core/limits.ts';
import type { LeaseAnswer, Settlement, SettleRequest } from '../core/sequencer/messages.ts';
import { type AdmittedDelivery, createBatchAdmission } from './admit.ts';
import { type HoldDependencies, performUnlessHeld } from './hold-operation.ts';
import type { PerformDependencies } from './perform.ts';
import { type GrantDependencies, performIfGranted } from './perform-if-granted.ts';
import {
  type Clock,
  PortError,
  type Randomness,
  type Sequencer,
  type TargetGates,
  type Telemetry,
} from './ports.ts';
import { isSuccess, tellAttempt } from './tell-attempt.ts';
import type { Tracing } from './tracing.ts';

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
    const first = await from.sequencer.lease({
      ...{ max: options.concurrency, leaseMs: options.leaseMs },
      ...(subscriptions === null ? {} : { subscriptions }),
    });
    await worker.start(first, askedAt);
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
  const isTarget = (id: string): boolean => deps.rules.targets.has(id);
  const admission = createBatchAdmission(
    { ...deps, isTarget },
    {
      batch: deps.randomness.uuid(),
      sequencer: name,
      wanted: options.concurrency,
      holdMs: options.leaseMs,
    },
  );
  const startedAt = deps.clock.now();
  const done: Settlement[] = [];
  let inFlight = 0;
  let alone = false;
  let leasedCount = 0;
  let settledCount = 0;
  /** Outcomes that should not wait for others. */
  let urgent = false;
  /** When what is done is settled at the latest, epoch ms. */
  let dueAt = Number.POSITIVE_INFINITY;
  const bell = createBell();

  const run = async (admitted: AdmittedDelivery, deadlineAt: number): Promise<void> => {
    const { leased } = admitted;
    const trace = deps.tracing?.attempt(leased.event, `attempt ${leased.delivery.operation}`) ?? null;
    let performed: Settlement | null = null;
    try {
      const parts = { ...deps, trace, confirm: sequencer.confirm.bind(sequencer) };
      performed = await performIfGranted(deps, leased, () => performUnlessHeld(parts, leased, deadlineAt));
    } catch (error) {
      // Left unsettled: at the lease's deadline it is in doubt, and is looked up.
      deps.telemetry.log('error', 'delivery.crashed', { delivery: leased.delivery.id, error: String(error) });
    }
    const settlement = admission.ended(admitted, performed);
    tellAttempt({ telemetry: deps.telemetry, trace }, leased, settlement);
    if (settlement !== null) {
      done.push(settlement);
      urgent ||= !isSuccess(settlement);
      const gatherMs = leased.successorWaits ? limits.lineGatherMs : limits.settleGatherMs;
      dueAt = Math.min(dueAt, deps.clock.now() + gatherMs);
    }
    inFlight -= 1;
    bell.ring();
  };
  const start = async (answer: LeaseAnswer, askedAt: number): Promise<void> => {
    const deadlineAt = askedAt + options.leaseMs;
    alone = answer.leased.some((leased) => leased.delivery.suspect);
    leasedCount += answer.leased.length;
    if (answer.leased.length === 0) return;
    const { admitted, returned } = await admission.admit(answer.leased);
    done.push(...returned);
    urgent ||= returned.length > 0;
    for (const each of admitted) {
      inFlight += 1;
      void run(each, deadlineAt);
    }
  };
  const settleDone = async (): Promise<void> => {
    const settlements = done.splice(0);
    urgent = false;
    dueAt = Number.POSITIVE_INFINITY;
    const askedAt = deps.clock.now();
    const timeIsUp = askedAt - startedAt >= options.budgetMs;
    const max = timeIsUp || (alone && inFlight > 0) ? 0 : options.concurrency - inFlight;
    const request = { settlements, max, leaseMs: options.leaseMs, grants: admission.grants() };
    const answer = await settleSurely(sequencer, request);
    settledCount += settlements.length;
    await start(answer, askedAt);
  };
  const shouldSettle = (): boolean => {
    if (done.length === 0) return false;
    const isFull = done.length >= limits.maxUnsettledOutcomes;
    return urgent || inFlight === 0 || isFull || deps.clock.now() >= dueAt;
  };

  return {
    start,
    finish: admission.finish,
    inFlight: () => inFlight,
    summary: (): DeliverSummary => ({ leasedCount, settledCount }),
    drain: async (): Promise<void> => {
      while (inFlight > 0 || done.length > 0) {
        if (shouldSettle()) await settleDone();
        else if (done.length === 0) await bell.rung();
        else if (!(await rungWithin(deps.clock, bell, dueAt - deps.clock.now()))) await settleDone();
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

/** False: nothing rang within `ms`. */
async function rungWithin(clock: Clock, bell: Bell, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const rung = await Promise.race([
    bell.rung().then(() => true),
    clock.wait(ms, timer.signal).then(() => false),
  ]);
  timer.abort();
  return rung;
}

/** Rings that come while nobody waits are kept as one. `rung` may be left waiting: the next ring ends every wait. */
type Bell = { readonly ring: () => void; readonly rung: () => Promise<void> };

function createBell(): Bell {
  let pending = false;
  const waiting: (() => void)[] = [];
  return {
    ring: () => {
      pending = waiting.length === 0;
      for (const wake of waiting.splice(0)) wake();
    },
    rung: () => {
      if (pending) {
        pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
}
