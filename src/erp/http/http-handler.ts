// An operation of a description at work: look up, go through the steps, read back. A step that would make a document is left out
// where one is there; a refusal that may mean "done before" is settled by reading. May not repeat a write by itself.

import type {
  AdapterFailure,
  ErpCall,
  Lookup,
  OperationHandler,
  Performed,
  Verified,
} from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { CompiledOperation, CompiledStep } from './compiled.ts';
import { allHold } from './condition.ts';
import { readPlace, type Scope, toJsonPath } from './place.ts';
import { pollHttpJob, readAccepted } from './poll-http-job.ts';
import { brokenAt, type Refusal, readHttpAnswer } from './read-answer.ts';
import { renderCall, renderValue, toHeaderValue } from './render-call.ts';
import { findDocument } from './search.ts';

type Call = ErpCall<unknown>;
type SendStep = Extract<CompiledStep, { kind: 'send' }>;

export function createHttpHandler(operation: CompiledOperation): OperationHandler {
  const { job } = operation;
  return {
    lookup: (call) => lookUp(operation, call),
    perform: (call, unfinished) => perform(operation, call, unfinished),
    verify: (call, answer) => verify(operation, call, answer),
    ...(job === null
      ? {}
      : { poll: (call: Call, jobRef: string) => pollHttpJob({ operation, job, call, jobRef }) }),
  };
}

async function lookUp({ lookup, goal, rules, shortOfGoal }: CompiledOperation, call: Call): Promise<Lookup> {
  if (lookup === null) return { kind: 'not_found' };
  const found = await findDocument(lookup, rules, { call, document: null });
  if (found.kind !== 'found') return found;
  const { document } = found;
  if (document === null) return { kind: 'not_found' };
  if (allHold(goal, { document })) return { kind: 'found', answer: document };
  return shortOfGoal === 'begun' ? { kind: 'unfinished', answer: document } : { kind: 'not_found' };
}

/** `shown`: the last write's answer held the document, so it is as the write left it. */
type Progress = { readonly document: JsonObject | null; readonly shown: boolean };
type StepEnd = { readonly kind: 'went_on'; readonly progress: Progress } | Performed;

async function perform(
  operation: CompiledOperation,
  call: Call,
  unfinished: JsonValue | null,
): Promise<Performed> {
  let progress: Progress = { document: isJsonObject(unfinished) ? unfinished : null, shown: true };
  for (const [index, step] of operation.steps.entries()) {
    const end =
      step.kind === 'find'
        ? await runFind(operation, { step, call, progress })
        : await runSend(operation, { step, index, call, progress });
    if (end.kind !== 'went_on') return end;
    progress = end.progress;
  }
  const { document, shown } = progress;
  if (document !== null && (shown || operation.read !== null)) return { kind: 'performed', answer: document };
  return performedWithoutAnswer(operation, call);
}

async function runFind(
  { rules, goal }: CompiledOperation,
  { step, call, progress }: { step: Extract<CompiledStep, { kind: 'find' }>; call: Call; progress: Progress },
): Promise<StepEnd> {
  if (progress.document !== null) return { kind: 'went_on', progress };
  const found = await findDocument(step.search, rules, { call, document: null });
  if (found.kind !== 'found') return found;
  const { document } = found;
  if (document === null) return refuseMissing(step, call);
  if (goal.length > 0 && allHold(goal, { document }))
    return { kind: 'performed', answer: document, already: true };
  return { kind: 'went_on', progress: { document, shown: true } };
}

function refuseMissing({ code, field }: { code: string; field: string | null }, call: Call): Refusal {
  const value = field === null || !isJsonObject(call.input) ? undefined : call.input[field];
  const message = `the ERP has no such document${value === undefined ? '' : ` (${JSON.stringify(value)})`}`;
  return { kind: 'rejected', code, message, fieldErrors: field === null ? [] : [{ field, rule: message }] };
}

type Sending = {
  readonly step: SendStep;
  readonly index: number;
  readonly call: Call;
  readonly progress: Progress;
};

