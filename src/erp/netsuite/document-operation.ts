// An operation that makes one document of NetSuite, found by an external id: the same id cannot be used twice. May be made as a
// job; what it made is looked for by the id then, too.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { AnyOperation, InputOf } from '../../core/operation.ts';
import { type Found, keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { externalIdOf, externalIdOfKey } from './external-id.ts';
import { createNetsuiteClient, type NetsuiteClient } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { pollNetsuiteJob } from './poll-netsuite-job.ts';

export type DocumentOperation<Input> = {
  readonly options: NetsuiteOptions;
  /** The record type it makes. */
  readonly type: string;
  readonly fieldNames: Readonly<Record<string, string>>;
  /** Absent: made of the operation key. */
  readonly externalId?: (input: Input) => string;
  /** Whether the document is in the goal state; absent: it is as soon as it is there. */
  readonly isDone?: (document: JsonObject) => boolean;
  write(work: {
    readonly client: NetsuiteClient;
    readonly input: Input;
    readonly externalId: string;
  }): Promise<Written>;
  toOutput(input: Input, document: JsonObject): JsonValue;
};

export function documentOperation<O extends AnyOperation>(
  spec: DocumentOperation<InputOf<O>>,
): OperationHandler<O> {
  type Call = ErpCall<InputOf<O>>;
  const { options, type, fieldNames } = spec;
  const idOf = ({ input, key }: Call): string => spec.externalId?.(input) ?? externalIdOfKey(key);
  const clientOf = (call: Call): NetsuiteClient => createNetsuiteClient(call, options, fieldNames);
  const find = (call: Call): Promise<Found> => clientOf(call).find(type, idOf(call));
  return keyedOperation<O>({
    find,
    isDone: (document) => spec.isDone?.(document) ?? true,
    write: (call, begun) =>
      begun === null
        ? spec.write({ client: clientOf(call), input: call.input, externalId: idOf(call) })
        : unfinished(begun),
    verify: ({ input }, document) => ({ kind: 'verified', output: spec.toOutput(input, document) }),
    poll: pollNetsuiteJob(find, fieldNames),
  });
}

/** A document with the id that is short of the goal was changed by a person: it is not written over. */
async function unfinished(document: JsonObject): Promise<Written> {
  return { kind: 'already', document };
}

export const orderAt = (orderId: string) => ({
  type: 'salesOrder',
  id: `eid:${externalIdOf('order', orderId)}`,
});

export const dated = (day: string | undefined) => (day === undefined ? {} : { tranDate: day });
