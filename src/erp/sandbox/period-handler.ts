// period.close on the sandbox ERP, which always takes it as a job.
// Books that are closed so far already are the goal state, whoever closed them: read before the refusal is believed.

import type { ErpCall, OperationHandler, Performed, Polled } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { periodClose } from '../../operations/accounting.ts';
import { keyedBody, lookupByKey, performedWithoutAnswer } from './keyed-document.ts';
import { pollJob } from './poll-job.ts';
import { contractBroken } from './read-answer.ts';
import { findFirst, readDocument, type SandboxOptions, verifyAnswer, write } from './sandbox-calls.ts';

const periods = '/api/periods';

type Call = ErpCall<InputOf<typeof periodClose>>;

export function createPeriodHandler(options: SandboxOptions): OperationHandler<typeof periodClose> {
  return {
    lookup: (call) => lookupByKey(call, periods),
    perform: async (call) => {
      const request = { method: 'POST', path: periods, body: keyedBody(call.input, call.key) } as const;
      const answer = await write(call, request, { options, step: 'close' });
      if (answer.kind !== 'answer') return isClosedAlready(answer) ? readClosed(call, answer) : answer;
      if (isJsonObject(answer.json)) return { kind: 'performed', answer: answer.json };
      return performedWithoutAnswer(call, periods);
    },
    verify: verifyAnswer,
    poll: async (call, jobRef) => {
      const polled = await pollJob(call, jobRef);
      return isClosedAlready(polled) ? readClosed(call, polled) : polled;
    },
  };
}

type Refused = Extract<Performed & Polled, { kind: 'rejected' }>;
type Closed = Extract<Performed, { kind: 'performed' }>;

function isClosedAlready(ended: Performed | Polled | { kind: 'answer' }): ended is Refused {
  return ended.kind === 'rejected' && ended.code === 'already_closed';
}

async function readClosed(
  call: Call,
  refused: Refused,
): Promise<Closed | Exclude<Performed & Polled, Closed>> {
  const company = await readDocument(call, '/api/company');
  if (company.kind !== 'document') return company;
  const { closedThrough = null } = company.document;
  if (closedThrough !== null && typeof closedThrough !== 'string')
    return contractBroken('$.closedThrough', 'string', closedThrough);
  if (closedThrough === null || closedThrough < call.input.through) return refused;
  const newest = await findFirst(call, periods, { newest: '1' });
  if (newest.kind !== 'document') return newest;
  // A lock that was set by hand has no document: what is closed is all there is to show.
  const lock = { documentId: 'company', documentNumber: closedThrough, state: 'closed' };
  return { kind: 'performed', answer: { ...lock, ...newest.document, closedThrough }, already: true };
}
