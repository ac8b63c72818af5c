// Asks after a job of the sandbox ERP. A finished one holds the answer the write would have had.
// Reads only. A job that ended in a draft, or that the ERP has forgotten, is left to the look-up by key.

import type { ErpCall, Polled } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { contractBroken, readAnswer } from './read-answer.ts';

export async function pollJob(call: ErpCall<unknown>, jobRef: string): Promise<Polled> {
  const path = `/api/jobs/${encodeURIComponent(jobRef)}`;
  const answer = readAnswer(await call.erp.send({ method: 'GET', path, write: false }), false);
  if (answer.kind === 'rejected' && answer.code === 'unknown_document') return { kind: 'job_unknown' };
  // A look that was refused says nothing about the job.
  if (answer.kind === 'rejected')
    return { kind: 'retryable', reason: 'server_error', message: answer.message };
  if (answer.kind !== 'answer') return answer;
  if (!isJsonObject(answer.json)) return contractBroken('$', 'object', answer.json);
  const { status, pollAfterMs, progress = null, result } = answer.json;
  if (status === 'working') {
    if (typeof pollAfterMs !== 'number') return contractBroken('$.pollAfterMs', 'number', pollAfterMs);
    return { kind: 'working', pollAfterMs, progress: typeof progress === 'number' ? progress : null };
  }
  return isJsonObject(result) ? readResult(result) : contractBroken('$.result', 'object', result);
}

function readResult({ status, body }: JsonObject): Polled {
  if (typeof status !== 'number') return contractBroken('$.result.status', 'number', status);
  const read = readAnswer({ kind: 'response', status, headers: {}, json: body, text: '' }, true);
  if (read.kind !== 'answer') return read;
  if (isJsonObject(read.json) && read.json.state === 'draft') return { kind: 'job_unknown' };
  return { kind: 'performed', answer: read.json };
}
