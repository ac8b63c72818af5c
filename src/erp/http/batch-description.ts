// What a description says of batches and of the running ERP itself, as data. Types only: what they must keep together is checked
// where they are compiled.

import type { Condition, ErrorPlaces, Method } from './description.ts';

type Texts = Readonly<Record<string, string>>;

/** Its records run one after the other by their own operation, for an ERP with no call for many. Never all or none. */
export type OneByOneBatch = { readonly oneByOne: true };

/** One call for all records. Each is looked up and shown as its own operation says, which has to be described too. */
export type CallBatch = {
  readonly send: {
    readonly method: Exclude<Method, 'GET'>;
    readonly path: string;
    readonly query?: Texts;
    readonly headers?: Texts;
    /** A template of `records` (each with `key`, `recordId`, `input`), `key`, and `atomic`, where the ERP is told which it is. */
    readonly body: unknown;
  };
  /**
   * What the ERP does with the good records where one is bad: `never` all or none; `always`, and then a batch that may be done in
   * part goes one by one; `chosen`, as the call says by `{atomic}`.
   */
  readonly atomic: 'never' | 'always' | 'chosen';
  /** The list of what came of each record, in the order in which they were sent. */
  readonly results: string;
  /** Of one `item` of the results: it was done. */
  readonly done: readonly Condition[];
  /** Of one that was not: later it may work. The whole batch comes again, and what was done is found. */
  readonly again?: readonly Condition[];
  /** Of one that was not: it may have been done before. The look-up of its operation decides. */
  readonly doneBefore?: readonly Condition[];
  /** The record's document within the item; absent: it is looked up. */
  readonly document?: string;
  /** A record's refusal within the item: places of `item`. */
  readonly error?: ErrorPlaces;
  /** The ERP's names of fields where it refuses the whole → the batch's: `zeilen[].menge` → `records[].quantity`. */
  readonly fields?: Texts;
};

export type HttpBatch = OneByOneBatch | CallBatch;

/** One read that tells what the running ERP is. What is named has to be in the answer; null there is "it does not say". */
export type HttpInstance = {
  readonly path: string;
  readonly query?: Texts;
  readonly headers?: Texts;
  readonly version?: string;
  readonly company?: string;
  readonly currency?: string;
  /** The modules that are on: a list of names, or of objects with their names at `name`; `where` says which of them are on. */
  readonly modules?: { readonly list: string; readonly name?: string; readonly where?: readonly Condition[] };
  /** The last day that takes no posting: a day, or an instant of it. */
  readonly lockedThrough?: string;
};
