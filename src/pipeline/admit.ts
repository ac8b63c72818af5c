// Before stage 5 of 7 · in: LeasedDelivery[] · out: those that may start, and those that go back · next: perform.ts
// Asks a target once for the whole batch and tells it what the attempts came to, in the same call. Keeps only what the
// batch was granted; every decision is the target's (core/target-gate.ts).

import type { AttemptReport } from '../core/attempt-report.ts';
import { toAttemptReport } from '../core/attempt-report.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { type Admission, gateBounds } from '../core/target-gate-state.ts';
import type { Clock, TargetGates, Telemetry } from './ports.ts';

export type AdmittedDelivery = {
  readonly leased: LeasedDelivery;
  /** Where it is a probe and fails: costs no attempt, and is not due again within so long, ms. */
  readonly probe: Admission['probe'];
};

export type BatchAdmission = {
  /** Never rejects: without an answer of the target nothing starts. */
  readonly admit: (leased: readonly LeasedDelivery[]) => Promise<{
    readonly admitted: readonly AdmittedDelivery[];
    readonly returned: readonly Settlement[];
  }>;
  /** An attempt ended; null: it crashed. The settlement as it shall be settled. */
  readonly ended: (admitted: AdmittedDelivery, settlement: Settlement | null) => Settlement | null;
  /** How many more of each target the batch can start. */
  readonly grants: () => Readonly<Record<string, number>>;
  /** Targets that count no places: more of them may be leased than can be started. */
  readonly unlimited: () => readonly string[];
  /** Tells every target what has not been told, and that its places are free. */
  readonly finish: () => Promise<void>;
};

export type AdmissionOptions = {
  readonly batch: string;
  /** Name of the sequencer it delivers from. */
  readonly sequencer: string;
  /** Deliveries the batch runs at once. */
  readonly wanted: number;
  /** How long a delivery it leases may be under way, ms. */
  readonly holdMs: number;
};

export type AdmissionDependencies = {
  readonly gates: TargetGates;
  /** Where there is no such target nobody is asked: notices, and deliveries of a target that was taken out. */
  readonly isTarget: (id: string) => boolean;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
};

/** What the batch knows of one target. */
type Standing = {
  admission: Admission | null;
  /** Until when it holds, epoch ms by this side's clock. */
  untilAt: number;
  inFlight: number;
  /** Started since the last call. */
  startedCount: number;
  reports: AttemptReport[];
  /** The target has to hear of something before anything else starts. */
  isDue: boolean;
};

/** How long a target rests whose object does not answer, ms: most such failures pass within seconds. */
const unansweredRestMs = 2_000;

export function createBatchAdmission(deps: AdmissionDependencies, options: AdmissionOptions): BatchAdmission {
  const standings = new Map<string, Standing>();
  const standingOf = (target: string): Standing => {
    const known = standings.get(target);
    if (known !== undefined) return known;
    const fresh = { admission: null, untilAt: 0, inFlight: 0, startedCount: 0, reports: [], isDue: true };
    standings.set(target, fresh);
    return fresh;
  };

  const ask = async (target: string, standing: Standing, wanted: number): Promise<void> => {
    const { inFlight, startedCount } = standing;
    const reports = standing.reports.splice(0);
    standing.startedCount = 0;
    standing.isDue = false;
    const { batch, sequencer } = options;
    // What was granted now may start at the end of its time, and then has its whole lease.
    const holdMs = options.holdMs + gateBounds.grantMs;
    const request = {
      ...{ targetId: target, batch, sequencer, wanted, inFlight, holdMs, startedCount, reports },
    };
    try {
      standing.admission = await deps.gates.admit(request);
      standing.untilAt = deps.clock.now() + standing.admission.forMs;
    } catch (error) {
      deps.telemetry.log('error', 'target.unanswered', { target, error: String(error) });
      // Perhaps never heard: told again, so that nobody takes what was started for unused.
      standing.startedCount += startedCount;
      standing.admission = unanswered(deps.clock.now() + unansweredRestMs);
    }
  };
  /** Whether the next may start by what was granted. */
  const startsLeft = (standing: Standing): number => {
    const { admission, untilAt } = standing;
    if (admission === null || standing.isDue || untilAt <= deps.clock.now()) return 0;
    return Math.max(
      0,
      Math.min(admission.granted - standing.inFlight, admission.starts - standing.startedCount),
    );
  };
  const admitTo = async (target: string, leased: readonly LeasedDelivery[]) => {
    if (!deps.isTarget(target)) return { admitted: leased.map(unasked), returned: [] };
    const standing = standingOf(target);
    if (startsLeft(standing) < leased.length) await ask(target, standing, options.wanted);
    const { admission } = standing;
    const starting = leased.slice(0, startsLeft(standing));
    if (starting.length === 0 && admission !== null) logRefused(deps.telemetry, target, admission);
    standing.inFlight += starting.length;
    standing.startedCount += starting.length;
    return {
      admitted: starting.map((each) => ({ leased: each, probe: admission?.probe ?? null })),
      returned: leased.slice(starting.length).map((each) => giveBack(each, admission, starting.length > 0)),
    };
  };

  return {
    admit: async (leased) => {
      const byTarget = Map.groupBy(leased, ({ delivery }) => delivery.target);
      const parts = await Promise.all([...byTarget].map(([target, each]) => admitTo(target, each)));
      return {
        admitted: parts.flatMap(({ admitted }) => admitted),
        returned: parts.flatMap(({ returned }) => returned),
      };
    },
    ended: ({ leased, probe }, settlement) => {
      if (!deps.isTarget(leased.delivery.target)) return settlement;
      const standing = standingOf(leased.delivery.target);
      standing.inFlight -= 1;
      if (settlement === null) return null;
      const report = toAttemptReport(settlement, leased.delivery.operation);
      if (report !== null) standing.reports.push(report);
      if (probe !== null || (report !== null && report.health !== 'healthy')) standing.isDue = true;
      return withoutCost(settlement, probe);
    },
    grants: () => {
      const grants: Record<string, number> = {};
      for (const [target, standing] of standings) {
        const { admission, inFlight } = standing;
        // A target that has to be asked first is asked when something of it is leased.
        if (admission !== null && admission.granted > 0)
          grants[target] = Math.max(0, admission.granted - inFlight);
      }
      return grants;
    },
    unlimited: () =>
      [...standings].flatMap(([target, { admission }]) => (admission?.isUnlimited === true ? [target] : [])),
    finish: () => finish(standings, { gates: deps.gates, batch: options.batch, ask }),
  };
}

