// POST /operations/:operation: runs an intent directly. The key makes it idempotent (IETF draft Idempotency-Key), `Prefer`
// says how long the caller waits (RFC 7240) before it becomes a job. What may run is decided behind it.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { directSourceOf } from '../core/identity/caller.ts';
import { limits } from '../core/limits.ts';
import { isAllowedCallback } from '../core/notice.ts';
import { hasEnded, type Job, readJob } from '../pipeline/read-job.ts';
import { type RunAnswer, runOperation } from '../pipeline/run-operation.ts';
import { stageOf } from '../pipeline/trace-accept.ts';
import type { RequestTrace } from '../pipeline/tracing.ts';
import { boundedBody, jsonOnly, validBody } from './admin/validate.ts';
import { idempotencyKeyRule, readIdempotencyKey } from './idempotency-key.ts';
import { jobPath, toWireJob } from './jobs.ts';
import { readPrefer } from './prefer.ts';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';
import { traced } from './traced.ts';

export const runBody = z.strictObject({
  input: z.unknown(),
  target: z.string().min(1).max(limits.maxIdCharacters).optional(),
  callbackUrl: z.string().max(limits.maxCallbackUrlCharacters).optional(),
  batch: z.enum(['all_or_nothing', 'partial'], 'must be all_or_nothing or partial').optional(),
});

export function routeOperations(app: Hono<HttpEnv>): void {
  app.post('/operations/:operation', boundedBody, jsonOnly, validBody(runBody), (c) => {
    const services = c.get('services');
    const of = { tracing: services.tracing, method: 'POST', route: '/operations/:operation' };
    return traced(of, (trace) => answerOperation(c, c.req.valid('json'), trace));
  });
}

async function answerOperation(
  c: Context<HttpEnv>,
  body: z.infer<typeof runBody>,
  trace: RequestTrace | null,
): Promise<Response> {
  const services = c.get('services');
  const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'));
  if (idempotencyKey === null) return problem(c, 'idempotency_key_missing', { detail: idempotencyKeyRule });
  const { input, target = null, batch, callbackUrl } = body;
  const origins = services.config.callbacks?.origins ?? [];
  if (callbackUrl !== undefined && !isAllowedCallback(callbackUrl, origins))
    return problem(c, 'invalid_input', { errors: [{ field: 'callbackUrl', rule: callbackRule }] });
  const operation = c.req.param('operation') ?? '';
  const requestId = c.get('requestId');
  trace?.adopt({ headers: readTraceHeaders(c), repeatedHeaders: [] });
  trace?.note({ 'holdfast.request_id': requestId });
  const asked = {
    ...{ operation, target, batch, callbackUrl, input, ...byCaller(c), idempotencyKey, requestId },
    ...(trace === null ? {} : { trace: trace.toKeep() }),
  };
  const isWell = (taken: RunAnswer): boolean => taken.kind === 'taken';
  const answer = await stageOf({ trace }, { name: 'claim', isWell }, () => runOperation(services, asked));
  if (answer.kind !== 'taken') return refuse(c, answer);
  noteRun(c, operation, target);
  const { hash, isFirst } = answer;
  const ids = { requestId, operation, job: `job_${hash}`, isFirst };
  const traceId = trace === null ? {} : { traceId: trace.traceId() };
  services.telemetry.log('info', 'operation.requested', { ...ids, ...traceId });
  const wait = readPrefer(c.req.header('prefer'), { defaultMs: limits.operationWaitMs });
  const job = await waitFor(services, hash, isFirst ? wait.waitMs : 0);
  if (job === null) return problem(c, 'not_found');
  if (hasEnded(job.status) && (!isFirst || !wait.isAsync)) return toAnswer(c, job);
  const headers = { location: jobPath(job), 'retry-after': '1' };
  if (!isFirst && !wait.isAsync)
    return problem(c, 'operation_in_progress', { detail: `It is ${jobPath(job)}.`, headers });
  return c.json(toWireJob(job), 202, { ...headers, ...wait.applied });
}

/** Repeated fields come joined, and such a `traceparent` is none. */
function readTraceHeaders(c: Context<HttpEnv>): Readonly<Record<string, string>> {
  const names = ['traceparent', 'tracestate'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = c.req.header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Callers cannot meet each other's keys, nor see each other's requests. */
function byCaller(c: Context<HttpEnv>) {
  const { actor, credentialId, view } = c.get('caller');
  return { credential: actor, source: directSourceOf(credentialId), grants: view.grants };
}

function noteRun(c: Context<HttpEnv>, operation: string, target: string | null): void {
  const { credentialId } = c.get('caller');
  if (credentialId === null) return;
  c.get('services').identities.noteUse({ credentialId, what: `${operation} ${target ?? '*'}` });
}

const callbackRule = 'must be of one of the origins in CALLBACK_ORIGINS';

/** Looks more and more seldom: most end within the first few looks, and each is two calls. */
async function waitFor(services: HttpServices, hash: string, waitMs: number): Promise<Job | null> {
  const until = services.clock.now() + waitMs;
  for (let pauseMs: number = limits.jobLookMs; ; pauseMs = Math.min(pauseMs * 2, limits.maxJobLookMs)) {
    const job = await readJob(services, hash);
    const leftMs = until - services.clock.now();
    if (job === null || hasEnded(job.status) || leftMs <= 0) return job;
    await services.clock.wait(Math.min(pauseMs, leftMs));
  }
}

/** The answer of one that has ended: the same, however often it is asked for. */
function toAnswer(c: Context<HttpEnv>, job: Job): Response {
  const headers = { 'content-location': jobPath(job) };
  const state = job.delivery?.state;
  if (job.status === 'succeeded') return c.json(toWireJob(job), 200, headers);
  if (state?.status !== 'dead_lettered')
    return problem(c, 'operation_cancelled', { detail: `See ${jobPath(job)}.`, headers });
  const code = state.reason === 'rejected' ? 'operation_rejected' : 'operation_failed';
  return problem(c, code, { detail: `${state.code}: ${state.message}`, headers });
}

async function refuse(c: Context<HttpEnv>, answer: Exclude<RunAnswer, { kind: 'taken' }>): Promise<Response> {
  switch (answer.kind) {
    case 'unknown_operation':
      return problem(c, 'unknown_operation');
    case 'not_granted': {
      const what = `${answer.operation} on ${answer.target ?? 'any target'}`;
      await c.get('refusals').note({ caller: c.get('caller'), what, on: '', missing: `a grant of ${what}` });
      return problem(c, 'not_granted', { detail: `It needs a grant of ${what}.` });
    }
    case 'invalid_target':
      return problem(c, 'invalid_input', { errors: [{ field: 'target', rule: answer.message }] });
    case 'invalid_input':
      return problem(c, 'invalid_input', { detail: answer.message, errors: answer.fieldErrors });
    case 'key_reused':
      return problem(c, 'idempotency_key_reused', { headers: { location: `/jobs/job_${answer.hash}` } });
  }
}
