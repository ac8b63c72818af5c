// Part of stage 5: one attempt of a batch. Split → [look up what was done] → perform the rest → verify each record. Its
// outcome names every record; what became of one never hides what became of another. Effects come through ports only.

import { keptInputs, type RecordToRun, type RefusedRecord, splitBatch } from '../core/batch.ts';
import type { BatchCall, BatchHandler, RecordDone } from '../core/erp.ts';
import type { JsonValue } from '../core/json.ts';
import type { ContractIssue, ErpDocument, FailedRecord, Outcome, RecordEffect } from '../core/outcome.ts';
import type { Route } from '../core/route.ts';
import type { LeasedDelivery } from '../core/sequencer/messages.ts';
import { toContractIssues } from '../operations/to-contract-issues.ts';
import { toFieldErrors } from '../operations/to-field-errors.ts';
import {
  failedLookup,
  inDoubt,
  rejected,
  spent,
  type Tried,
  type TryContext,
  toFailed,
  unspent,
} from './classify-failure.ts';

export type BatchTry = TryContext & {
  readonly leased: LeasedDelivery;
  /** As routeOfDelivery() gives it. */
  readonly route: Route;
  readonly quietMs: number;
  readonly handler: BatchHandler;
  readonly call: Omit<BatchCall, 'records'>;
  /** Validated: the whole of it, or under `partial` its envelope. */
  readonly input: { readonly batchId: string; readonly records: readonly unknown[] };
};

/** What an earlier attempt did, where one is in doubt; `cleared`: nothing else can come of it any more. */
type Before =
  | { readonly kind: 'known'; readonly done: readonly RecordDone[]; readonly cleared: boolean }
  | { readonly kind: 'ended'; readonly tried: Tried };

export async function attemptBatch(work: BatchTry): Promise<Tried> {
  const form = work.route.operation.batch;
  if (form === undefined) throw new Error(`${work.route.operation.name} is no batch operation`);
  const { records, refused } = splitBatch(
    { form, operationKey: work.call.key, input: work.input },
    toFieldErrors,
  );
  const before = await lookUpDone(work, records);
  if (before.kind === 'ended') return before.tried;
  const isDone = new Set(before.done.map(({ recordId }) => recordId));
  const rest = records.filter(({ recordId }) => !isDone.has(recordId));
  if (rest.length === 0) {
    const outcome = toOutcome(work, { records, done: before.done, refused });
    return before.done.length > 0 || work.doubtSince !== null ? unspent(outcome) : spent(outcome);
  }
  const { attemptCount, policy } = work.leased.delivery;
  if (work.doubtSince !== null && attemptCount >= policy.retry.attempts) return outOfAttempts(work, before);
  const atomic = work.route.policy.batch === 'all_or_nothing';
  const performed = await work.handler.perform({ ...work.call, records: rest }, { atomic });
  const unfinished: JsonValue | null = before.done.length > 0 ? before.done.length : null;
  const tried =
    performed.kind !== 'performed'
      ? toFailed(work, performed, unfinished)
      : spent(
          toOutcome(work, {
            records,
            done: [...before.done, ...performed.done],
            refused: [...refused, ...placed(performed.refused, rest)],
          }),
        );
  return tried.kind === 'outcome' && before.cleared ? { ...tried, doubtCleared: true } : tried;
}

async function lookUpDone(work: BatchTry, records: readonly RecordToRun[]): Promise<Before> {
  if (work.doubtSince === null) return { kind: 'known', done: [], cleared: false };
  if (work.adapter.once === 'best_effort') {
    const message = `adapter ${work.adapter.name} cannot look up what an earlier attempt did`;
    const doubt = inDoubt(work, { reason: 'lookup_failed', message, canLookUp: false });
    return { kind: 'ended', tried: unspent(doubt) };
  }
  const found = await work.handler.lookup({ ...work.call, records });
  if (found.kind !== 'looked_up') return { kind: 'ended', tried: failedLookup(work, found) };
  const quietAt = work.doubtSince + work.quietMs;
  const now = work.clock.now();
  if (found.done.length < records.length && now < quietAt) {
    const message = `the ERP may still be at the other records until ${new Date(quietAt).toISOString()}`;
    const doubt = inDoubt(work, { reason: 'quiet_time', message, retryAfterMs: quietAt - now });
    return { kind: 'ended', tried: unspent(doubt) };
  }
  // Of a batch begun the doubt stays until all is done; of one that left nothing it is over.
  return { kind: 'known', done: found.done, cleared: found.done.length === 0 };
}

