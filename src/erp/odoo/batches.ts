// Batches on Odoo: what comes before is done record by record and has no effect on stock or books; the one button that has it is
// pressed for all at once, which is one transaction. Where a batch may be done in part, what is refused as a whole is pressed one by
// one. May not know a record's own rules: they are its operation's.

import type {
  AdapterFailure,
  BatchCall,
  BatchHandler,
  BatchPerformed,
  BatchRecord,
  RecordDone,
  RecordRefused,
} from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import { createOdooClient, type OdooClient } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import type { FieldNames, Refusal } from './read-odoo.ts';

/** A record whose document waits for the button, or needs it no more. */
export type Ready = { readonly record: BatchRecord; readonly id: number; readonly isDone: boolean };

export type Prepared =
  | {
      readonly kind: 'prepared';
      readonly ready: readonly Ready[];
      readonly refused: readonly RecordRefused[];
    }
  | AdapterFailure;

export type BatchKind = {
  readonly model: string;
  /** Does it for all of its records or for none. */
  readonly button: string;
  readonly fieldNames: FieldNames;
  /** Everything before the button. Atomic: nothing is begun once one is refused. */
  prepare(client: OdooClient, records: readonly BatchRecord[], isAtomic: boolean): Promise<Prepared>;
  /** Those of the records that are done, as the output of their operation. */
  show(
    client: OdooClient,
    records: readonly BatchRecord[],
  ): Promise<{ readonly kind: 'shown'; readonly done: ReadonlyMap<string, JsonValue> } | AdapterFailure>;
};

export function createOdooBatch(kind: BatchKind, settings: OdooSettings): BatchHandler {
  const clientOf = ({ erp }: BatchCall) => createOdooClient(erp, settings, kind.fieldNames);
  return {
    atomic: true,
    lookup: async (call) => {
      const shown = await kind.show(clientOf(call), call.records);
      if (shown.kind !== 'shown') return shown;
      return { kind: 'looked_up', done: toDone(call.records, shown.done) };
    },
    perform: (call, { atomic }) => perform({ client: clientOf(call), kind, call, isAtomic: atomic }),
  };
}

type Work = {
  readonly client: OdooClient;
  readonly kind: BatchKind;
  readonly call: BatchCall;
  readonly isAtomic: boolean;
};

async function perform(work: Work): Promise<BatchPerformed> {
  const { client, kind, call, isAtomic } = work;
  const prepared = await kind.prepare(client, call.records, isAtomic);
  if (prepared.kind !== 'prepared') return prepared;
  const [first] = prepared.refused;
  if (isAtomic && first !== undefined) return asWhole(call, first);
  const pressed = await pressAll(work, prepared.ready);
  if (pressed.kind !== 'pressed') return pressed;
  const refused = [...prepared.refused, ...pressed.refused];
  const written = prepared.ready
    .map(({ record }) => record)
    .filter(({ recordId }) => !refused.some((one) => one.recordId === recordId));
  const shown = await kind.show(client, written);
  if (shown.kind !== 'shown') return { kind: 'answer_lost', message: 'what was done could not be read back' };
  const done = toDone(written, shown.done);
  const unseen = written.find(({ recordId }) => !done.some((one) => one.recordId === recordId));
  if (unseen !== undefined)
    return {
      kind: 'answer_lost',
      message: `record ${unseen.recordId} was written and is not as it should be`,
    };
  return { kind: 'performed', done, refused };
}

type Pressed = { readonly kind: 'pressed'; readonly refused: readonly RecordRefused[] } | AdapterFailure;

async function pressAll(work: Work, ready: readonly Ready[]): Promise<Pressed> {
  const open = ready.filter(({ isDone }) => !isDone);
  if (open.length === 0) return { kind: 'pressed', refused: [] };
  const whole = await press(
    work,
    open.map(({ id }) => id),
  );
  if (whole === null) return { kind: 'pressed', refused: [] };
  // Nobody says which record it was: the transaction is rolled back, and none was done.
  if (whole.kind !== 'rejected' || work.isAtomic) return whole;
  const refused: RecordRefused[] = [];
  for (const { id, record } of open) {
    const alone = await press(work, [id]);
    if (alone === null) continue;
    if (alone.kind !== 'rejected') return alone;
    refused.push(toRefused(record, alone));
  }
  return { kind: 'pressed', refused };
}

/** Null: done. */
async function press({ client, kind }: Work, ids: readonly number[]): Promise<AdapterFailure | null> {
  const pressed = await client.press({ model: kind.model, method: kind.button, ids });
  if (pressed.kind === 'done') return null;
  return pressed.kind === 'done_before' ? pressed.refusal : pressed;
}

export function toRefused({ recordId }: BatchRecord, { code, message, fieldErrors }: Refusal): RecordRefused {
  return { recordId, code, message, fieldErrors };
}

function toDone(records: readonly BatchRecord[], done: ReadonlyMap<string, JsonValue>): RecordDone[] {
  return records.flatMap(({ recordId }) => {
    const answer = done.get(recordId);
    return answer === undefined ? [] : [{ recordId, answer }];
  });
}

/** A refused record refuses the batch. */
function asWhole({ records }: BatchCall, refused: RecordRefused): AdapterFailure {
  const { recordId, code, message, fieldErrors } = refused;
  const index = records.find((record) => record.recordId === recordId)?.index ?? 0;
  const fields = fieldErrors.map(({ field, rule }) => ({ field: `records[${index}].${field}`, rule }));
  const whole = fields.length > 0 ? fields : [{ field: `records[${index}]`, rule: message }];
  return { kind: 'rejected', code, message, fieldErrors: whole };
}
