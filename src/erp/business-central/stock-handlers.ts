// stock.set and stock.set_many on Business Central: the inventory of an item is set with the etag it was read with, so that
// nobody's change in between is lost. Many go in one `$batch`, with snapshot isolation where it is all or none. What is on hand
// says whether it was done: no key is needed for a state.

import type {
  AdapterFailure,
  BatchCall,
  BatchHandler,
  BatchPerformed,
  BatchRecord,
  ErpCall,
  ErpResponse,
  OperationHandler,
  RecordDone,
  RecordRefused,
} from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { stockSet } from '../../operations/stock.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { readRest, refused, textOf } from '../rest/read-rest.ts';
import { type BcClient, createBcClient, quoted } from './bc-client.ts';
import { bcDialect } from './bc-errors.ts';
import type { BusinessCentralOptions } from './bc-options.ts';

type Count = InputOf<typeof stockSet>;
type Call = ErpCall<Count>;

const fieldNames = { inventory: 'quantity', Inventory: 'quantity', number: 'sku' };

function findItem(client: BcClient, sku: string) {
  return client.findOne('items', `number eq ${quoted(sku)}`);
}

function toOutput(item: JsonObject) {
  const number = textOf(item.number);
  return {
    ...{ documentId: textOf(item.id), documentNumber: number, state: 'done' },
    ...{ sku: number, onHand: Number(item.inventory) },
  };
}

const noLocation = () =>
  refused('location_unsupported', 'the inventory of an item is that of all locations together', 'location');

export function createStockHandler(options: BusinessCentralOptions): OperationHandler<typeof stockSet> {
  return keyedOperation<typeof stockSet>({
    find: ({ erp, input }: Call) => findItem(createBcClient(erp, options), input.sku),
    replaces: true,
    isDone: ({ inventory }, { input }) => inventory === input.quantity,
    write: async ({ erp, input }) => {
      if (input.location !== undefined) return noLocation();
      const client = createBcClient(erp, { ...options, fieldNames });
      const found = await findItem(client, input.sku);
      if (found.kind !== 'document') return found;
      const item = found.document;
      if (item === null) return refused('unknown_reference', `there is no item ${input.sku}`, 'sku');
      if (item.inventory === input.quantity) return { kind: 'already', document: item };
      const saved = await client.change('items', item, { inventory: input.quantity });
      // The answer may show the inventory from before the posting: it is read anew.
      return saved.kind === 'document' ? { kind: 'written', document: null } : saved;
    },
    verify: (_call, item) => ({ kind: 'verified', output: toOutput(item) }),
  });
}

export function createStockBatch(options: BusinessCentralOptions): BatchHandler {
  return {
    atomic: true,
    lookup: async (call) => {
      const items = await findItems(createBcClient(call.erp, options), call.records);
      if (items.kind !== 'items') return items;
      const done = call.records.flatMap((record): RecordDone[] => {
        const { sku, quantity } = record.input as Count;
        const item = items.bySku.get(sku);
        return item?.inventory === quantity ? [{ recordId: record.recordId, answer: toOutput(item) }] : [];
      });
      return { kind: 'looked_up', done };
    },
    perform: (call, { atomic }) =>
      performBatch(createBcClient(call.erp, { ...options, fieldNames }), call, atomic),
  };
}

async function performBatch(client: BcClient, call: BatchCall, atomic: boolean): Promise<BatchPerformed> {
  const items = await findItems(client, call.records);
  if (items.kind !== 'items') return items;
  const refusals = call.records.flatMap((record): RecordRefused[] => {
    const { sku, location } = record.input as Count;
    if (location !== undefined) return [{ ...noLocation(), recordId: record.recordId }];
    if (items.bySku.has(sku)) return [];
    return [{ ...refused('unknown_reference', `there is no item ${sku}`, 'sku'), recordId: record.recordId }];
  });
  const [first] = refusals;
  if (atomic && first !== undefined) return asWhole(call, first);
  const sent = call.records.filter(({ recordId }) => !refusals.some((one) => one.recordId === recordId));
  if (sent.length === 0) return { kind: 'performed', done: [], refused: refusals };
  const parts = sent.map(({ input }) => {
    const { sku, quantity } = input as Count;
    const item = items.bySku.get(sku) ?? {};
    return {
      path: `items(${textOf(item.id)})`,
      etag: textOf(item['@odata.etag']),
      body: { inventory: quantity },
    };
  });
  const answered = await client.changeMany(parts, atomic);
  if (answered.kind !== 'responses') return answered;
  return readResults({ client, call, sent, responses: answered.responses, atomic, refusals });
}

type Results = {
  readonly client: BcClient;
  readonly call: BatchCall;
  readonly sent: readonly BatchRecord[];
  readonly responses: readonly ErpResponse[];
  readonly atomic: boolean;
  readonly refusals: readonly RecordRefused[];
};

async function readResults(results: Results): Promise<BatchPerformed> {
  const { client, call, sent, responses, atomic } = results;
  const refusals = [...results.refusals];
  const written: BatchRecord[] = [];
  for (const [index, record] of sent.entries()) {
    const response = responses[index];
    const read = response === undefined ? null : readRest(bcDialect, response, { isWrite: true, fieldNames });
    if (read?.kind === 'answer') written.push(record);
    else if (read?.kind === 'rejected') refusals.push({ ...read, recordId: record.recordId });
    // All or none: one that can be tried again means that none was done.
    else if (read?.kind === 'retryable' && atomic) return read;
    else return { kind: 'answer_lost', message: `record ${record.recordId} has no end` };
    const last = refusals.at(-1);
    if (atomic && last !== undefined) return asWhole(call, last);
  }
  const items = await findItems(client, written);
  if (items.kind !== 'items') return { kind: 'answer_lost', message: 'what was set could not be read back' };
  const done = written.map(({ recordId, input }): RecordDone => {
    const item = items.bySku.get((input as Count).sku) ?? {};
    return { recordId, answer: toOutput(item) };
  });
  return { kind: 'performed', done, refused: refusals };
}

/** A refused record refuses the batch. */
function asWhole(call: BatchCall, { recordId, code, message, fieldErrors }: RecordRefused): AdapterFailure {
  const index = call.records.find((record) => record.recordId === recordId)?.index ?? 0;
  const fields = fieldErrors.map(({ field, rule }) => ({ field: `records[${index}].${field}`, rule }));
  const whole = fields.length > 0 ? fields : [{ field: `records[${index}]`, rule: message }];
  return { kind: 'rejected', code, message, fieldErrors: whole };
}

/** Terms of one filter: the URL of a search stays below 2,000 characters. */
const skusAtOnce = 20;

async function findItems(client: BcClient, records: readonly BatchRecord[]) {
  const skus = records.map(({ input }) => (input as Count).sku);
  const bySku = new Map<string, JsonObject>();
  for (let from = 0; from < skus.length; from += skusAtOnce) {
    const filter = skus
      .slice(from, from + skusAtOnce)
      .map((sku) => `number eq ${quoted(sku)}`)
      .join(' or ');
    const found = await client.findAll('items', filter);
    if (found.kind !== 'documents') return found;
    for (const item of found.documents) bySku.set(textOf(item.number), item);
  }
  return { kind: 'items', bySku } as const;
}
