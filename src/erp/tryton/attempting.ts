// A sequence of calls that ends at the first failure. Written as an async generator: `yield* step` gives the step's value,
// and a failure leaves the whole sequence at once. A failure stays a value; nothing here is thrown or caught.

import type { AdapterFailure } from '../../core/erp.ts';

export type Attempting<T> = AsyncGenerator<AdapterFailure, T, undefined>;

/** What the sequence came to. What a failure interrupted is not resumed. */
export async function attempt<T>(work: Attempting<T>): Promise<T | AdapterFailure> {
  const step = await work.next();
  return step.value;
}

/** Ends the sequence it is yielded in. */
export async function* fail(failure: AdapterFailure): Attempting<never> {
  yield failure;
  throw new Error('a sequence was resumed after its failure');
}

/** A refusal found out by reading, before anything was written. */
export function refuse(code: string, message: string, field: string): Attempting<never> {
  return fail({ kind: 'rejected', code, message, fieldErrors: [{ field, rule: message }] });
}
