// Bounds how long a port is waited for. The work itself goes on; only its answer is no longer waited for.

import { type Clock, PortError } from './ports.ts';

/** No error of its own: the wait ends with every answer, too, and a trace nobody sees costs more than the rest of it. */
const tooLate = Symbol('too_late');

/** Rejects with a PortError after `ms`. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = clock.wait(ms, answered.signal).then((): typeof tooLate => tooLate);
  try {
    const first = await Promise.race([work, late]);
    if (first !== tooLate) return first;
    throw new PortError(`no answer within ${ms} ms`, { retryable: false, overloaded: false });
  } finally {
    answered.abort();
  }
}
