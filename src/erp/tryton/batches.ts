// Batches on Tryton: the records' documents are made in one call and brought to their goal in one more. Each of the two is
// one transaction, so a batch is done whole or not at all; where it may be done in part, what is refused as a whole is
// tried one by one. May not know a record's own rules: they are its operation's.

import type {
  AdapterFailure,
  BatchCall,
  BatchHandler,
  BatchPerformed,
  BatchRecord,
  ErpCall,
  RecordDone,
  RecordRefused,
} from '../../core/erp.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import type { stockSet } from '../../operations/stock.ts';
import { type Attempting, attempt } from './attempting.ts';
import { beginInvoice, invoicePostSaga, showInvoice } from './invoice-post.ts';
import { isPosted, readInvoice, settleInvoice } from './invoices.ts';
import { findInventory, inventoryRow, showInventory, toInventory } from './stock-set.ts';
import { createAll, openTryton, press, readRow, type Tryton } from './tryton-calls.ts';
import type { TrytonOptions } from './tryton-options.ts';

type Prepared =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'begun'; readonly id: number }
  /** To be made together with the others. */
  | { readonly kind: 'new'; readonly values: JsonObject };

type BatchKind = {
  readonly model: string;
  readonly button: string;
  prepare(tryton: Tryton, record: BatchRecord): Attempting<Prepared>;
  isDone(tryton: Tryton, id: number): Attempting<boolean>;
  /** What comes after the button, record by record; may be repeated. */
  complete(tryton: Tryton, record: BatchRecord, id: number): Attempting<void>;
  show(tryton: Tryton, id: number): Attempting<JsonValue>;
  find(tryton: Tryton, record: BatchRecord): Attempting<number | null>;
};

const inventories: BatchKind = {
  model: 'stock.inventory',
  button: 'confirm',
  prepare: async function* (tryton, { key, input }) {
    const found = yield* findInventory(tryton, key);
    if (found !== null) return { kind: found.state === 'done' ? 'done' : 'begun', id: found.id };
    return { kind: 'new', values: yield* toInventory(tryton, input as InputOf<typeof stockSet>, key) };
  },
  isDone: async function* (tryton, id) {
    return (yield* readRow(tryton, { model: 'stock.inventory', id, row: inventoryRow })).state === 'done';
  },
  complete: async function* () {},
  show: async function* (tryton, id) {
    return showInventory(yield* readRow(tryton, { model: 'stock.inventory', id, row: inventoryRow }));
  },
  find: async function* (tryton, { key }) {
    const found = yield* findInventory(tryton, key);
    return found?.state === 'done' ? found.id : null;
  },
};

type InvoiceInput = InputOf<typeof invoicePost>;

const invoices: BatchKind = {
  model: 'account.invoice',
  button: 'post',
  prepare: async function* (tryton, record) {
    const input = record.input as InvoiceInput;
    const found = yield* invoicePostSaga.find({ ...tryton, key: record.key }, input);
    if (found !== null) return { kind: found.isDone ? 'done' : 'begun', id: found.id };
    return { kind: 'begun', id: yield* beginInvoice({ ...tryton, key: record.key }, input) };
  },
  isDone: async function* (tryton, id) {
    return isPosted(yield* readInvoice(tryton, id));
  },
  complete: async function* (tryton, { input }, id) {
    yield* settleInvoice(tryton, id, (input as InvoiceInput).orderId);
  },
  show: async function* (tryton, id) {
    return showInvoice(yield* readInvoice(tryton, id));
  },
  find: async function* (tryton, record) {
    const found = yield* invoicePostSaga.find({ ...tryton, key: record.key }, record.input as InvoiceInput);
    return found?.isDone === true ? found.id : null;
  },
};

export const createStockBatch = (options: TrytonOptions): BatchHandler => createBatch(inventories, options);
export const createInvoiceBatch = (options: TrytonOptions): BatchHandler => createBatch(invoices, options);

function createBatch(kind: BatchKind, options: TrytonOptions): BatchHandler {
  return {
    atomic: true,
    lookup: (call) => attempt(lookUp(kind, call, options)),
    perform: (call, { atomic }) => attempt(performBatch(kind, call, { options, atomic })),
  };
}

const asCall = (call: BatchCall): ErpCall<unknown> => ({ ...call, input: null });

