// What was sent: the mapped input that is kept with the newest attempt of a delivery, for a replay as of the mapping that ran then.
// Pure. Nothing is made up: an input that was cut when it was kept, or never was made, is not there.

import type { Attempt } from '../core/delivery.ts';
import type { JsonValue } from '../core/json.ts';
import { err, ok, type Result } from '../core/result.ts';

export type NoOriginal = {
  readonly reason: 'none_kept' | 'was_cut';
  readonly message: string;
};

/** @param attempts those of the delivery itself */
export function originalInputOf(attempts: readonly Attempt[]): Result<JsonValue, NoOriginal> {
  const newest = [...attempts].sort((a, b) => b.startedAt - a.startedAt).find(({ input }) => input !== null);
  if (newest === undefined || newest.input === null)
    return err({ reason: 'none_kept', message: 'no attempt of it got so far as to have an input' });
  try {
    return ok(JSON.parse(newest.input) as JsonValue);
  } catch {
    return err({ reason: 'was_cut', message: 'its input was too large to be kept whole' });
  }
}
