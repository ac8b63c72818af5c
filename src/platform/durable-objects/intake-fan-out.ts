// The fan-out of one partition's intakes: makes the claims that are due in the partitions of their ordering keys, keeps
// what could not be read as rejected requests, and tells the sequencer what became of each. Everything it does may be done
// twice, so it remembers nothing. Never rejects; what fails is due again later.

import { limits } from '../../core/limits.ts';
import type { ClaimGroup, DueReport, FanOutResult } from '../../core/sequencer/intake-messages.ts';
import type { ClaimAnswer } from '../../core/sequencer/messages.ts';
import type { SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { IntakeSequencer } from '../../pipeline/intake-ports.ts';
import type { Clock, Randomness, RejectedRequests, Telemetry } from '../../pipeline/ports.ts';

export type IntakeFanOutDependencies = {
  readonly core: Pick<SequencerCore, 'intakes'>;
  /** Own partition included. */
  readonly of: (partition: number) => Pick<IntakeSequencer, 'claimMany'>;
  readonly rejected: Pick<RejectedRequests, 'record'>;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'next'>;
  readonly telemetry: Telemetry;
  readonly partition: number;
  /** Called after each step, so that the alarm and the log follow what changed. */
  readonly changed: () => void;
};

export type IntakeFanOut = {
  /** Until nothing is due. One at a time: a call while one runs joins it. */
  readonly run: () => Promise<void>;
};

export function createIntakeFanOut(deps: IntakeFanOutDependencies): IntakeFanOut {
  const { core, clock } = deps;
  // Apart, so that a journal that is away holds up no claim.
  const claims = singleFlight(deps, async () => {
    const due = core.intakes.dueClaims(clock.now());
    return (await Promise.all(due.map((group) => claimGroup(deps, group)))).flat();
  });
  const reports = singleFlight(deps, async () => report(deps, core.intakes.dueReports(clock.now())));
  return {
    run: async () => {
      await Promise.all([claims(), reports()]);
    },
  };
}

function singleFlight(deps: IntakeFanOutDependencies, step: () => Promise<readonly FanOutResult[]>) {
  let running: Promise<void> | null = null;
  const work = async (): Promise<void> => {
    // After the answer it is started by, and never inside of itself: claims of its own partition start it too.
    await deps.clock.wait(0);
    try {
      for (let results = await step(); results.length > 0; results = await step()) {
        const timed = { now: deps.clock.now(), random: deps.randomness.next };
        deps.core.intakes.acknowledge(results, timed);
        deps.changed();
      }
    } catch (error) {
      deps.telemetry.log('error', 'intake.fan_out_failed', {
        partition: deps.partition,
        error: String(error),
      });
    }
  };
  return (): Promise<void> => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}

async function claimGroup(
  deps: IntakeFanOutDependencies,
  { partition, claims }: ClaimGroup,
): Promise<readonly FanOutResult[]> {
  try {
    const answers = await deps.of(partition).claimMany(claims.map(({ request }) => request));
    const results = claims.flatMap(({ itemId }, index) => toResult(itemId, answers[index]));
    const refused = answers.find((answer) => answer.kind === 'refused');
    if (refused === undefined) return results;
    logRefused(deps, partition, { reason: refused.reason, message: refused.message });
    return [...results, { kind: 'claims_failed', partition }];
  } catch (error) {
    logRefused(deps, partition, { reason: 'sequencer_unreachable', message: String(error) });
    return [{ kind: 'claims_failed', partition }];
  }
}

function toResult(itemId: string, answer: ClaimAnswer | undefined): readonly FanOutResult[] {
  if (answer?.kind !== 'claimed') return [];
  return [{ kind: 'claimed', itemId, eventRecordId: answer.id, status: answer.status }];
}

function logRefused(
  deps: IntakeFanOutDependencies,
  claimPartition: number,
  why: { readonly reason: string; readonly message: string },
): void {
  deps.telemetry.log('error', 'intake.claims_failed', {
    partition: deps.partition,
    claimPartition,
    ...why,
  });
}

async function report(
  deps: IntakeFanOutDependencies,
  due: readonly DueReport[],
): Promise<readonly FanOutResult[]> {
  const done: FanOutResult[] = [];
  for (const { itemId, source, receivedAt, headers, problem, body } of due) {
    const { reason, field, rule } = problem;
    // Its own id, so that one that is kept twice is kept once.
    const request = { id: itemId, source, at: receivedAt, stage: 'parse', reason } as const;
    try {
      await deps.rejected.record({
        ...request,
        detail: `${field} ${rule}`,
        headers,
        body: new Uint8Array(body.subarray(0, limits.maxRejectedBodyBytes)),
      });
      done.push({ kind: 'reported', itemId });
    } catch (error) {
      deps.telemetry.log('error', 'rejected_request.not_kept', {
        ...{ id: itemId, source, reason },
        error: String(error),
      });
      return [...done, { kind: 'reports_failed' }];
    }
  }
  return done;
}
