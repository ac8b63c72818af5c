// Bulk jobs over their rows: starts, lists and cancels them, steps those that are due, and tells audit, alerts and log how they go.
// Whoever owns it calls round() again when it says so. Never does two steps of one job at once.

import {
  type BulkJob,
  type BulkProblem,
  cancelBulkJob,
  failedStep,
  restedBulkJob,
  startBulkJob,
} from '../core/bulk/bulk-job.ts';
import { limits } from '../core/limits.ts';
import type { OperatorAct } from '../core/operator-act.ts';
import type { BulkJobRows, BulkJobs } from './bulk-ports.ts';
import { type Alerts, type AuditLog, PortError, type Telemetry } from './ports.ts';
import { type StepDependencies, stepBulkJob } from './step-bulk-job.ts';

export type BulkJobsDependencies = StepDependencies & {
  readonly audit: Pick<AuditLog, 'record'>;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly telemetry: Telemetry;
};

export type BulkJobsCore = BulkJobs & {
  /** Steps what is due. Never rejects. */
  readonly round: () => Promise<void>;
  /** When the next round has something to do, epoch ms; null: none has. */
  readonly nextRoundAt: () => number | null;
};

export function createBulkJobs(rows: BulkJobRows, deps: BulkJobsDependencies): BulkJobsCore {
  const { clock } = deps;
  /** Steps under way, by job. */
  const steps = new Map<string, Promise<void>>();

  const step = (id: string): Promise<void> => {
    const known = steps.get(id);
    if (known !== undefined) return known;
    const made = stepOnce(rows, deps, id).finally(() => void steps.delete(id));
    steps.set(id, made);
    return made;
  };

  return {
    start: async (start) => {
      if (rows.running().length >= limits.maxRunningBulkJobs) return null;
      rows.save(startBulkJob(start, clock.now()));
      await tellAudit(rows, deps, start.id);
      return read(rows, start.id);
    },
    list: async (page) => rows.list(page),
    find: async (id) => rows.find(id),
    cancel: async (id, { by, note }) => {
      const job = rows.find(id);
      if (job === null) return null;
      if (job.status !== 'running') return { kind: 'ended', job };
      rows.save(cancelBulkJob(job, { by, note, now: clock.now() }));
      await steps.get(id);
      await tellEnd(rows, deps, id);
      return { kind: 'cancelled', job: read(rows, id) };
    },
    round: async () => {
      const now = clock.now();
      await Promise.all(rows.unaudited().map(({ id }) => tellAudit(rows, deps, id)));
      const due = rows.running().filter(({ nextStepAt }) => nextStepAt <= now);
      await Promise.all(due.map(({ id }) => step(id)));
      rows.prune({ before: now - limits.bulkJobRetentionMs, keep: limits.maxEndedBulkJobs });
    },
    nextRoundAt: () => nextRoundAt(rows, clock.now()),
  };
}

function nextRoundAt(rows: BulkJobRows, now: number): number | null {
  const steps = rows.running().map(({ nextStepAt }) => nextStepAt);
  const audits = rows.unaudited().map(() => now + limits.bulkRetryCapMs);
  const all = [...steps, ...audits];
  return all.length === 0 ? null : Math.min(...all);
}

function read(rows: BulkJobRows, id: string): BulkJob {
  const job = rows.find(id);
  if (job === null) throw new Error(`the bulk job ${id} is gone while it is worked on`);
  return job;
}

/** Never rejects: what could not be done is in the job, and done again. */
async function stepOnce(rows: BulkJobRows, deps: BulkJobsDependencies, id: string): Promise<void> {
  const { clock, telemetry } = deps;
  const startedAt = clock.now();
  try {
    await stepBulkJob(deps, { read: () => read(rows, id), save: rows.save });
    const after = read(rows, id);
    if (after.status === 'running') rows.save(restedBulkJob(after, startedAt));
  } catch (error) {
    const problem = toProblem(error);
    telemetry.log('warn', 'bulk_job.step_failed', { job: id, ...problem, error: String(error) });
    const job = read(rows, id);
    if (job.status === 'running') rows.save(failedStep(job, problem, clock.now()));
  }
  // Who cancelled it tells its end itself, when this step is over.
  const { status, cancelled } = read(rows, id);
  if (status !== 'running' && cancelled === null) await tellEnd(rows, deps, id);
}

