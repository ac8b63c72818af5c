// How long a port is waited for: its answer or its failure, or a PortError once the time is up, and no wait that goes on after that.
import { describe, expect, it } from 'vitest';
import { type Clock, PortError } from '../../src/pipeline/ports.ts';
import { within } from '../../src/pipeline/within.ts';

/** Its waits end when the test says so, or when they are given up. */
function heldClock() {
  const waits: { readonly ms: number; readonly end: () => void; readonly signal: AbortSignal | undefined }[] =
    [];
  const clock: Clock = {
    now: () => 0,
    wait: (ms, signal) =>
      new Promise<void>((resolve) => {
        signal?.addEventListener('abort', () => resolve());
        waits.push({ ms, end: resolve, signal });
      }),
  };
  return { clock, waits };
}

describe('a bounded wait', () => {
  it('gives the answer, also an undefined one, and ends the wait', async () => {
    const { clock, waits } = heldClock();
    expect(await within(clock, 100, Promise.resolve('here'))).toBe('here');
    expect(await within(clock, 100, Promise.resolve(undefined))).toBeUndefined();
    expect(waits.map(({ ms, signal }) => [ms, signal?.aborted])).toEqual([
      [100, true],
      [100, true],
    ]);
  });

  it('fails as the work does', async () => {
    const { clock, waits } = heldClock();
    await expect(within(clock, 100, Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(waits[0]?.signal?.aborted).toBe(true);
  });

  it('is a PortError once the time is up, that says how long was waited', async () => {
    const { clock, waits } = heldClock();
    const waited = within(clock, 100, new Promise(() => {}));
    waits[0]?.end();
    const error = await waited.then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(PortError);
    expect(error).toMatchObject({ message: 'no answer within 100 ms', retryable: false, overloaded: false });
  });
});