async function runSend(operation: CompiledOperation, sending: Sending): Promise<StepEnd> {
  const { step, index, call, progress } = sending;
  const { document } = progress;
  if (document !== null) {
    const isOver = step.unless !== null && allHold(step.unless, { document });
    if (isOver || !step.actsOnDocument) return { kind: 'went_on', progress };
  }
  const rendered = renderCall(step.call, { call, document }, true);
  if (rendered.kind !== 'request') return rendered;
  const { idempotencyHeader: name } = operation;
  // The writes of one operation must not share a key.
  const own = name === null ? {} : { [name]: toHeaderValue(`${call.idempotencyKey}#${index}`) };
  const headers = { ...rendered.request.headers, ...own };
  const answer = readHttpAnswer(await call.erp.send({ ...rendered.request, headers }), operation.rules, true);
  if (answer.kind === 'done_before') return settleDoneBefore(operation, call, answer.refusal);
  if (answer.kind === 'missing') return answer.refusal;
  if (answer.kind !== 'answer') return answer;
  const { job } = operation;
  if (job !== null && allHold(job.when, answer.scope)) return readAccepted(job, answer.scope);
  return readDocument(operation, sending, answer.scope);
}

/** Goal state reached: a duplicate. Else the refusal stands. */
async function settleDoneBefore(
  { doneBefore, lookup, goal, rules }: CompiledOperation,
  call: Call,
  refusal: Refusal,
): Promise<Performed> {
  const search = doneBefore ?? lookup;
  if (search === null) return refusal;
  const found = await findDocument(search, rules, { call, document: null });
  if (found.kind !== 'found') return found;
  const { document } = found;
  const isDone = document !== null && allHold(goal, { document });
  return isDone ? { kind: 'performed', answer: document, already: true } : refusal;
}

async function readDocument(
  operation: CompiledOperation,
  { step, call, progress }: Sending,
  scope: Scope,
): Promise<StepEnd> {
  const { reference } = step;
  if (reference !== null) {
    const value = readPlace(reference.place, scope);
    const text = typeof value === 'number' ? String(value) : value;
    const id =
      typeof text === 'string' && reference.matches !== null ? reference.matches.exec(text)?.[1] : text;
    if (typeof id !== 'string' || id === '') {
      return brokenAt(toJsonPath(reference.place.segments), reference.matches?.source ?? 'an id', value);
    }
    return { kind: 'went_on', progress: { document: { [reference.as]: id }, shown: false } };
  }
  const value = step.document === null ? null : readPlace(step.document, scope);
  if (isJsonObject(value)) return { kind: 'went_on', progress: { document: value, shown: true } };
  if (progress.document !== null) return { kind: 'went_on', progress: { ...progress, shown: false } };
  const found = await lookUp(operation, call);
  const isThere = found.kind === 'found' || found.kind === 'unfinished';
  if (!isThere || !isJsonObject(found.answer)) return noDocument;
  return { kind: 'went_on', progress: { document: found.answer, shown: true } };
}

const noDocument: AdapterFailure = {
  kind: 'answer_lost',
  message: 'the ERP answered success and showed no document',
};

/** A success that says nothing: the document is there, or nobody can tell what happened and the next attempt looks. */
async function performedWithoutAnswer(operation: CompiledOperation, call: Call): Promise<Performed> {
  const { lookup, rules } = operation;
  if (lookup === null) return noDocument;
  const found = await findDocument(lookup, rules, { call, document: null });
  if (found.kind !== 'found' || found.document === null) return noDocument;
  return { kind: 'performed', answer: found.document };
}

async function verify(operation: CompiledOperation, call: Call, answer: JsonValue): Promise<Verified> {
  let document = answer;
  if (operation.read !== null) {
    const found = await findDocument(operation.read, operation.rules, { call, document });
    if (found.kind !== 'found') return found;
    if (found.document === null)
      return { kind: 'answer_lost', message: 'the document could not be read back' };
    document = found.document;
  }
  const output = renderValue(operation.output, { call, document });
  return output.kind === 'value' ? { kind: 'verified', output: output.value } : output;
}