/** A call for each target, but for those that need not hear of it now. */
async function finish(
  standings: ReadonlyMap<string, Standing>,
  by: {
    readonly gates: TargetGates;
    readonly batch: string;
    readonly ask: (target: string, standing: Standing, wanted: number) => Promise<void>;
  },
): Promise<void> {
  const { note } = by.gates;
  const untold = [...standings].filter(
    ([, { reports, admission }]) => reports.length > 0 || (admission?.granted ?? 0) > 0,
  );
  await Promise.all(
    untold.map(([target, standing]) =>
      note !== undefined && canWait(standing)
        ? note(target, { batch: by.batch, reports: standing.reports.splice(0) })
        : by.ask(target, standing, 0),
    ),
  );
}

/** Nobody waits for one of its places, and what went well can be told with the next batch. */
function canWait({ admission, isDue }: Standing): boolean {
  return admission?.isUnlimited === true && !isDue;
}

function logRefused(telemetry: Telemetry, target: string, { reason, notBeforeAt }: Admission): void {
  telemetry.log('info', 'target.refused', { target, reason, notBeforeAt });
}

function unasked(leased: LeasedDelivery): AdmittedDelivery {
  return { leased, probe: null };
}

function unanswered(notBeforeAt: number): Admission {
  return { granted: 0, starts: 0, forMs: 0, probe: null, notBeforeAt, reason: 'limited' };
}

/** Where some were let in, the others are for the next free place, also of another batch; a probe keeps all away. */
function giveBack(leased: LeasedDelivery, admission: Admission | null, someStarted: boolean): Settlement {
  const { delivery, epoch } = leased;
  const isResting = admission !== null && (!someStarted || admission.probe !== null);
  return {
    deliveryId: delivery.id,
    epoch,
    result: isResting
      ? {
          kind: 'returned',
          target: delivery.target,
          notBeforeAt: admission.notBeforeAt,
          reason: admission.reason,
        }
      : { kind: 'returned', target: null, notBeforeAt: null },
    attempt: null,
  };
}

/** What the target's state made of an attempt is not the delivery's cost: a failed probe, a call that was one too many. */
function withoutCost(settlement: Settlement, probe: Admission['probe']): Settlement {
  const { result } = settlement;
  if (result.kind !== 'outcome') return settlement;
  const { outcome } = result;
  if (outcome.kind !== 'retryable' && outcome.kind !== 'in_doubt') return settlement;
  if (probe !== null) {
    const retryAfterMs = Math.max(probe.retryAfterMs, outcome.retryAfterMs ?? 0);
    const delayed: Outcome = isFailure(outcome) ? { ...outcome, retryAfterMs } : outcome;
    return { ...settlement, result: { ...result, outcome: delayed, spent: false } };
  }
  if (outcome.kind === 'retryable' && outcome.reason === 'rate_limited') {
    return { ...settlement, result: { ...result, spent: false } };
  }
  return settlement;
}

function isFailure(outcome: Extract<Outcome, { kind: 'retryable' | 'in_doubt' }>): boolean {
  return outcome.reason !== 'quiet_time' && outcome.reason !== 'not_done';
}
