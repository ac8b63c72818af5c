// The doctor's word on a clock that is wrong, and in which way.
import { describe, expect, it } from 'vitest';
import { checkClock } from '../../cli/doctor/check-relay.ts';

describe('the clock of this machine', () => {
  it('may differ by half a minute', () => {
    expect(checkClock(29_900).status).toBe('ok');
    expect(checkClock(-29_900).status).toBe('ok');
  });

  it('is told which way it is wrong, and by how much', () => {
    expect(checkClock(90_000)).toMatchObject({
      status: 'failed',
      detail: 'this machine is 90 s behind the relay',
    });
    expect(checkClock(-3_600_000)).toMatchObject({
      status: 'failed',
      detail: 'this machine is 3600 s ahead of the relay',
    });
  });
});
