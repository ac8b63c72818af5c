// Batches of a simulation: the operation and its adapter, and how the ERP takes them. A partial batch may end in the middle,
// with a part in the books and no answer; a whole one is in the books at one instant or not at all.

import * as z from 'zod';
import type { AdapterFailure, BatchHandler, ErpResponse } from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { Operation } from '../../src/core/operation.ts';
import type { ErpDocument } from '../../src/core/outcome.ts';
import { defineBatchOperation } from '../../src/operations/define-batch-operation.ts';
import { type Faults, times } from './faults.ts';
import type { World } from './world.ts';

type Invoice = { readonly recordId: string; readonly amount: number };

const output = z.looseObject({
  documentId: z.string(),
  documentNumber: z.string(),
  state: z.string(),
}) as unknown as z.ZodType<ErpDocument>;

export const postInvoice = {
  ...{ name: 'invoice.post', version: 1, requires: [], repeats: 'per_subject', replacesState: false },
  ...{ input: z.object({ recordId: z.string(), amount: z.number() }), output, compare: () => [] },
} as const;

export const postInvoices = defineBatchOperation<'invoice.post_many', Invoice>({
  name: 'invoice.post_many',
  record: postInvoice as unknown as Operation<string, Invoice> & { readonly input: z.ZodType<Invoice> },
  recordId: ({ recordId }) => recordId,
});

/** What a batch event carries. */
export function batchOf(eventId: string) {
  const records = ['a', 'b', 'c'].map((recordId) => ({ recordId, amount: 1 }));
  return { batchId: eventId, records };
}

type Sent = { readonly key: string; readonly recordId: string };

type Answered = {
  readonly done: readonly { readonly recordId: string; readonly documentId?: string }[];
  readonly refused: readonly string[];
};

type Failed = (answer: ErpResponse) => AdapterFailure;

export function createBatchHandler(failures: {
  readonly callFailed: (failure: Exclude<Awaited<ReturnType<Send>>, ErpResponse>) => AdapterFailure;
  readonly refused: Failed;
}): BatchHandler {
  const doneIn = ({ done }: Answered) =>
    done.map(({ recordId, documentId = null }) => ({
      recordId,
      answer: { documentId, documentNumber: documentId, state: 'posted' },
    }));
  return {
    atomic: true,
    lookup: async ({ records, erp }) => {
      const keys = JSON.stringify(records.map(({ key, recordId }) => ({ key, recordId })));
      const answer = await erp.send({ method: 'GET', path: '/batches', query: { keys }, write: false });
      if (answer.kind !== 'response') return failures.callFailed(answer);
      if (answer.status !== 200) return failures.refused(answer);
      return { kind: 'looked_up', done: doneIn(answer.json as unknown as Answered) };
    },
    perform: async ({ records, key, erp }, { atomic }) => {
      const sent = records.map((record) => ({ key: record.key, recordId: record.recordId }));
      const body = { key, records: sent, atomic };
      const answer = await erp.send({ method: 'POST', path: '/batches', body, write: true });
      if (answer.kind !== 'response') return failures.callFailed(answer);
      if (answer.status !== 201) return failures.refused(answer);
      const answered = answer.json as unknown as Answered;
      const why = { code: 'period_closed', message: 'the period is closed', fieldErrors: [] };
      return {
        kind: 'performed',
        done: doneIn(answered),
        refused: answered.refused.map((recordId) => ({ recordId, ...why })),
      };
    },
  };
}

type Send = Parameters<BatchHandler['lookup']>[0]['erp']['send'];

/** The ERP's side. `told`: a document as its answers have it now. */
export function createBatchBook(erp: {
  readonly world: World;
  readonly faults: () => Faults;
  readonly isClosed: (key: string) => boolean;
  readonly commit: (key: string, input: JsonValue) => { readonly documentId: string };
  readonly find: (key: string) => { readonly documentId: string } | undefined;
  readonly told: (document: { readonly documentId: string }) => { readonly [field: string]: string };
}) {
  const { world, faults } = erp;
  return {
    write: async (
      records: readonly Sent[],
      atomic: boolean,
    ): Promise<{ readonly status: number; readonly json: JsonValue } | 'lost'> => {
      const refused = records.filter(({ key }) => erp.isClosed(key));
      if (atomic && refused.length > 0) return { status: 422, json: { error: 'period_closed' } };
      const taken = records.filter((record) => !refused.includes(record));
      const isCut = !atomic && world.chance(faults().erpAnswerLost);
      const kept = isCut ? taken.slice(0, world.between(0, taken.length)) : taken;
      const done: { readonly [field: string]: string }[] = [];
      for (const { key, recordId } of kept) {
        done.push({ recordId, ...erp.told(erp.commit(key, null)) });
        // One after the other, where nobody asked for all at once.
        if (!atomic) await world.wait(world.between(0, times.maxRecordMs));
      }
      if (isCut) return 'lost';
      return { status: 201, json: { done, refused: refused.map(({ recordId }) => recordId) } };
    },
    read: (records: readonly Sent[]): JsonValue => {
      const done = records.flatMap(({ key, recordId }) => {
        const found = erp.find(key);
        return found === undefined ? [] : [{ recordId, ...erp.told(found) }];
      });
      return { done, refused: [] };
    },
  };
}
