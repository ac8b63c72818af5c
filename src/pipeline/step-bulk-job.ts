// One step of a bulk job: is its starter still allowed, how many are there, and then the next ones, partition by partition, at most as
// many as its rate lets it do in a step. Each answer is saved before the next partition is asked, so that a crash repeats one call at
// most, and that call is answered by what it did the first time. Knows no storage and no alarm.

import {
  type BulkJob,
  countedBulkJob,
  endBulkJob,
  leftOf,
  stepActOf,
  withStep,
} from '../core/bulk/bulk-job.ts';
import { whyStop } from '../core/bulk/bulk-view.ts';
import type { Identified } from '../core/identity/caller.ts';
import { limits } from '../core/limits.ts';
import type { BulkStepAnswer } from '../core/sequencer/bulk-replay-messages.ts';
import type { DeliveryFilter } from '../core/sequencer/messages.ts';
import type { Clock, Sequencer } from './ports.ts';
import type { ReplayDependencies } from './prepare-replay.ts';
import { replay } from './replay.ts';
import { within } from './within.ts';

export type StepDependencies = ReplayDependencies & {
  /** Who the credential is by now; null: the bootstrap key. Throws a PortError where nobody can say. */
  readonly callerOf: (credentialId: string | null) => Promise<Identified>;
  readonly clock: Clock;
};

/** How the job stands is read and written by the caller: somebody may cancel it between two calls. */
export type JobUnderWay = {
  readonly read: () => BulkJob;
  readonly save: (job: BulkJob) => void;
};

/** Throws a PortError where a call was not answered: the same step may be made again. */
export async function stepBulkJob(deps: StepDependencies, job: JobUnderWay): Promise<void> {
  const { clock } = deps;
  const starter = job.read().starter;
  const problem = whyStop(job.read(), await bounded(clock, deps.callerOf(starter.credentialId)));
  if (problem !== null) {
    job.save(endBulkJob(job.read(), { status: 'cancelled', problem, now: clock.now() }));
    return;
  }
  if (job.read().total === null) await count(deps, job);
  const { ratePerSecond } = job.read();
  let budget = Math.max(1, Math.floor((ratePerSecond * limits.bulkStepMs) / 1_000));
  for (let asked = 0; asked < limits.maxBulkStepPartitions && budget > 0; asked += 1) {
    const now = job.read();
    if (now.status !== 'running') return;
    const sequencer = sequencersFor(deps, now.filter)[now.cursor.partitionIndex];
    if (sequencer === undefined || leftOf(now) === 0) {
      job.save(endBulkJob(now, { status: 'succeeded', now: clock.now() }));
      return;
    }
    const limit = Math.min(budget, leftOf(now));
    const answer = await askPartition(deps, { job: now, sequencer, limit });
    job.save(withStep(job.read(), answer, clock.now()));
    budget -= answer.touched.length + answer.refused.length;
  }
}

/** Those that may hold the ordering key, else all; those of earlier generations first, so that a new one changes no place. */
export function sequencersFor(
  { sequencers }: Pick<StepDependencies, 'sequencers'>,
  { orderingKey }: DeliveryFilter,
): readonly Sequencer[] {
  return orderingKey === undefined ? sequencers.all() : [...sequencers.forKey(orderingKey)].reverse();
}

async function count(deps: StepDependencies, job: JobUnderWay): Promise<void> {
  const { filter, starter, createdAt: until } = job.read();
  const request = { filter: { ...filter, view: starter.view }, until, sample: 0 };
  const asked = sequencersFor(deps, filter).map((sequencer) => sequencer.planReplays(request));
  const plans = await bounded(deps.clock, Promise.all(asked));
  const found = plans.reduce((sum, plan) => sum + plan.count, 0);
  job.save(countedBulkJob(job.read(), found, deps.clock.now()));
}

type Asked = { readonly job: BulkJob; readonly sequencer: Sequencer; readonly limit: number };

async function askPartition(deps: StepDependencies, asked: Asked): Promise<BulkStepAnswer> {
  const { job, sequencer, limit } = asked;
  const { filter, starter, reason, createdAt: until, cursor } = job;
  const answer = await bounded(
    deps.clock,
    sequencer.bulkStep({
      ...{ job: job.id, stepNumber: cursor.stepNumber, act: stepActOf(job), until, after: cursor.after },
      ...{ filter: { ...filter, view: starter.view }, limit, actor: starter.actor, reason },
    }),
  );
  const again = await Promise.all(answer.refused.map((each) => replayAlone(deps, job, each)));
  return {
    ...answer,
    touched: [...answer.touched, ...again.filter((each) => !('reason' in each))],
    refused: again.filter((each) => 'reason' in each),
  };
}

/** Reasons a sequencer gives for what can be replayed with the event at hand. */
const needsTheEvent: readonly string[] = ['not_planned', 'payload_needed'];

type Refused = BulkStepAnswer['refused'][number];

/** What a sequencer cannot plan by itself (the first planning failed, the body is archived) goes the way of a single replay. */
async function replayAlone(
  deps: StepDependencies,
  { starter, reason }: BulkJob,
  refused: Refused,
): Promise<Refused | BulkStepAnswer['touched'][number]> {
  if (!needsTheEvent.includes(refused.reason)) return refused;
  const { deliveryId } = refused;
  const command = { deliveryId, edited: null, forced: false, actor: starter.actor, reason };
  const answer = await bounded(deps.clock, replay(deps, command));
  if (answer.kind === 'replayed') return { deliveryId: answer.deliveryId, replayOf: answer.replayOf };
  return { deliveryId, reason: 'reason' in answer ? answer.reason : answer.kind };
}

/** A call nobody answers shall not keep the job from being stepped again. */
function bounded<T>(clock: Clock, work: Promise<T>): Promise<T> {
  return within(clock, limits.bulkCallMs, work);
}
