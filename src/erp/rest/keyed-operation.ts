// An operation that ends in one document which can be found again: by the operation key, or by what the key stands for.
// Look-up, performing and verifying follow from how it is found and written. A refusal is believed only after a look at the
// state: "already done" comes as an error. May not repeat a write by itself.

import type {
  AdapterFailure,
  ErpCall,
  Lookup,
  OperationHandler,
  Performed,
  Polled,
  Verified,
} from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { AnyOperation, InputOf } from '../../core/operation.ts';
import { broken } from './read-rest.ts';

export type Found = { readonly kind: 'document'; readonly document: JsonObject | null } | AdapterFailure;

export type Written =
  /** Null: the ERP showed nothing; the document is read. */
  | { readonly kind: 'written'; readonly document: JsonObject | null }
  /** The goal had been reached before. */
  | { readonly kind: 'already'; readonly document: JsonObject }
  | Extract<Performed, { kind: 'accepted' }>
  | AdapterFailure;

export type KeyedOperation<Input> = {
  /** What this operation made. Reads only. */
  find(call: ErpCall<Input>): Promise<Found>;
  /** What reached the same goal without bearing the key, e.g. an invoice that a person posted. Absent: as `find`. */
  findGoal?(call: ErpCall<Input>): Promise<Found>;
  isDone(document: JsonObject, call: ErpCall<Input>): boolean;
  /** True where a document that is not done is no start of this operation: what sets a state overwrites it. */
  readonly replaces?: true;
  /** `begun`: the document that was found unfinished; null: none. */
  write(call: ErpCall<Input>, begun: JsonObject | null): Promise<Written>;
  verify(call: ErpCall<Input>, document: JsonObject): Promise<Verified> | Verified;
  poll?(call: ErpCall<Input>, jobRef: string): Promise<Polled>;
};

export function keyedOperation<O extends AnyOperation>(
  spec: KeyedOperation<InputOf<O>>,
): OperationHandler<O> {
  const poll = spec.poll;
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await spec.find(call);
      if (found.kind !== 'document') return found;
      const { document } = found;
      if (document === null) return { kind: 'not_found' };
      if (spec.isDone(document, call)) return { kind: 'found', answer: document };
      return spec.replaces === true ? { kind: 'not_found' } : { kind: 'unfinished', answer: document };
    },
    perform: async (call, unfinished) => {
      const written = await spec.write(call, isJsonObject(unfinished) ? unfinished : null);
      switch (written.kind) {
        case 'written':
          return written.document === null
            ? performedUnseen(spec, call)
            : { kind: 'performed', answer: written.document };
        case 'already':
          return { kind: 'performed', answer: written.document, already: true };
        case 'rejected':
          return (await findGoal(spec, call)) ?? written;
        default:
          return written;
      }
    },
    verify: async (call, answer: JsonValue) =>
      isJsonObject(answer) ? spec.verify(call, answer) : broken('$', 'object', answer),
    ...(poll === undefined ? {} : { poll }),
  };
}

/** Null: the refusal stands. Where the state cannot be read, nobody can say yet, and the next attempt asks again. */
async function findGoal<Input>(spec: KeyedOperation<Input>, call: ErpCall<Input>): Promise<Performed | null> {
  const found = await (spec.findGoal ?? spec.find)(call);
  if (found.kind === 'call_failed' || found.kind === 'retryable' || found.kind === 'answer_lost')
    return found;
  if (found.kind !== 'document' || found.document === null) return null;
  if (!spec.isDone(found.document, call)) return null;
  return { kind: 'performed', answer: found.document, already: true };
}

/** Success that says nothing: the document is there, or the next attempt has to look. */
async function performedUnseen<Input>(spec: KeyedOperation<Input>, call: ErpCall<Input>): Promise<Performed> {
  const found = await spec.find(call);
  if (found.kind === 'document' && found.document !== null)
    return { kind: 'performed', answer: found.document };
  return { kind: 'answer_lost', message: 'the ERP answered success and its document could not be read' };
}
