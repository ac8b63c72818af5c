// The batch form of an operation: the same intent for many records in one call. Its input, output and rules follow from the
// record's own operation. Pure.

import * as z from 'zod';
import type { BatchForm } from '../core/batch.ts';
import type { Operation } from '../core/operation.ts';
import type { ErpDocument } from '../core/outcome.ts';
import { expectEqual } from './compare.ts';
import { documentFields, idField } from './fields.ts';

/** Records of one batch: what common ERPs take in one transaction (Business Central and Dynamics 100, Xero 50 to 100). */
export const maxBatchRecords = 100;

type BatchOf<RecordInput> = { batchId: string; records: RecordInput[] };

export type BatchOutput = ErpDocument & {
  readonly recordCount: number;
  readonly doneCount: number;
  readonly failedCount: number;
};

export function defineBatchOperation<const Name extends string, RecordInput>(batch: {
  readonly name: Name;
  readonly record: Operation<string, RecordInput> & { readonly input: z.ZodType<RecordInput> };
  recordId(record: RecordInput): string;
}): Operation<Name, BatchOf<RecordInput>, BatchOutput, 'per_subject', false> & { readonly batch: BatchForm } {
  const { name, record } = batch;
  const idOf = (candidate: unknown): string | null => {
    const id = isObject(candidate) ? batch.recordId(candidate as RecordInput) : null;
    return typeof id === 'string' && id.trim() !== '' ? id : null;
  };
  const list = <T>(item: z.ZodType<T>) => z.array(item).min(1).max(maxBatchRecords);
  return {
    name,
    version: record.version,
    requires: record.requires,
    repeats: 'per_subject',
    replacesState: false,
    keyFields: ['batchId'],
    input: z
      .strictObject({ batchId: idField, records: list(record.input) })
      .superRefine(({ records }, context) => {
        const first = new Map<string, number>();
        for (const [index, item] of records.entries()) {
          const id = idOf(item) ?? '';
          const earlier = first.get(id);
          if (earlier === undefined) first.set(id, index);
          else {
            const message = `must be there once: records[${earlier}] is ${id} too`;
            context.addIssue({ code: 'custom', path: ['records', index], message });
          }
        }
      }),
    output: z.object({
      ...documentFields,
      recordCount: z.number(),
      doneCount: z.number(),
      failedCount: z.number(),
    }),
    identify: ({ batchId }) => ({ entity: { kind: name, id: batchId }, subject: batchId }),
    compare: (_input, output) => expectEqual('state', 'done', output.state),
    batch: {
      record: record as unknown as BatchForm['record'],
      envelope: z.strictObject({ batchId: idField, records: list(z.unknown()) }),
      recordId: idOf,
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
