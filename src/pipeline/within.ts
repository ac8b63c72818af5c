// Bounds how long a port is waited for. The work itself goes on; only its answer is no longer waited for.

import { type Clock, PortError } from './ports.ts';

/** Rejects with a PortError after `ms`. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const tooLate = clock.wait(ms, answered.signal).then((): never => {
    throw new PortError(`no answer within ${ms} ms`, { retryable: false, overloaded: false });
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    answered.abort();
  }
}
