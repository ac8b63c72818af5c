// The calls the Business Central adapter makes, inside one company: search, read, create, change with the etag that was read,
// bound actions, which answer 204 and nothing else, and batches. May not decide what an answer means for an operation.

import type { AdapterFailure, ErpConnection, ErpResponse } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Found } from '../rest/keyed-operation.ts';
import { broken, objectsOf, readRest, textOf } from '../rest/read-rest.ts';
import { bcDialect } from './bc-errors.ts';

type Saved = { readonly kind: 'document'; readonly document: JsonObject } | AdapterFailure;
type Acted = { readonly kind: 'acted' } | AdapterFailure;

export type BatchPart = {
  readonly path: string;
  readonly etag: string;
  readonly body: JsonObject;
};

export type BcClient = {
  findOne(collection: string, filter: string, expand?: string): Promise<Found>;
  /** All that fit, at most 20,000: the page size of the service. */
  findAll(
    collection: string,
    filter: string,
  ): Promise<{ readonly kind: 'documents'; readonly documents: readonly JsonObject[] } | AdapterFailure>;
  create(collection: string, body: JsonObject): Promise<Saved>;
  /** `current`: as it was read; changed meanwhile, it is a conflict. */
  change(collection: string, current: JsonObject, body: JsonObject): Promise<Saved>;
  act(path: string): Promise<Acted>;
  /** Changes of several records in one call. Atomic: all or none. The answers are in the order of the parts. */
  changeMany(
    parts: readonly BatchPart[],
    atomic: boolean,
  ): Promise<{ readonly kind: 'responses'; readonly responses: readonly ErpResponse[] } | AdapterFailure>;
};

type ClientOptions = {
  readonly companyId: string;
  readonly fieldNames?: Readonly<Record<string, string>>;
};

export function createBcClient(erp: ErpConnection, options: ClientOptions): BcClient {
  const { companyId, fieldNames = {} } = options;
  const root = `/companies(${companyId})`;
  const read = async (path: string, query: Readonly<Record<string, string>>) => {
    const sent = await erp.send({ method: 'GET', path: `${root}/${path}`, query, write: false });
    return readRest(bcDialect, sent, { isWrite: false, fieldNames });
  };
  const list = async (collection: string, query: Readonly<Record<string, string>>) => {
    const answer = await read(collection, query);
    if (answer.kind !== 'answer') return answer;
    const value = isJsonObject(answer.json) ? answer.json.value : undefined;
    if (!Array.isArray(value)) return broken('$.value', 'array', value);
    return { kind: 'documents', documents: objectsOf(value) } as const;
  };
  const save = async (method: 'POST' | 'PATCH', path: string, sending: Sending): Promise<Saved> => {
    const { etag, body } = sending;
    const headers = etag === null ? {} : { 'if-match': etag };
    const sent = await erp.send({ method, path: `${root}/${path}`, headers, body, write: true });
    const answer = readRest(bcDialect, sent, { isWrite: true, fieldNames });
    if (answer.kind !== 'answer') return answer;
    if (isJsonObject(answer.json)) return { kind: 'document', document: answer.json };
    return { kind: 'answer_lost', message: 'Business Central answered success and showed no record' };
  };
  return {
    findOne: async (collection, filter, expand) => {
      const query = { $filter: filter, $top: '1', ...(expand === undefined ? {} : { $expand: expand }) };
      const listed = await list(collection, query);
      return listed.kind === 'documents'
        ? { kind: 'document', document: listed.documents[0] ?? null }
        : listed;
    },
    findAll: (collection, filter) => list(collection, { $filter: filter }),
    create: (collection, body) => save('POST', collection, { etag: null, body }),
    change: (collection, current, body) =>
      save('PATCH', `${collection}(${textOf(current.id)})`, { etag: textOf(current['@odata.etag']), body }),
    act: async (path) => {
      const sent = await erp.send({ method: 'POST', path: `${root}/${path}`, write: true });
      const answer = readRest(bcDialect, sent, { isWrite: true, fieldNames });
      return answer.kind === 'answer' ? { kind: 'acted' } : answer;
    },
    changeMany: async (parts, atomic) => {
      const requests = parts.map(({ path, etag, body }, index) => ({
        ...{ id: String(index), method: 'PATCH', url: `companies(${companyId})/${path}`, body },
        headers: { 'Content-Type': 'application/json', 'If-Match': etag },
      }));
      // Without either the service stops at the first refusal and keeps what was before it.
      const headers = atomic ? { isolation: 'snapshot' } : { prefer: 'odata.continue-on-error' };
      const sent = await erp.send({
        method: 'POST',
        path: '/$batch',
        headers,
        body: { requests },
        write: true,
      });
      const answer = readRest(bcDialect, sent, { isWrite: true, fieldNames });
      return answer.kind === 'answer' ? readResponses(answer.json, parts.length) : answer;
    },
  };
}

type Sending = { readonly etag: string | null; readonly body: JsonObject };

/** In the order of the parts; fewer where the service stopped at a refusal. */
function readResponses(json: JsonValue | undefined, count: number) {
  const listed = objectsOf(isJsonObject(json) ? json.responses : undefined);
  if (listed.length === 0 && count > 0) return broken('$.responses', 'array', undefined);
  const byPlace = listed.toSorted((one, other) => Number(one.id) - Number(other.id));
  const responses = byPlace.map(({ status, body }): ErpResponse => {
    const text = body === undefined ? '' : JSON.stringify(body);
    return { kind: 'response', status: Number(status), headers: {}, json: body, text };
  });
  return { kind: 'responses', responses } as const;
}

/** A text inside an OData filter: a quote is written twice. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
