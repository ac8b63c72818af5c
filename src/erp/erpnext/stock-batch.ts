// stock.set_many on ERPNext: one Stock Reconciliation with a row for each count, inserted and submitted in one request, which is all or
// none. Where it may be in part, what is refused as a whole is set one by one. The bins say what was done.

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
import type { InputOf } from '../../core/operation.ts';
import type { stockSet } from '../../operations/stock.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { createErpnextClient, type ErpnextClient } from './erpnext-client.ts';
import { type ErpnextSettings, warehouseOf } from './erpnext-options.ts';
import { keyOf } from './orders.ts';
import { countFieldNames, showBin, toReconciliation } from './stock-and-price-handlers.ts';

type Count = InputOf<typeof stockSet>;

type Counted = {
  readonly record: BatchRecord;
  readonly sku: string;
  readonly quantity: number;
  readonly warehouse: string;
};

export function createStockBatch(settings: ErpnextSettings): BatchHandler {
  return {
    atomic: true,
    lookup: async (call) => {
      const { counted } = toCounted(call.records, settings);
      const done = await findDone(createErpnextClient(call.erp), counted);
      return done.kind === 'done' ? { kind: 'looked_up', done: done.records } : done;
    },
    perform: (call, { atomic }) =>
      perform({ client: createErpnextClient(call.erp, countFieldNames), settings, call, isAtomic: atomic }),
  };
}

type Work = {
  readonly client: ErpnextClient;
  readonly settings: ErpnextSettings;
  readonly call: BatchCall;
  readonly isAtomic: boolean;
};

async function perform(work: Work): Promise<BatchPerformed> {
  const { client, settings, call, isAtomic } = work;
  const { counted, refusals } = toCounted(call.records, settings);
  const [first] = refusals;
  if (isAtomic && first !== undefined) return asWhole(call, first);
  const refusedLater = await setAll(work, counted);
  if (!Array.isArray(refusedLater)) return refusedLater as AdapterFailure;
  const all = [...refusals, ...refusedLater];
  const written = counted.filter(({ record }) => !all.some(({ recordId }) => recordId === record.recordId));
  const done = await findDone(client, written);
  if (done.kind !== 'done') return { kind: 'answer_lost', message: 'what was set could not be read back' };
  if (done.records.length < written.length)
    return { kind: 'answer_lost', message: 'not every bin holds what was set' };
  return { kind: 'performed', done: done.records, refused: all };
}

/** The records that were refused. */
async function setAll(work: Work, counted: readonly Counted[]): Promise<RecordRefused[] | AdapterFailure> {
  if (counted.length === 0) return [];
  const whole = await set(work, counted, work.call.key);
  if (whole === null) return [];
  if (whole.kind !== 'rejected' || work.isAtomic) return whole;
  const refusals: RecordRefused[] = [];
  for (const each of counted) {
    const failure = await set(work, [each], each.record.key);
    if (failure === null) continue;
    if (failure.kind !== 'rejected') return failure;
    const { code, message, fieldErrors } = failure;
    refusals.push({ recordId: each.record.recordId, code, message, fieldErrors });
  }
  return refusals;
}

/** Null: they are set. A reconciliation that would change nothing is refused: then the bins say so. */
async function set(
  { client, settings }: Work,
  counted: readonly Counted[],
  key: string,
): Promise<AdapterFailure | null> {
  const rows = counted.map(({ sku, quantity, warehouse }) => ({ sku, quantity, warehouse }));
  const saved = await client.insert('Stock Reconciliation', toReconciliation(settings, keyOf({ key }), rows));
  if (saved.kind === 'document') return null;
  if (saved.kind !== 'rejected') return saved;
  const done = await findDone(client, counted);
  return done.kind === 'done' && done.records.length === counted.length ? null : saved;
}

function toCounted(records: readonly BatchRecord[], settings: ErpnextSettings) {
  const counted: Counted[] = [];
  const refusals: RecordRefused[] = [];
  for (const record of records) {
    const { sku, quantity, location } = record.input as Count;
    const warehouse = warehouseOf(settings, location);
    if (warehouse !== null) counted.push({ record, sku, quantity, warehouse });
    else {
      const { code, message, fieldErrors } = refused(
        'location_unknown',
        'no warehouse is configured for it',
        'location',
      );
      refusals.push({ recordId: record.recordId, code, message, fieldErrors });
    }
  }
  return { counted, refusals };
}

type Done = { readonly kind: 'done'; readonly records: readonly RecordDone[] } | AdapterFailure;

async function findDone(client: ErpnextClient, counted: readonly Counted[]): Promise<Done> {
  if (counted.length === 0) return { kind: 'done', records: [] };
  const skus: JsonValue = [...new Set(counted.map(({ sku }) => sku))];
  const warehouses: JsonValue = [...new Set(counted.map(({ warehouse }) => warehouse))];
  const bins = await client.list(
    'Bin',
    [
      ['item_code', 'in', skus],
      ['warehouse', 'in', warehouses],
    ],
    ['name', 'item_code', 'warehouse', 'actual_qty'],
  );
  if (bins.kind !== 'rows') return bins;
  const records = counted.flatMap(({ record, sku, quantity, warehouse }): RecordDone[] => {
    const bin = bins.rows.find((row) => textOf(row.item_code) === sku && textOf(row.warehouse) === warehouse);
    return bin?.actual_qty === quantity ? [{ recordId: record.recordId, answer: showBin(bin) }] : [];
  });
  return { kind: 'done', records };
}

/** A refused record refuses the batch. */
function asWhole(
  { records }: BatchCall,
  { recordId, code, message, fieldErrors }: RecordRefused,
): AdapterFailure {
  const index = records.find((record) => record.recordId === recordId)?.index ?? 0;
  const fields = fieldErrors.map(({ field, rule }) => ({ field: `records[${index}].${field}`, rule }));
  return { kind: 'rejected', code, message, fieldErrors: fields };
}