/** What went wrong inside is for the log alone. */
function toProblem(error: unknown): BulkProblem {
  return error instanceof PortError
    ? { code: 'sequencer_unavailable', message: 'a partition, or the registry, does not answer' }
    : { code: 'internal_error', message: 'a step failed: the log says of what' };
}

async function tellEnd(rows: BulkJobRows, deps: BulkJobsDependencies, id: string): Promise<void> {
  const job = read(rows, id);
  const { act, status, doneCount: done, refusedCount: refused, total, problem, createdAt } = job;
  const durationMs = (job.finishedAt ?? createdAt) - createdAt;
  const fields = { job: id, act, status, done, refused, total, durationMs, problem: problem?.code ?? null };
  deps.telemetry.log(status === 'failed' ? 'error' : 'info', 'bulk_job.ended', fields);
  if (status === 'failed') await alertOf(deps, job);
  await tellAudit(rows, deps, id);
}

/** The start before the end, each once however often it is told. What the audit does not take is told again. */
async function tellAudit(rows: BulkJobRows, deps: BulkJobsDependencies, id: string): Promise<void> {
  try {
    if (!read(rows, id).audited.start) await deps.audit.record(startAct(read(rows, id)));
    const { audited, status } = read(rows, id);
    rows.save({ ...read(rows, id), audited: { ...audited, start: true } });
    if (status === 'running' || audited.end) return;
    await deps.audit.record(endAct(read(rows, id)));
    rows.save({ ...read(rows, id), audited: { start: true, end: true } });
  } catch (error) {
    deps.telemetry.log('error', 'audit.not_written', { job: id, error: String(error) });
  }
}

function startAct(job: BulkJob): OperatorAct {
  const { id, act, starter, createdAt, shownFilter, reason } = job;
  const after = `${id}: ${act} ${JSON.stringify(shownFilter)}`.slice(0, limits.maxNoteCharacters);
  const { actor } = starter;
  return {
    ...{ id: `${id}_started`, at: createdAt, actor, action: 'bulk_started', deliveryId: null },
    ...{ orderingKey: job.filter.orderingKey ?? null, target: job.filter.target ?? null },
    ...{ before: null, after, reason },
  };
}

function endAct(job: BulkJob): OperatorAct {
  const { id, status, starter, createdAt, doneCount, refusedCount, total, cancelled, problem } = job;
  const after = `${id}: ${status}, ${doneCount} done and ${refusedCount} refused of ${total ?? 'an unknown number'}`;
  return {
    ...{ id: `${id}_ended`, at: job.finishedAt ?? createdAt, actor: cancelled?.by ?? starter.actor },
    ...{ action: cancelled === null ? 'bulk_ended' : 'bulk_cancelled', deliveryId: null },
    ...{ orderingKey: job.filter.orderingKey ?? null, target: job.filter.target ?? null },
    ...{ before: 'running', after, reason: cancelled?.note ?? problem?.message ?? job.reason },
  };
}

/** Somebody has to start another one: it stays until a person has seen it, so nothing has to be said of it again. */
async function alertOf({ alerts, telemetry }: BulkJobsDependencies, job: BulkJob): Promise<void> {
  const { id, act, doneCount, total, problem, finishedAt, createdAt } = job;
  const reporter = `bulk/${id}`;
  const condition = {
    rule: 'bulk_job_failed',
    cause: id,
    count: 1,
    since: finishedAt ?? createdAt,
    summary: `The bulk job ${id} (${act}) stopped after ${doneCount} of ${total ?? 'an unknown number'}: ${problem?.message ?? ''}`,
    details: { job: id, act, done: doneCount, total, code: problem?.code ?? null },
  } as const;
  try {
    await alerts.report({ reporter, conditions: [condition] });
    await alerts.report({ reporter, conditions: [] });
  } catch (error) {
    telemetry.log('error', 'alert.not_reported', { reporter, error: String(error) });
  }
}
