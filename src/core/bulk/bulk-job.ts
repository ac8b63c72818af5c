// A bulk job: one act on everything that matches a filter, done at a rate, seen while it runs, and cancelled by whoever may. What it
// is, and how it changes with each thing that happens to it. Pure: the clock is passed in; who may see it is said in bulk-view.ts.

import type { AccessView } from '../identity/access-view.ts';
import type { Scope } from '../identity/scopes.ts';
import type { JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import type { BulkPlace, BulkStepAct, BulkStepAnswer } from '../sequencer/bulk-replay-messages.ts';
import type { DeliveryFilter } from '../sequencer/messages.ts';

export const bulkActs = ['replay', 'skip', 'resolve', 'release'] as const;

export type BulkAct = (typeof bulkActs)[number];

export type BulkStatus = 'running' | 'succeeded' | 'cancelled' | 'failed';

/** Why it did not come to its end, in a word and a sentence. */
export type BulkProblem = { readonly code: string; readonly message: string };

/** The newest first. `replayOf`: what a replay is of; `deliveryId` is then the new one. */
export type BulkTouched = { readonly deliveryId: string; readonly replayOf?: string };

export type BulkRefused = { readonly deliveryId: string; readonly reason: string };

/** Who started it: what it does is checked against this credential at each step. */
export type BulkStarter = {
  readonly actor: string;
  /** Null: the bootstrap key. */
  readonly credentialId: string | null;
  /** What it saw when it started the job: the job takes no more than this. */
  readonly view: AccessView;
};

export type StartBulkJob = {
  /** `bulk_…` */
  readonly id: string;
  readonly act: BulkAct;
  /** Of `resolve` only. */
  readonly as: 'done' | 'dropped' | null;
  /** As the caller wrote it. */
  readonly shownFilter: Readonly<Record<string, JsonValue>>;
  /** With the status of what the act takes; without a view. */
  readonly filter: DeliveryFilter;
  readonly reason: string;
  readonly ratePerSecond: number;
  /** At most so many deliveries are done. */
  readonly limit: number;
  readonly starter: BulkStarter;
};

/** Where it goes on: the place in the list of partitions, and what it came to there. */
export type BulkCursor = {
  readonly partitionIndex: number;
  readonly after: BulkPlace | null;
  /** Rises with each step that a partition took: the same number again is the same step. */
  readonly stepNumber: number;
};

/** It crosses a deploy and a rollback as a row: add optional fields, never change what a field means. */
export type BulkJob = StartBulkJob & {
  readonly status: BulkStatus;
  /** Places that matched at the start, at most `limit`; null: not counted yet. */
  readonly total: number | null;
  readonly doneCount: number;
  readonly refusedCount: number;
  /** The first ones. */
  readonly refusals: readonly BulkRefused[];
  /** The newest ones. */
  readonly touched: readonly BulkTouched[];
  readonly cursor: BulkCursor;
  /** Epoch ms; nothing that died or was held after it is taken, so that a job cannot feed itself. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
  /** When its next step is due, epoch ms. */
  readonly nextStepAt: number;
  /** Of an unbroken run of steps that failed: since when, and how many. */
  readonly failing: { readonly since: number; readonly count: number } | null;
  readonly problem: BulkProblem | null;
  /** Who cancelled it, and why. */
  readonly cancelled: { readonly by: string; readonly note: string } | null;
  /** Whether the audit has its start, and its end. */
  readonly audited: { readonly start: boolean; readonly end: boolean };
};

export function startBulkJob(start: StartBulkJob, now: number): BulkJob {
  return {
    ...start,
    status: 'running',
    total: null,
    doneCount: 0,
    refusedCount: 0,
    refusals: [],
    touched: [],
    cursor: { partitionIndex: 0, after: null, stepNumber: 0 },
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
    nextStepAt: now,
    failing: null,
    problem: null,
    cancelled: null,
    audited: { start: false, end: false },
  };
}

/** What a sequencer is asked to do. */
export function stepActOf({ act, as }: Pick<BulkJob, 'act' | 'as'>): BulkStepAct {
  if (act === 'replay') return 'replayed';
  if (act === 'release') return 'released';
  return act === 'resolve' && as === 'done' ? 'done' : 'dropped';
}

/** The scope its caller needs, as for the act on one delivery. */
export function scopeOf(act: BulkAct): Scope {
  return act === 'replay' ? 'deliveries:replay' : 'deliveries:manage';
}

/** The status of what the act takes. */
export function statusFor(act: BulkAct): 'dead_lettered' | 'held' {
  return act === 'release' ? 'held' : 'dead_lettered';
}

export function countedBulkJob(job: BulkJob, count: number, now: number): BulkJob {
  return { ...job, total: Math.min(count, job.limit), updatedAt: now };
}

/** How many more it may do. */
export function leftOf({ limit, doneCount }: Pick<BulkJob, 'limit' | 'doneCount'>): number {
  return Math.max(0, limit - doneCount);
}

/** After one partition answered. An ended job takes in what a step under way had done; it stays ended. */
export function withStep(job: BulkJob, answer: BulkStepAnswer, now: number): BulkJob {
  const { touched, refused, last, hasMore } = answer;
  const { partitionIndex, after, stepNumber } = job.cursor;
  const took = touched.length + refused.length;
  return {
    ...job,
    doneCount: job.doneCount + touched.length,
    refusedCount: job.refusedCount + refused.length,
    touched: [...[...touched].reverse(), ...job.touched].slice(0, limits.maxBulkListed),
    refusals: [...job.refusals, ...refused].slice(0, limits.maxBulkListed),
    cursor: {
      partitionIndex: hasMore ? partitionIndex : partitionIndex + 1,
      after: hasMore ? (last ?? after) : null,
      stepNumber: took > 0 ? stepNumber + 1 : stepNumber,
    },
    updatedAt: now,
  };
}

/** The next step is a beat after the one that began at `startedAt`, epoch ms. */
export function restedBulkJob(job: BulkJob, startedAt: number): BulkJob {
  return { ...job, nextStepAt: startedAt + limits.bulkStepMs, failing: null };
}

export function endBulkJob(
  job: BulkJob,
  end: {
    readonly status: Exclude<BulkStatus, 'running'>;
    readonly problem?: BulkProblem;
    readonly now: number;
  },
): BulkJob {
  if (job.status !== 'running') return job;
  const { status, problem = null, now } = end;
  return { ...job, status, problem, finishedAt: now, updatedAt: now, failing: null };
}

export function cancelBulkJob(
  job: BulkJob,
  act: { readonly by: string; readonly note: string; readonly now: number },
): BulkJob {
  if (job.status !== 'running') return job;
  const { by, note, now } = act;
  return { ...endBulkJob(job, { status: 'cancelled', now }), cancelled: { by, note } };
}

/** A step that could not be done is tried again, later and later; after `bulkGiveUpMs` of nothing else the job is failed. */
export function failedStep(job: BulkJob, problem: BulkProblem, now: number): BulkJob {
  const { since = now, count = 0 } = job.failing ?? {};
  if (now - since >= limits.bulkGiveUpMs) return endBulkJob(job, { status: 'failed', problem, now });
  const waitMs = Math.min(limits.bulkRetryCapMs, limits.bulkStepMs * 2 ** Math.min(count, 10));
  return { ...job, failing: { since, count: count + 1 }, nextStepAt: now + waitMs };
}

/** When it will have done all, epoch ms; null: it has ended, or nobody can say yet. */
export function estimatedEndAt(job: BulkJob, now: number): number | null {
  if (job.status !== 'running' || job.total === null) return null;
  const left = Math.max(0, job.total - job.doneCount - job.refusedCount);
  return now + Math.ceil((left / job.ratePerSecond) * 1_000);
}
