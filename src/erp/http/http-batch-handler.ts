// A batch of a description at work: one call for all records, and each record's end read from the answer. What a record did is
// looked up and shown as its own operation says. May not repeat a write by itself.

import type {
  AdapterFailure,
  BatchCall,
  BatchHandler,
  BatchPerformed,
  BatchRecord,
  OperationHandler,
  RecordDone,
  RecordRefused,
} from '../../core/erp.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { oneByOne, toRecordCall } from '../rest/one-by-one.ts';
import type { CompiledBatch } from './compile-batch.ts';
import { allHold } from './condition.ts';
import { readPlace, toJsonPath } from './place.ts';
import { brokenAt, readHttpAnswer, refusalOf } from './read-answer.ts';
import { renderCall, toHeaderValue } from './render-call.ts';

/** @param handler of the records' own operation */
export function createHttpBatch(batch: CompiledBatch, handler: OperationHandler): BatchHandler {
  const each = oneByOne(handler);
  return {
    atomic: batch.atomic !== 'never',
    lookup: each.lookup,
    perform: async (call, { atomic }) => {
      // An ERP that undoes all for one would refuse the good ones, too.
      if (!atomic && batch.atomic === 'always') return each.perform(call, { atomic });
      return perform({ batch, handler, call }, atomic);
    },
  };
}

type Work = { readonly batch: CompiledBatch; readonly handler: OperationHandler; readonly call: BatchCall };

async function perform({ batch, handler, call }: Work, atomic: boolean): Promise<BatchPerformed> {
  const { key, idempotencyKey, erp } = call;
  const records = call.records.map(({ key: own, recordId, input }) => ({ key: own, recordId, input }));
  const asked = { input: { records }, key, idempotencyKey, erp };
  const more = { records: records as JsonValue, atomic };
  const rendered = renderCall(batch.call, { call: asked, document: null, more }, true);
  if (rendered.kind !== 'request') return rendered;
  const { idempotencyHeader: name } = batch.record;
  // What is left of a batch is another request than the batch.
  const own = `${idempotencyKey}#${records.length}/${records[0]?.recordId ?? ''}`;
  const headers = { ...rendered.request.headers, ...(name === null ? {} : { [name]: toHeaderValue(own) }) };
  const answer = readHttpAnswer(await erp.send({ ...rendered.request, headers }), batch.rules, true);
  if (answer.kind === 'missing' || answer.kind === 'done_before') return withPlaces(call, answer.refusal);
  if (answer.kind === 'rejected') return withPlaces(call, answer);
  if (answer.kind !== 'answer') return answer;
  const results = readPlace(batch.results, answer.scope);
  const path = toJsonPath(batch.results.segments);
  if (!Array.isArray(results)) return brokenAt(path, 'array', results);
  if (results.length !== records.length) return brokenAt(path, `${records.length} results`, results);
  const work = { batch, handler, call };
  return (atomic ? refuseAll(work, results, path) : null) ?? readResults(work, results);
}

type Refused = Extract<AdapterFailure, { kind: 'rejected' }>;

/** The ERP counts what it was sent, and the caller what it gave. */
function withPlaces({ records }: BatchCall, refusal: Refused): Refused {
  const fieldErrors = refusal.fieldErrors.map(({ field, rule }) => {
    const [, index, rest = ''] = /^records\[(\d+)\](.*)$/.exec(field) ?? [];
    const record = index === undefined ? undefined : records[Number(index)];
    return { field: record === undefined ? field : `records[${record.index}]${rest}`, rule };
  });
  return { ...refusal, fieldErrors };
}

