// Batches on the sandbox ERP: one call of POST /api/batch, each record under its own key. Atomic where the batch asks for
// it, because the sandbox runs a batch in one transaction. May not know a record's own rules: they are its operation's.

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
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { FieldError } from '../../core/outcome.ts';
import { keyedBody } from './keyed-document.ts';
import { contractBroken, readAnswer } from './read-answer.ts';
import { find, findFirst, type SandboxOptions, type Write, write } from './sandbox-calls.ts';

type BatchKind = {
  readonly collection: string;
  toWrite(input: JsonObject, key: string): Write;
  /** A refusal that may only mean "done before": the document that shows it was; null: the refusal stands. */
  findDone(
    call: ErpCall<unknown>,
    input: JsonObject,
    code: string,
  ): Promise<JsonValue | AdapterFailure | null>;
};

/** Look-ups at once: what the platform opens to one host. */
const lookupsAtOnce = 6;

export const createStockBatch = (options: SandboxOptions): BatchHandler =>
  createBatch(
    {
      collection: '/api/adjustments',
      toWrite: ({ sku, ...count }, key) => {
        const path = `/api/stock/${encodeURIComponent(String(sku))}`;
        return { method: 'PUT', path, body: keyedBody(count, key) };
      },
      findDone: async () => null,
    },
    options,
  );

export const createInvoiceBatch = (options: SandboxOptions): BatchHandler =>
  createBatch(
    {
      collection: '/api/invoices',
      // Drafted and posted in one transaction: a batch leaves no draft behind.
      toWrite: (input, key) => ({
        method: 'POST',
        path: '/api/invoices',
        body: keyedBody({ ...input, state: 'posted' }, key),
      }),
      findDone: async (call, { orderId }, code) => {
        if (code !== 'nothing_to_invoice') return null;
        const found = await find(call, '/api/invoices', { orderId: String(orderId) });
        if (found.kind !== 'found') return found;
        return found.documents.find(({ state }) => state === 'posted') ?? null;
      },
    },
    options,
  );

function createBatch(kind: BatchKind, options: SandboxOptions): BatchHandler {
  return {
    atomic: true,
    lookup: (call) => lookUp(kind, call),
    perform: async (call, { atomic }): Promise<BatchPerformed> => {
      const requests = call.records.map(({ input, key }) => kind.toWrite(toObject(input), key));
      const request = { method: 'POST', path: '/api/batch', body: { atomic, requests } } as const;
      const step = `batch/${call.records.length}/${call.records[0]?.recordId ?? ''}`;
      const answer = await write({ ...call, input: null }, request, { options, step });
      // Taken as a job: what it did is looked up, record by record, once it had the time.
      if (answer.kind === 'accepted')
        return { kind: 'answer_lost', message: 'the ERP took the batch as a job' };
      if (answer.kind === 'rejected' && atomic)
        return { ...answer, fieldErrors: toBatchFields(call, answer.fieldErrors) };
      if (answer.kind !== 'answer') return answer;
      return readResults(kind, call, answer.json);
    },
  };
}

async function readResults(kind: BatchKind, call: BatchCall, json: JsonValue): Promise<BatchPerformed> {
  const results = isJsonObject(json) ? json.results : undefined;
  if (!Array.isArray(results)) return contractBroken('$.results', 'array', results);
  const done: RecordDone[] = [];
  const refused: RecordRefused[] = [];
  for (const [index, record] of call.records.entries()) {
    const result = results[index];
    if (!isJsonObject(result) || typeof result.status !== 'number')
      return contractBroken(`$.results[${index}].status`, 'number', result);
    const read = readAnswer(
      { kind: 'response', status: result.status, headers: {}, json: result.body, text: '' },
      true,
    );
    if (read.kind === 'answer') done.push({ recordId: record.recordId, answer: read.json });
    else if (read.kind !== 'rejected')
      return { kind: 'answer_lost', message: `record ${record.recordId} has no end` };
    else {
      const shown = await kind.findDone(recordCall(call, record), toObject(record.input), read.code);
      if (isFailure(shown))
        return { kind: 'answer_lost', message: `record ${record.recordId} could not be read` };
      if (shown !== null) done.push({ recordId: record.recordId, answer: shown });
      else refused.push({ ...read, recordId: record.recordId });
    }
  }
  return { kind: 'performed', done, refused };
}

async function lookUp(kind: BatchKind, call: BatchCall) {
  const done: RecordDone[] = [];
  for (let from = 0; from < call.records.length; from += lookupsAtOnce) {
    const some = call.records.slice(from, from + lookupsAtOnce);
    const found = await Promise.all(
      some.map((record) => findFirst(recordCall(call, record), kind.collection, { relayKey: record.key })),
    );
    for (const [index, read] of found.entries()) {
      if (read.kind !== 'document') return read;
      const recordId = some[index]?.recordId ?? '';
      if (read.document !== null) done.push({ recordId, answer: read.document });
    }
  }
  return { kind: 'looked_up', done } as const;
}

function recordCall({ erp, idempotencyKey }: BatchCall, { key, input }: BatchRecord): ErpCall<unknown> {
  return { input, key, idempotencyKey, erp };
}

/** The sandbox names `requests[2].body.quantity` of what it was sent; the caller wrote `records[2].quantity`. */
function toBatchFields({ records }: BatchCall, fields: readonly FieldError[]): FieldError[] {
  return fields.map(({ field, rule }) => {
    const match = /^requests\[(\d+)\](?:\.body)?(.*)$/.exec(field);
    const record = match === null ? undefined : records[Number(match[1])];
    return { field: record === undefined ? field : `records[${record.index}]${match?.[2] ?? ''}`, rule };
  });
}

function isFailure(value: JsonValue | AdapterFailure | null): value is AdapterFailure {
  return isJsonObject(value) && 'kind' in value;
}

function toObject(input: unknown): JsonObject {
  return isJsonObject(input) ? input : {};
}