async function* lookUp(kind: BatchKind, call: BatchCall, options: TrytonOptions) {
  const tryton = yield* openTryton(asCall(call), options);
  const done: RecordDone[] = [];
  for (const record of call.records) {
    const id = yield* kind.find(tryton, record);
    if (id !== null) done.push({ recordId: record.recordId, answer: yield* kind.show(tryton, id) });
  }
  return { kind: 'looked_up', done } as const;
}

type Kept = { readonly record: BatchRecord; readonly id: number };

async function* performBatch(
  kind: BatchKind,
  call: BatchCall,
  { options, atomic }: { options: TrytonOptions; atomic: boolean },
): Attempting<BatchPerformed> {
  const tryton = { ...(yield* openTryton(asCall(call), options)), ...acknowledgedByAll(call) };
  const refused: RecordRefused[] = [];
  const ready: { record: BatchRecord; prepared: Prepared }[] = [];
  for (const record of call.records) {
    const prepared = await attempt(kind.prepare(tryton, record));
    if (isPrepared(prepared)) ready.push({ record, prepared });
    else if (prepared.kind !== 'rejected') return prepared;
    else if (atomic) return inBatch(prepared, record);
    else refused.push({ ...prepared, recordId: record.recordId });
  }
  const kept = yield* makeNew(tryton, kind, ready);
  const finished = yield* finishAll(tryton, kind, { kept, atomic });
  if ('kind' in finished) return finished;
  const done: RecordDone[] = [];
  for (const { record, id } of kept) {
    if (finished.some(({ recordId }) => recordId === record.recordId)) continue;
    yield* kind.complete(tryton, record, id);
    done.push({ recordId: record.recordId, answer: yield* kind.show(tryton, id) });
  }
  return { kind: 'performed', done, refused: [...refused, ...finished] };
}

const isPrepared = (prepared: Prepared | AdapterFailure): prepared is Prepared =>
  prepared.kind === 'done' || prepared.kind === 'begun' || prepared.kind === 'new';

/** A warning is passed over only where every record says so: the call is one for all. */
function acknowledgedByAll({ records }: BatchCall): Pick<Tryton, 'acknowledged'> {
  const lists = records.map(({ input }) => (input as Partial<InvoiceInput>).acknowledgeWarnings ?? []);
  return { acknowledged: (lists[0] ?? []).filter((code) => lists.every((list) => list.includes(code))) };
}

async function* makeNew(
  tryton: Tryton,
  kind: BatchKind,
  ready: readonly { readonly record: BatchRecord; readonly prepared: Prepared }[],
): Attempting<readonly Kept[]> {
  const values = ready.flatMap(({ prepared }) => (prepared.kind === 'new' ? [prepared.values] : []));
  const ids = values.length === 0 ? [] : [...(yield* createAll(tryton, kind.model, values))];
  return ready.map(({ record, prepared }) => ({
    record,
    id: prepared.kind === 'new' ? (ids.shift() ?? 0) : prepared.id,
  }));
}

/** All at once; where the batch may be done in part and that was refused, one by one. Gives what was refused. */
async function* finishAll(
  tryton: Tryton,
  kind: BatchKind,
  { kept, atomic }: { kept: readonly Kept[]; atomic: boolean },
): Attempting<readonly RecordRefused[] | AdapterFailure> {
  const open: Kept[] = [];
  for (const each of kept) if (!(yield* kind.isDone(tryton, each.id))) open.push(each);
  if (open.length === 0) return [];
  const { model, button } = kind;
  const all = await attempt(press(tryton, { model, ids: open.map(({ id }) => id), button }));
  if (all === undefined) return [];
  if (all.kind !== 'rejected' || atomic) return all;
  const refused: RecordRefused[] = [];
  for (const { record, id } of open) {
    const one = await attempt(press(tryton, { model, ids: [id], button }));
    if (one === undefined) continue;
    if (one.kind !== 'rejected') return one;
    refused.push({ ...one, recordId: record.recordId });
  }
  return refused;
}

/** The caller wrote `records[2].sku`. */
function inBatch(
  failure: Extract<AdapterFailure, { kind: 'rejected' }>,
  { index }: BatchRecord,
): Extract<AdapterFailure, { kind: 'rejected' }> {
  const fieldErrors = failure.fieldErrors.map(({ field, rule }) => ({
    field: `records[${index}].${field}`,
    rule,
  }));
  return { ...failure, fieldErrors };
}
