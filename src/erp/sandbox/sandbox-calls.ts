// The calls of the sandbox ERP's API that its operations are made of: send a write, find documents, read one.
// May not know an operation. Every answer goes through readAnswer before anyone looks at it.

import type { AdapterFailure, ErpCall, ErpMethod, Verified } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type Accepted, contractBroken, type ReadAnswer, readAnswer, readWrite } from './read-answer.ts';

export type SandboxOptions = {
  /** Sends each write under an `Idempotency-Key`: for a sandbox whose support of them is on. */
  readonly idempotencyKeys: boolean;
};

export type Write = {
  readonly method: Extract<ErpMethod, 'POST' | 'PUT'>;
  readonly path: string;
  readonly body: JsonValue;
};

/** `step` tells the writes of one operation apart, which must not share an idempotency key. */
export async function write(
  call: ErpCall<unknown>,
  request: Write,
  { options, step }: { options: SandboxOptions; step: string },
): Promise<ReadAnswer | Accepted> {
  const headers = options.idempotencyKeys ? { 'idempotency-key': `${call.idempotencyKey}#${step}` } : {};
  return readWrite(await call.erp.send({ ...request, headers, write: true }));
}

export type Found = { readonly kind: 'found'; readonly documents: readonly JsonObject[] } | AdapterFailure;

/** The documents of one collection that carry a value, oldest first. */
export async function find(
  call: ErpCall<unknown>,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<Found> {
  const answer = readAnswer(await call.erp.send({ method: 'GET', path, query, write: false }), false);
  if (answer.kind !== 'answer') return answer;
  const items = isJsonObject(answer.json) ? answer.json.items : undefined;
  if (!Array.isArray(items)) return contractBroken('$.items', 'array', items);
  const broken = items.findIndex((item) => !isJsonObject(item));
  if (broken >= 0) return contractBroken(`$.items[${broken}]`, 'object', items[broken]);
  return { kind: 'found', documents: items.filter(isJsonObject) };
}

export type ReadDocument<Document> =
  | { readonly kind: 'document'; readonly document: Document }
  | AdapterFailure;

/** The oldest such document, or null. */
export async function findFirst(
  call: ErpCall<unknown>,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<ReadDocument<JsonObject | null>> {
  const found = await find(call, path, query);
  return found.kind === 'found' ? { kind: 'document', document: found.documents[0] ?? null } : found;
}

export async function readDocument(call: ErpCall<unknown>, path: string): Promise<ReadDocument<JsonObject>> {
  const answer = readAnswer(await call.erp.send({ method: 'GET', path, write: false }), false);
  if (answer.kind !== 'answer') return answer;
  if (!isJsonObject(answer.json)) return contractBroken('$', 'object', answer.json);
  return { kind: 'document', document: answer.json };
}

/** An id as one segment of a path; null for `.` and `..`, which a URL takes for directions. */
export function pathSegment(id: string): string | null {
  return id === '.' || id === '..' ? null : encodeURIComponent(id);
}

export function refusedSegment(field: string): Extract<AdapterFailure, { kind: 'rejected' }> {
  const rule = 'must not be "." or ".."';
  return {
    kind: 'rejected',
    code: 'invalid_input',
    message: `${field} ${rule}`,
    fieldErrors: [{ field, rule }],
  };
}

/** Every document of the sandbox shows its state in each answer, so verifying needs no further read. */
export const verifyAnswer = async (_call: unknown, answer: JsonValue): Promise<Verified> => ({
  kind: 'verified',
  output: answer,
});
