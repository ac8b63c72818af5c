// A bulk job as the admin API shows it. Whoever sees the job sees all that it touches, so nothing of it is left out.

import { type BulkJob, estimatedEndAt } from '../core/bulk/bulk-job.ts';
import { toIso } from './to-wire.ts';

export function toWireBulkJob(job: BulkJob, now: number) {
  const { id, act, as, shownFilter: filter, reason, status, ratePerSecond, limit, total, problem } = job;
  return {
    ...{ id, act, ...(as === null ? {} : { as }), filter, reason, actor: job.starter.actor, status },
    ...{ ratePerSecond, limit, total, done: job.doneCount, refused: job.refusedCount },
    ...{ refusals: job.refusals, deliveryIds: job.touched },
    createdAt: toIso(job.createdAt),
    updatedAt: toIso(job.updatedAt),
    finishedAt: toIso(job.finishedAt),
    estimatedEndAt: toIso(estimatedEndAt(job, now)),
    ...(problem === null ? {} : { problem }),
    ...(job.cancelled === null ? {} : { cancelled: job.cancelled }),
    redacted: [] as readonly string[],
  };
}

export function bulkJobPath(id: string): string {
  return `/admin/replays/${id}`;
}
