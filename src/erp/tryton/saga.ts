// An operation as a saga of steps that may each be repeated: find the document, begin it, bring it to its goal, show it.
// The cursor is kept by the ERP itself: the document carries the operation key, and its state says which step is next.
// May not do a step whose effect it has not looked for.

import type { ErpCall, Lookup, OperationHandler, Performed, Verified } from '../../core/erp.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { AnyOperation, InputOf } from '../../core/operation.ts';
import { type Attempting, attempt, fail } from './attempting.ts';
import { openTryton, type Tryton } from './tryton-calls.ts';
import type { TrytonOptions } from './tryton-options.ts';

export type Begun = { readonly id: number; readonly isDone: boolean };

export type Saga<Input> = {
  /** The document of this operation, by its key or by what it is about. Reads only. */
  find(tryton: Tryton, input: Input): Attempting<Begun | null>;
  /** Makes it, in one call that stamps the key, after all that can be refused beforehand was read. Gives its id. */
  begin(tryton: Tryton, input: Input): Attempting<number>;
  /** From whatever state it is in to its goal; a step that is done already is passed over. */
  finish(tryton: Tryton, input: Input, id: number): Attempting<void>;
  /** The document as the operation's output. Reads only. */
  show(tryton: Tryton, input: Input, id: number): Attempting<JsonValue>;
};

export function createSagaHandler<O extends AnyOperation>(
  saga: Saga<InputOf<O>>,
  options: TrytonOptions,
): OperationHandler<O> {
  type Call = ErpCall<InputOf<O>>;
  async function* lookUp(call: Call): Attempting<Lookup> {
    const begun = yield* saga.find(yield* openTryton(call, options), call.input);
    if (begun === null) return { kind: 'not_found' };
    return { kind: begun.isDone ? 'found' : 'unfinished', answer: { id: begun.id } };
  }
  async function* perform(call: Call): Attempting<Performed> {
    const tryton = yield* openTryton(call, options);
    const begun = yield* saga.find(tryton, call.input);
    if (begun?.isDone === true) return { kind: 'performed', answer: { id: begun.id }, already: true };
    const id = begun?.id ?? (yield* saga.begin(tryton, call.input));
    yield* saga.finish(tryton, call.input, id);
    return { kind: 'performed', answer: { id } };
  }
  async function* verify(call: Call, answer: JsonValue): Attempting<Verified> {
    const id = isJsonObject(answer) ? answer.id : undefined;
    if (typeof id !== 'number') {
      const issues = [{ path: '$.id', expected: 'number', actual: typeof id }];
      return yield* fail({ kind: 'contract_broken', issues });
    }
    const output = yield* saga.show(yield* openTryton(call, options), call.input, id);
    return { kind: 'verified', output };
  }
  return {
    lookup: (call) => attempt(lookUp(call)),
    // What a look-up found is found again here: the ERP's state counts, not what was remembered of it.
    perform: (call) => attempt(perform(call)),
    verify: (call, answer) => attempt(verify(call, answer)),
  };
}

/** A step of a document: in `from` the button is pressed, and the document must then be in another state. */
export type Step = {
  readonly from: readonly string[];
  readonly button: string;
  /** What it means where the press was answered success and the document has not moved. */
  readonly stuck?: { readonly code: string; readonly message: string; readonly field: string };
};

/** A call that was answered success and did nothing: some rule of the ERP stands in the way and does not say so. */
export function withoutEffect(model: string, button: string, state: string): Attempting<never> {
  const message = `Tryton answered success to ${button} of ${model}, which is still ${state}`;
  return fail({ kind: 'rejected', code: 'no_effect', message, fieldErrors: [] });
}
