// What a test needs of an ERP to show how its adapter ends: an operation, the documents it leaves, and the ERP's own words for a lock
// and for a field that is missing. Bodies are recorded ones, or those of the ERP's documentation.
import type { ErpAdapter, ErpConnection, ErpRequest, ErpResponse } from '../../../src/core/erp.ts';
import type { AnyOperation } from '../../../src/core/operation.ts';
import { type Intercepted, intercept } from './intercept.ts';

export type Stand = {
  readonly adapter: ErpAdapter;
  readonly erp: Intercepted;
  readonly operation: AnyOperation;
  readonly input: unknown;
  /** Documents of the operation in the ERP. */
  count(): number | Promise<number>;
  /** The next attempt meets it once. */
  meet(what: 'lock' | 'missing_field'): void | Promise<void>;
  /** What was met is over. */
  clear?(): Promise<void>;
  /** What the ERP says was done before, once the operation has been done. Absent: the operation itself. */
  readonly repeated?: Pick<Stand, 'operation' | 'input'>;
  /** What the ERP calls the total of the document. */
  readonly totalField: string;
  /** The input's field that the ERP misses. */
  readonly missingField: string;
};

export type StandCase = {
  readonly name: string;
  /** A fresh ERP. `lock`: which of the ERP's words for a lock is met. */
  start(lock?: number): Stand | Promise<Stand>;
  /** How many words for a lock there are. */
  readonly lockCount: number;
  /** Once, before and after all. */
  open?(): Promise<void>;
  close?(): Promise<void>;
};

export type Words = {
  /** The write that has the effect. */
  readonly commit: (request: ErpRequest) => boolean;
  readonly lock: ErpResponse;
  readonly missing: ErpResponse;
  /** The write that misses a field. Absent: the one that has the effect. */
  readonly begin?: (request: ErpRequest) => boolean;
};

/** A stand whose refusals are put between. */
export function standOf(inner: ErpConnection, words: Words, stand: Omit<Stand, 'erp' | 'meet'>): Stand {
  const erp = intercept(inner);
  return {
    ...stand,
    erp,
    meet: (what) => {
      if (what === 'lock') erp.refuseOnce(words.commit, words.lock);
      else erp.refuseOnce(words.begin ?? words.commit, words.missing);
    },
  };
}
