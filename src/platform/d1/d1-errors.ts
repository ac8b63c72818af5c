// Turns what D1 throws into a PortError: the one place that knows D1's words.
// Nothing is repeated here: the journal's caller comes again by its alarm, a reader tells its caller that D1 is away.

import { PortError } from '../../pipeline/ports.ts';

/** The same statement may be sent again at once: D1 lost the call, not the data. */
const transientWords = [
  'Network connection lost',
  'storage caused object to be reset',
  'reset because its code was updated',
  'Replica disconnected from primary',
  'Cannot resolve D1 DB due to transient issue',
];

/** More of the same makes it worse. */
const overloadWords = [
  'overloaded',
  'Too many requests queued',
  'Too much data queued',
  'Requests queued for too long',
];

export function toPortError(cause: unknown): PortError {
  if (cause instanceof PortError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const overloaded = overloadWords.some((words) => message.includes(words));
  const retryable = !overloaded && transientWords.some((words) => message.includes(words));
  return new PortError(`D1: ${message}`, { retryable, overloaded, cause });
}

/** Runs a D1 call; whatever it throws comes out as a PortError. */
export async function callD1<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw toPortError(cause);
  }
}
