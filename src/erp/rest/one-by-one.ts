// A batch on an ERP that has no call for many: its records are run by their own operation, one after the other. Never all or none. Each
// is looked up first, so that a batch which broke off goes on where it was.

import type {
  AdapterFailure,
  BatchCall,
  BatchHandler,
  BatchPerformed,
  BatchRecord,
  ErpCall,
  OperationHandler,
  RecordDone,
  RecordRefused,
} from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';

/** @param handler of the record's operation; one that may answer with a job cannot be run so */
export function oneByOne(handler: OperationHandler): BatchHandler {
  return {
    atomic: false,
    lookup: async (call) => {
      const done: RecordDone[] = [];
      for (const record of call.records) {
        const each = toRecordCall(call, record);
        const found = await handler.lookup(each);
        if (found.kind === 'not_found' || found.kind === 'unfinished') continue;
        if (found.kind !== 'found') return found;
        const shown = await show(handler, each, found.answer);
        if (shown.kind !== 'shown') return shown;
        done.push({ recordId: record.recordId, answer: shown.output });
      }
      return { kind: 'looked_up', done };
    },
    perform: (call) => performEach(handler, call),
  };
}

async function performEach(handler: OperationHandler, call: BatchCall): Promise<BatchPerformed> {
  const done: RecordDone[] = [];
  const refused: RecordRefused[] = [];
  for (const record of call.records) {
    const ended = await performOne(handler, toRecordCall(call, record));
    if (ended.kind === 'shown') done.push({ recordId: record.recordId, answer: ended.output });
    else if (ended.kind === 'rejected') refused.push({ ...ended, recordId: record.recordId });
    else return ended;
  }
  return { kind: 'performed', done, refused };
}

type Shown = { readonly kind: 'shown'; readonly output: JsonValue } | AdapterFailure;

async function performOne(handler: OperationHandler, call: ErpCall<unknown>): Promise<Shown> {
  const found = await handler.lookup(call);
  if (found.kind === 'found') return show(handler, call, found.answer);
  if (found.kind !== 'not_found' && found.kind !== 'unfinished') return found;
  const done = await handler.perform(call, found.kind === 'unfinished' ? found.answer : null);
  if (done.kind === 'accepted')
    return { kind: 'answer_lost', message: 'the ERP works on a record of the batch' };
  return done.kind === 'performed' ? show(handler, call, done.answer) : done;
}

async function show(handler: OperationHandler, call: ErpCall<unknown>, answer: JsonValue): Promise<Shown> {
  const verified = await handler.verify(call, answer);
  return verified.kind === 'verified' ? { kind: 'shown', output: verified.output } : verified;
}

/** The call of a record's own operation. */
export function toRecordCall(
  { erp, idempotencyKey }: BatchCall,
  { key, input, recordId }: BatchRecord,
): ErpCall<unknown> {
  return { erp, key, input, idempotencyKey: `${idempotencyKey}/${recordId}` };
}
