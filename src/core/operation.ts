// The shape of an operation: one ERP intent with typed input and output. The catalogue itself is in src/operations.
// Pure; may import zod and core only.

import type { z } from 'zod';
import type { BatchForm } from './batch.ts';
import type { ErpDocument, StateDifference } from './outcome.ts';
import type { Entity } from './source.ts';

/**
 * How often one ordering key may see the operation:
 * `never` again (one sale is confirmed once), once `per_subject` (a refund id, a payment id), or once `per_version` of a subject.
 */
export type Repeats = 'never' | 'per_subject' | 'per_version';

export type Operation<
  Name extends string = string,
  Input = never,
  Output extends ErpDocument = ErpDocument,
  R extends Repeats = Repeats,
  Replaces extends boolean = boolean,
> = {
  /** `domain.verb`, e.g. `sale.confirm`. */
  readonly name: Name;
  /** Rises when the meaning of input or output changes incompatibly. */
  readonly version: number;
  /** Validates the mapped input: every business rule that can be known before the call. */
  readonly input: z.ZodType<Input>;
  /** Only the fields that are used; unknown ones are ignored, a missing or renamed one is `contract_broken`. */
  readonly output: z.ZodType<Output>;
  /** ERP modules that must be on, e.g. `sales`, `invoicing`. */
  readonly requires: readonly string[];
  readonly repeats: R;
  /** True where a newer input makes an older one pointless (`stock.set`): only these may use `onStale: 'skip'`. */
  readonly replacesState: Replaces;
  /** Fields of the input that the operation key stands for. The key comes from the event, so an operator may not edit them. */
  readonly keyFields?: readonly string[];
  /** Where it is one operation over many records: what those are. */
  readonly batch?: BatchForm;
  /**
   * What a valid input is about: the entity whose line it runs in, and what its key is made of. For requests that come
   * without an event; absent: a line of its own.
   */
  identify?(input: NoInfer<Input>): {
    readonly entity?: Entity;
    readonly subject?: string;
    readonly version?: string;
  };
  /** Compares what the ERP says afterwards with what the intent promised. Empty: as promised. Pure. */
  compare(input: NoInfer<Input>, output: NoInfer<Output>): readonly StateDifference[];
};

/** An operation of any input and output, for tables. */
// biome-ignore lint/suspicious/noExplicitAny: input is contravariant in compare(), so only `any` admits every operation
export type AnyOperation = Operation<string, any, any, Repeats, boolean>;

export type InputOf<O extends AnyOperation> = O extends { readonly input: z.ZodType<infer I> } ? I : never;
export type OutputOf<O extends AnyOperation> = O extends { readonly output: z.ZodType<infer T> } ? T : never;