function outOfAttempts(work: BatchTry, before: Extract<Before, { kind: 'known' }>): Tried {
  if (!before.cleared) {
    const message = 'a part of the batch was done, and no attempt is left for the rest';
    return unspent(inDoubt(work, { reason: 'answer_lost', message, canLookUp: false }));
  }
  const message = 'a look-up showed that nothing was done, and no attempt is left';
  const outcome: Outcome = { kind: 'retryable', effect: 'none', reason: 'not_done', message };
  return { kind: 'outcome', outcome, spent: false, doubtCleared: true };
}

function placed(
  refused: readonly Omit<RefusedRecord, 'key' | 'index' | 'input'>[],
  records: readonly RecordToRun[],
): RefusedRecord[] {
  const byId = new Map(records.map((record) => [record.recordId, record]));
  return refused.flatMap((each) => {
    const record = byId.get(each.recordId);
    return record === undefined ? [] : [{ ...record, ...each }];
  });
}

type Ended = {
  readonly records: readonly RecordToRun[];
  readonly done: readonly RecordDone[];
  readonly refused: readonly RefusedRecord[];
};

function toOutcome(work: BatchTry, { records, done, refused }: Ended): Outcome {
  const operation = work.route.operation.batch?.record;
  if (operation === undefined)
    return rejected('no_batch', `${work.route.operation.name} is no batch operation`);
  const byId = new Map(records.map((record) => [record.recordId, record]));
  const succeeded: RecordEffect[] = [];
  const failed: FailedRecord[] = refused.map((record) => ({ ...toFailedRecord(record), effect: 'none' }));
  const issues: ContractIssue[] = [];
  for (const { recordId, answer } of done) {
    const record = byId.get(recordId);
    if (record === undefined) continue;
    const output = operation.output.safeParse(answer);
    if (!output.success) {
      issues.push(...toContractIssues(output.error, answer));
      continue;
    }
    const { documentId, documentNumber } = output.data as ErpDocument;
    const differences = operation.compare(record.input, output.data);
    if (differences.length === 0) {
      succeeded.push({ recordId, key: record.key, documentId, documentNumber });
      continue;
    }
    const code = 'state_mismatch';
    const message = `the document ${documentId} is not as promised: ${differences.map(({ field }) => field).join(', ')}`;
    failed.push({ ...toFailedRecord({ ...record, code, message, fieldErrors: [] }), effect: 'possible' });
  }
  // The ERP answers in another form: that is so for all of them, and none of them is at fault.
  if (issues.length > 0)
    return { kind: 'contract_broken', effect: 'done', issues: issues.slice(0, maxIssues) };
  // As the caller wrote them: refused before the call or by the ERP.
  failed.sort((a, b) => placeOf(a, work) - placeOf(b, work));
  const document = summary(work.input.batchId, succeeded, failed);
  if (failed.length === 0) return { kind: 'succeeded', effect: 'done', document, records: succeeded };
  return {
    ...{ kind: 'partial', effect: 'done', document, recordOperation: operation.name, succeeded },
    failed: keptInputs(failed),
  };
}

/** Issues shown of a broken contract: each record repeats them. */
const maxIssues = 20;

function placeOf({ recordId }: FailedRecord, { route, input }: BatchTry): number {
  return input.records.findIndex((record) => route.operation.batch?.recordId(record) === recordId);
}

function toFailedRecord({ recordId, key, input, code, message, fieldErrors }: RefusedRecord) {
  return { recordId, key, input, code, message, fieldErrors };
}

function summary(
  batchId: string,
  succeeded: readonly RecordEffect[],
  failed: readonly FailedRecord[],
): ErpDocument {
  return {
    documentId: batchId,
    documentNumber: batchId,
    state: failed.length === 0 ? 'done' : 'partial',
    recordCount: succeeded.length + failed.length,
    doneCount: succeeded.length,
    failedCount: failed.length,
    failedRecords: failed.map(({ recordId }) => recordId),
  };
}
