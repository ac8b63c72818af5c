// GET /jobs/:id: what became of a direct request. `result` where it was done, `problem` where it was not.

import type { Hono } from 'hono';
import { codeOf, reasonOf } from '../core/delivery-filter.ts';
import { type Job, readJob } from '../pipeline/read-job.ts';
import { problem } from './problem.ts';
import type { HttpEnv } from './services.ts';
import { toIso } from './to-wire.ts';

export function routeJobs(app: Hono<HttpEnv>): void {
  app.get('/jobs/:id', async (c) => {
    const hash = /^job_([0-9a-f]{32})$/.exec(c.req.param('id'))?.[1];
    const job = hash === undefined ? null : await readJob(c.get('services'), hash);
    return job === null ? problem(c, 'not_found') : c.json(toWireJob(job));
  });
}

export const jobPath = ({ hash }: Pick<Job, 'hash'>): string => `/jobs/job_${hash}`;

export function toWireJob(job: Job) {
  const { request, delivery, failedRecords } = job;
  const state = delivery?.state;
  const effect = delivery?.effect ?? null;
  const isDone = job.status === 'succeeded' && effect?.kind === 'succeeded';
  return {
    id: `job_${job.hash}`,
    status: job.status,
    operation: request.operation,
    target: request.target,
    deliveryId: delivery?.id ?? null,
    attemptCount: delivery?.attemptCount ?? 0,
    progress: state?.status === 'running' ? state.progress : isDone ? 1 : null,
    result: isDone
      ? {
          how: state === undefined ? null : reasonOf(state),
          document: effect.document,
          failedRecords: failedRecords.map(toWireRecord),
        }
      : null,
    problem:
      state !== undefined && 'message' in state
        ? { reason: reasonOf(state), code: codeOf(state), message: state.message }
        : null,
    callback: job.notice === null ? null : { deliveryId: job.notice.id, status: job.notice.state.status },
    createdAt: toIso(request.createdAt),
    updatedAt: toIso(delivery?.updatedAt ?? request.createdAt),
  };
}

/** A record of a batch that failed: the delivery to replay, and whether that was done since. */
function toWireRecord({ id, own, state }: Job['failedRecords'][number]) {
  return {
    recordId: own?.recordId ?? null,
    deliveryId: id,
    status: state.status,
    code: codeOf(state),
    message: 'message' in state ? state.message : null,
  };
}
