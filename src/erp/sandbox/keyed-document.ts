// Operations that are one write of one new document: payment, credit note, receipt, stock adjustment.
// The document carries the operation key, by which lookup finds it, and the sender's own id, by which "already done"
// is told from a true refusal. May not repeat a write by itself.

import type { ErpCall, Lookup, OperationHandler, Performed, Polled } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { AnyOperation, InputOf } from '../../core/operation.ts';
import { pollJob } from './poll-job.ts';
import { textField } from './read-answer.ts';
import {
  findFirst,
  type ReadDocument,
  type SandboxOptions,
  verifyAnswer,
  type Write,
  write,
} from './sandbox-calls.ts';

export type KeyedDocument<Input> = {
  /** Where such documents are found, e.g. `/api/payments`. */
  readonly collection: string;
  /** The refused input, or the write. */
  readonly toWrite: (input: Input, key: string) => Write | Extract<Performed, { kind: 'rejected' }>;
  /** The sender's id of the subject as the query that finds it; null where a repeat is no refusal. */
  readonly subject: ((input: Input) => Readonly<Record<string, string>>) | null;
  /** Refusals that may only mean that it was done before. */
  readonly doneCodes: readonly string[];
};

export function keyedDocument<O extends AnyOperation>(
  spec: KeyedDocument<InputOf<O>>,
  options: SandboxOptions,
): OperationHandler<O> {
  return {
    lookup: (call) => lookupByKey(call, spec.collection),
    perform: async (call) => {
      const request = spec.toWrite(call.input, call.key);
      if ('kind' in request) return request;
      const answer = await write(call, request, { options, step: 'create' });
      if (answer.kind === 'rejected' && spec.doneCodes.includes(answer.code)) {
        return (await findDone(call, spec)) ?? answer;
      }
      if (answer.kind !== 'answer') return answer;
      if (isJsonObject(answer.json)) return { kind: 'performed', answer: answer.json };
      return performedWithoutAnswer(call, spec.collection);
    },
    verify: verifyAnswer,
    // A job that was refused may have been done before like any write.
    poll: async (call, jobRef): Promise<Polled> => {
      const polled = await pollJob(call, jobRef);
      if (polled.kind !== 'rejected' || !spec.doneCodes.includes(polled.code)) return polled;
      const done = await findDone(call, spec);
      return done === null || done.kind === 'accepted' ? polled : done;
    },
  };
}

/** What an earlier attempt left under the key. A draft is a start without an end: performing resumes from it. */
export async function lookupByKey(call: ErpCall<unknown>, collection: string): Promise<Lookup> {
  const read = await findFirst(call, collection, { relayKey: call.key });
  if (read.kind !== 'document') return read;
  if (read.document === null) return { kind: 'not_found' };
  return { kind: read.document.state === 'draft' ? 'unfinished' : 'found', answer: read.document };
}

/** The subject's document where it exists: what was refused had been done. Null: the refusal stands. */
async function findDone<Input>(call: ErpCall<Input>, spec: KeyedDocument<Input>): Promise<Performed | null> {
  if (spec.subject === null) return null;
  const read = await findFirst(call, spec.collection, spec.subject(call.input));
  if (read.kind !== 'document') return read;
  return read.document === null ? null : { kind: 'performed', answer: read.document, already: true };
}

/** A success that says nothing: the document is there, or nobody can tell what happened and the next attempt looks. */
export async function performedWithoutAnswer(call: ErpCall<unknown>, collection: string): Promise<Performed> {
  const found = await lookupByKey(call, collection);
  if (found.kind === 'found') return { kind: 'performed', answer: found.answer };
  return { kind: 'answer_lost', message: 'the ERP answered success and showed no document' };
}

/**
 * Of a document that each write replaces: the newest write's key stands on it, an older one's in the audit log. What the
 * older one wrote is what its input says (`written`); what else the document holds, the ERP says.
 */
export async function lookupReplaced(
  call: ErpCall<unknown>,
  { collection, find, written }: ReplacedDocument,
): Promise<Lookup> {
  const newest = await lookupByKey(call, collection);
  if (newest.kind !== 'not_found') return newest;
  const audited = await findFirst(call, '/api/audit', { relayKey: call.key });
  if (audited.kind !== 'document') return audited;
  if (audited.document === null) return { kind: 'not_found' };
  const documentId = textField(audited.document, 'documentId');
  if (typeof documentId !== 'string') return documentId;
  const current = await find(documentId);
  if (current.kind !== 'document') return current;
  return { kind: 'found', answer: { ...current.document, ...written } };
}

type ReplacedDocument = {
  readonly collection: string;
  readonly find: (documentId: string) => Promise<ReadDocument<JsonObject | null>>;
  readonly written: JsonObject;
};

/** The input as the request body, with the key the document will carry. */
export function keyedBody(input: Readonly<Record<string, JsonValue | undefined>>, key: string): JsonValue {
  return { ...input, relayKey: key };
}
