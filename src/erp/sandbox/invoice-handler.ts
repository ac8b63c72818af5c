// invoice.post on the sandbox ERP, which takes two writes: a draft of the order, then its posting.
// A draft found by the key is resumed, never made again; "nothing to invoice" is read before it is believed.

import type { ErpCall, OperationHandler, Performed } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import { keyedBody, lookupByKey } from './keyed-document.ts';
import { find, type SandboxOptions, verifyAnswer, write } from './sandbox-calls.ts';
import { transition } from './transition.ts';

const invoices = '/api/invoices';

type Call = ErpCall<InputOf<typeof invoicePost>>;

export function createInvoiceHandler(options: SandboxOptions): OperationHandler<typeof invoicePost> {
  return {
    lookup: (call) => lookupByKey(call, invoices),
    perform: async (call, unfinished) => {
      if (isJsonObject(unfinished)) return postDraft(call, unfinished, options);
      const body = keyedBody(call.input, call.key);
      const request = { method: 'POST', path: invoices, body } as const;
      const answer = await write(call, request, { options, step: 'create' });
      if (answer.kind === 'rejected' && answer.code === 'nothing_to_invoice') {
        return (await findPosted(call)) ?? answer;
      }
      if (answer.kind !== 'answer') return answer;
      if (isJsonObject(answer.json)) return postDraft(call, answer.json, options);
      return { kind: 'answer_lost', message: 'the ERP answered success and showed no invoice' };
    },
    verify: verifyAnswer,
  };
}

async function postDraft(call: Call, draft: JsonObject, options: SandboxOptions): Promise<Performed> {
  const body = { whenLocked: call.input.whenLocked };
  const posting = { collection: invoices, document: draft, verb: 'post', goal: 'posted', body } as const;
  const posted = await transition(call, posting, options);
  if (posted.kind !== 'rejected' || posted.code !== 'nothing_to_invoice') return posted;
  return (await findPosted(call)) ?? posted;
}

/** The order's posted invoice, whoever made it: the goal was reached. Null: the refusal stands. */
async function findPosted(call: Call): Promise<Performed | null> {
  const found = await find(call, invoices, { orderId: call.input.orderId });
  if (found.kind !== 'found') return found;
  const posted = found.documents.find(({ state }) => state === 'posted');
  return posted === undefined ? null : { kind: 'performed', answer: posted, already: true };
}
