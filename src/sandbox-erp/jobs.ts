// Jobs: writes the sandbox ERP takes now and does later, where the fault `async` says so. A job is a row, so it survives a
// restart; it is done by whichever call comes first after its time, or by a timer. May not know a business rule.

import type { ErpStore } from './erp-store.ts';
import { refuseUnknown } from './refusal.ts';
import type { Session } from './sessions.ts';

export type JobResult = { readonly status: number; readonly body: unknown };

export type Job = {
  readonly jobId: string;
  readonly createdAt: number;
  readonly dueAt: number;
  readonly session: Session;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly result: JobResult | null;
};

export function createJob(store: ErpStore, job: Omit<Job, 'jobId' | 'result'>): Job {
  const row = store.row('SELECT coalesce(max(number), 0) + 1 AS next FROM jobs');
  const number = Number(row?.next ?? 1);
  const created: Job = { ...job, jobId: `job_${number}_${job.createdAt.toString(36)}`, result: null };
  store.sql.exec(
    'INSERT INTO jobs (number, due_at, job) VALUES (?, ?, ?)',
    number,
    job.dueAt,
    JSON.stringify(created),
  );
  return created;
}

/** Not done yet, and their time has come; the oldest first. */
export function dueJobs(store: ErpStore, now: number): readonly Job[] {
  const rows = store.rows(
    'SELECT job FROM jobs WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY number',
    now,
  );
  return rows.map((row) => JSON.parse(String(row.job)) as Job);
}

export function endJob(store: ErpStore, job: Job, result: JobResult): void {
  const ended = JSON.stringify({ ...job, result });
  store.sql.exec('UPDATE jobs SET due_at = NULL, job = ? WHERE number = ?', ended, numberOf(job.jobId));
}

/** As `GET /api/jobs/:jobId` answers it. */
export function readJob(store: ErpStore, jobId: string, now: number): unknown {
  const row = store.row('SELECT job FROM jobs WHERE number = ?', numberOf(jobId));
  const job = row === null ? null : (JSON.parse(String(row.job)) as Job);
  // A reset counts from one again: an id of before it is no id of a job after it.
  return job?.jobId === jobId ? toAnswer(job, now) : refuseUnknown('job', jobId);
}

/** What a caller is told of a job: the answer to the write itself, and to each look at it. */
export function toAnswer({ jobId, createdAt, dueAt, result }: Job, now: number) {
  if (result !== null) return { jobId, status: result.status < 300 ? 'done' : 'failed', progress: 1, result };
  const wholeMs = Math.max(1, dueAt - createdAt);
  const progress = Math.min(0.99, Math.max(0, Math.round(((now - createdAt) / wholeMs) * 100) / 100));
  return { jobId, status: 'working', progress, pollAfterMs: Math.ceil(wholeMs / 4) };
}

function numberOf(jobId: string): number {
  const number = Number(jobId.split('_')[1]);
  return Number.isSafeInteger(number) ? number : 0;
}
