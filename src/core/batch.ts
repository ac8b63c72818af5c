// A batch: one operation over many records, each with an operation key of its own. How its records are told apart, and how
// one of them is run alone when its dead letter is replayed. Pure.

import type { z } from 'zod';
import type { Delivery } from './delivery.ts';
import { isJsonObject } from './json.ts';
import { recordKeyOf } from './keys.ts';
import { limits } from './limits.ts';
import type { AnyOperation } from './operation.ts';
import type { FieldError } from './outcome.ts';
import type { Route } from './route.ts';

/** All or none, or the good ones and a dead letter for each of the others. */
export type BatchPolicy = 'all_or_nothing' | 'partial';

export type BatchForm = {
  /** What each record is by itself, and runs as when its dead letter is replayed. */
  readonly record: AnyOperation;
  /** The batch with its records unlooked at: under `partial` one bad record must not refuse the others. */
  readonly envelope: z.ZodType<BatchInput>;
  /** What tells a record from the others of its batch; null where it does not say. */
  recordId(record: unknown): string | null;
};

export type BatchInput = { readonly batchId: string; readonly records: readonly unknown[] };

export type RecordToRun = {
  readonly recordId: string;
  readonly key: string;
  /** Place in the batch, from 0. */
  readonly index: number;
  /** Validated. */
  readonly input: unknown;
};

export type RefusedRecord = Omit<RecordToRun, 'input'> & {
  readonly input: unknown;
  readonly code: string;
  readonly message: string;
  readonly fieldErrors: readonly FieldError[];
};

export type SplitBatch = {
  readonly records: readonly RecordToRun[];
  /** Refused before the call: by the record's own schema, or because an earlier one has its id. */
  readonly refused: readonly RefusedRecord[];
};

/** `toFieldErrors`: zod's issues in the relay's words, which stand with the operations. */
export function splitBatch(
  batch: { readonly form: BatchForm; readonly operationKey: string; readonly input: BatchInput },
  toFieldErrors: (error: z.ZodError) => FieldError[],
): SplitBatch {
  const { form, operationKey } = batch;
  const records: RecordToRun[] = [];
  const refused: RefusedRecord[] = [];
  const taken = new Set<string>();
  for (const [index, record] of batch.input.records.entries()) {
    const id = form.recordId(record);
    const isTaken = id !== null && taken.has(id);
    const recordId = id === null || isTaken ? `${id ?? 'record'}#${index + 1}` : id;
    taken.add(recordId);
    const place = { recordId, key: recordKeyOf(operationKey, recordId), index, input: record };
    const checked = form.record.input.safeParse(record);
    const fieldErrors = isTaken
      ? [{ field: 'input', rule: `must be there once: an earlier record is ${recordId.split('#')[0]} too` }]
      : checked.success
        ? []
        : toFieldErrors(checked.error);
    if (checked.success && !isTaken) {
      records.push({ ...place, input: checked.data });
      continue;
    }
    const message = fieldErrors.map(({ field, rule }) => `${field} ${rule}`).join('; ');
    refused.push({ ...place, code: isTaken ? 'duplicate_record' : 'invalid_input', message, fieldErrors });
  }
  return { records, refused };
}

/** The route as one of its deliveries runs it: a record alone, a partial batch with its records unlooked at, or as it is. */
export function routeOfDelivery(route: Route, delivery: Pick<Delivery, 'own'>): Route {
  const { batch } = route.operation;
  if (batch === undefined) return route;
  const { own } = delivery;
  if (own !== undefined) {
    const input: Route['input'] = (event) => own.input ?? recordOf(batch, route.input(event), own.recordId);
    return { ...route, operation: batch.record, input };
  }
  if (route.policy.batch !== 'partial') return route;
  return { ...route, operation: { ...route.operation, input: batch.envelope } };
}

function recordOf(form: BatchForm, input: unknown, recordId: string): unknown {
  const records = isJsonObject(input) && Array.isArray(input.records) ? input.records : [];
  const found = records.find((record, index) => {
    const id = form.recordId(record);
    return id === recordId || `${id ?? 'record'}#${index + 1}` === recordId;
  });
  if (found === undefined) throw new Error(`the mapping gives no record ${recordId} any more`);
  return found;
}

/** Inputs of refused records that are kept beside their dead letters; beyond the bound the mapping gives them again. */
export function keptInputs<R extends { readonly input: unknown }>(records: readonly R[]): readonly R[] {
  let size = 0;
  return records.map((record) => {
    size += JSON.stringify(record.input)?.length ?? 0;
    return size <= limits.maxKeptRecordChars ? record : { ...record, input: null };
  });
}
