// Jobs of an ERP that finishes a write later: how an answer names one, and how it is asked after. Reads only. A job the ERP has
// forgotten, or that is done and shows no document, is left to the look-up.

import type { ErpCall, Performed, Polled } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { CompiledJob, CompiledOperation } from './compiled.ts';
import { allHold } from './condition.ts';
import { type Place, readPlace, type Scope, toJsonPath } from './place.ts';
import { brokenAt, readHttpAnswer, refusalOf } from './read-answer.ts';
import { renderCall } from './render-call.ts';
import { findDocument } from './search.ts';

export function readAccepted(job: CompiledJob, scope: Scope): Performed {
  const value = readPlace(job.id, scope);
  const jobRef = typeof value === 'number' ? String(value) : value;
  if (typeof jobRef !== 'string' || jobRef === '') {
    return brokenAt(toJsonPath(job.id.segments), 'the id of a job', value);
  }
  return { kind: 'accepted', jobRef, pollAfterMs: readNumber(job.pollAfterMs, scope) ?? job.everyMs };
}

export async function pollHttpJob(asked: {
  readonly operation: CompiledOperation;
  readonly job: CompiledJob;
  readonly call: ErpCall<unknown>;
  readonly jobRef: string;
}): Promise<Polled> {
  const { operation, job, call, jobRef } = asked;
  const rendered = renderCall(job.poll, { call, document: null, job: jobRef }, false);
  if (rendered.kind !== 'request') return rendered;
  const answer = readHttpAnswer(await call.erp.send(rendered.request), operation.rules, false);
  if (answer.kind === 'missing') return { kind: 'job_unknown' };
  // A look that was refused says nothing about the job.
  if (answer.kind === 'rejected' || answer.kind === 'done_before') {
    const { message } = answer.kind === 'rejected' ? answer : answer.refusal;
    return { kind: 'retryable', reason: 'server_error', message };
  }
  if (answer.kind !== 'answer') return answer;
  const { scope } = answer;
  if (allHold(job.working, scope)) {
    const pollAfterMs = readNumber(job.pollAfterMs, scope) ?? job.everyMs;
    return { kind: 'working', pollAfterMs, progress: readNumber(job.progress, scope) };
  }
  if (allHold(job.done, scope)) return readDone(asked, scope);
  return refusalOf(
    { ...operation.rules, error: job.error ?? operation.rules.error },
    scope,
    'the job failed',
  );
}

async function readDone(
  { operation, job, call }: Parameters<typeof pollHttpJob>[0],
  scope: Scope,
): Promise<Polled> {
  const { lookup, goal, rules } = operation;
  const shown = job.document === null ? undefined : readPlace(job.document, scope);
  if (isJsonObject(shown) && allHold(goal, { document: shown })) return { kind: 'performed', answer: shown };
  if (lookup === null)
    return isJsonObject(shown) ? { kind: 'performed', answer: shown } : { kind: 'job_unknown' };
  const found = await findDocument(lookup, rules, { call, document: null });
  if (found.kind !== 'found') return found;
  const { document } = found;
  if (document === null || !allHold(goal, { document })) return { kind: 'job_unknown' };
  return { kind: 'performed', answer: document };
}

function readNumber(place: Place | null, scope: Scope): number | null {
  const value = place === null ? null : readPlace(place, scope);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
