// Asks after a job of NetSuite. A job that ended says little: what it made is found by its external id; where nothing is there,
// the result of its task says why. Reads only.

import type { ErpCall, Polled } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Found } from '../rest/keyed-operation.ts';
import { broken, objectsOf, readRest, textOf } from '../rest/read-rest.ts';
import { netsuiteDialect } from './netsuite-errors.ts';
import { pollAfterMs } from './netsuite-options.ts';

type Names = Readonly<Record<string, string>>;

export function pollNetsuiteJob<Input>(find: (call: ErpCall<Input>) => Promise<Found>, fieldNames: Names) {
  return async (call: ErpCall<Input>, jobRef: string): Promise<Polled> => {
    const job = await read(call, `/services/rest/async/v1/job/${encodeURIComponent(jobRef)}`, fieldNames);
    if (job.kind === 'rejected' && job.code === 'not_found') return { kind: 'job_unknown' };
    if (job.kind !== 'answer') return job;
    const { completed, progress } = isJsonObject(job.json) ? job.json : {};
    if (typeof completed !== 'boolean') return broken('$.completed', 'boolean', completed);
    if (!completed) return { kind: 'working', pollAfterMs, progress: shareOf(textOf(progress)) };
    const found = await find(call);
    if (found.kind !== 'document') return found;
    if (found.document !== null) return { kind: 'performed', answer: found.document };
    return whyNothing(call, jobRef, fieldNames);
  };
}

/** The task's own answer. One that says it worked, and a document that is not there, is nothing to go on. */
async function whyNothing(call: ErpCall<unknown>, jobRef: string, fieldNames: Names): Promise<Polled> {
  const root = `/services/rest/async/v1/job/${encodeURIComponent(jobRef)}/task`;
  const tasks = await read(call, root, fieldNames);
  if (tasks.kind !== 'answer') return tasks;
  const [first] = objectsOf(isJsonObject(tasks.json) ? tasks.json.items : undefined);
  const link = objectsOf(first?.links).map(({ href }) => textOf(href))[0] ?? '';
  const id = textOf(first?.id) || (/\/task\/([A-Za-z0-9_-]+)/.exec(link)?.[1] ?? '');
  if (id === '') return broken('$.items[0].id', 'string', undefined);
  const result = await read(call, `${root}/${encodeURIComponent(id)}/result`, fieldNames);
  if (result.kind !== 'answer') return result;
  return { kind: 'answer_lost', message: 'the job ended, and what it should have made is not there' };
}

async function read({ erp }: ErpCall<unknown>, path: string, fieldNames: Names) {
  const sent = await erp.send({ method: 'GET', path, write: false });
  return readRest(netsuiteDialect, sent, { isWrite: false, fieldNames });
}

/** `succeeded`, `processing` or a percentage. */
function shareOf(progress: string): number | null {
  const percent = /^(\d{1,3})(?:\.\d+)?%?$/.exec(progress)?.[1];
  return percent === undefined ? null : Math.min(1, Number(percent) / 100);
}