/** All or none, told record by record: null where all were done. One that was done beside one that was not breaks the word. */
function refuseAll(work: Work, results: readonly JsonValue[], path: string): AdapterFailure | null {
  const { batch, call } = work;
  const open = results.flatMap((item, index) => (allHold(batch.done, { item }) ? [] : [{ item, index }]));
  const [first] = open;
  if (first === undefined) return null;
  if (open.length < results.length) return brokenAt(`${path}[${first.index}]`, 'all or none', first.item);
  const comesAgain = ({ item }: { item: JsonValue }) =>
    batch.again !== null && allHold(batch.again, { item });
  if (open.some(comesAgain)) {
    const message = refusalIn(batch, open.find(comesAgain)?.item ?? null).message;
    return { kind: 'retryable', reason: 'conflict', message };
  }
  // What is told of the others is that they were undone: the first with a field of its own is the cause.
  const refusals = open.map(({ item, index }) => ({ index, refusal: refusalIn(batch, item) }));
  const cause = refusals.find(({ refusal }) => refusal.fieldErrors.length > 0) ?? refusals[0];
  if (cause === undefined) return null;
  const fieldErrors = refusals.flatMap(({ index, refusal }) =>
    refusal.fieldErrors.map(({ field, rule }) => ({ field: `records[${index}].${field}`, rule })),
  );
  return withPlaces(call, { ...cause.refusal, fieldErrors });
}

const refusalIn = ({ record, error }: CompiledBatch, item: JsonValue): Refused =>
  refusalOf({ ...record.rules, error }, { item }, 'the ERP did not do the record');

async function readResults(work: Work, results: readonly JsonValue[]): Promise<BatchPerformed> {
  const done: RecordDone[] = [];
  const refused: RecordRefused[] = [];
  for (const [index, record] of work.call.records.entries()) {
    const ended = await readResult(work, record, results[index] ?? null);
    if (ended.kind === 'done') done.push(ended.done);
    else if (ended.kind === 'refused') refused.push(ended.refused);
    else return ended;
  }
  return { kind: 'performed', done, refused };
}

type RecordEnd =
  | { readonly kind: 'done'; readonly done: RecordDone }
  | { readonly kind: 'refused'; readonly refused: RecordRefused }
  | Extract<AdapterFailure, { kind: 'answer_lost' }>;

async function readResult(work: Work, record: BatchRecord, item: JsonValue): Promise<RecordEnd> {
  const { batch } = work;
  const { recordId } = record;
  const scope = { item };
  if (allHold(batch.done, scope)) {
    const document = batch.document === null ? null : readPlace(batch.document, scope);
    return showDone(work, record, isJsonObject(document) ? document : null);
  }
  // The others may be done: what is found is not done again.
  if (batch.again !== null && allHold(batch.again, scope))
    return { kind: 'answer_lost', message: `record ${recordId} has to come again` };
  const { kind: _kind, ...refusal } = refusalIn(batch, item);
  const refused: RecordEnd = { kind: 'refused', refused: { ...refusal, recordId } };
  if (batch.doneBefore === null || !allHold(batch.doneBefore, scope)) return refused;
  const shown = await lookUp(work, record);
  return shown.kind === 'none' ? refused : shown;
}

/** From the document in the answer, or from the one that its operation finds. */
async function showDone(work: Work, record: BatchRecord, document: JsonValue | null): Promise<RecordEnd> {
  if (document !== null) return show(work, record, document);
  const found = await lookUp(work, record);
  return found.kind === 'none' ? unread(record) : found;
}

async function lookUp(work: Work, record: BatchRecord): Promise<RecordEnd | { readonly kind: 'none' }> {
  const found = await work.handler.lookup(toRecordCall(work.call, record));
  if (found.kind === 'found') return show(work, record, found.answer);
  return found.kind === 'not_found' || found.kind === 'unfinished' ? { kind: 'none' } : unread(record);
}

async function show({ handler, call }: Work, record: BatchRecord, answer: JsonValue): Promise<RecordEnd> {
  const verified = await handler.verify(toRecordCall(call, record), answer);
  if (verified.kind !== 'verified') return unread(record);
  return { kind: 'done', done: { recordId: record.recordId, answer: verified.output } };
}

const unread = ({ recordId }: BatchRecord): RecordEnd => ({
  kind: 'answer_lost',
  message: `record ${recordId} could not be read`,
});
