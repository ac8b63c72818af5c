import { describe, expect, it } from 'vitest';
import { stillMoving } from '../../scripts/lib/relay-client.ts';

type Open = Parameters<typeof stillMoving>[0][number];

const open = (id: string, status: string, waiting: Open['waiting'] = null): Open => ({ id, status, waiting });
const behind = (on: string): Open['waiting'] => ({ cause: 'behind_position', on });

describe('whether a relay is quiet', () => {
  it('counts what waits behind a dead letter, however far, as waiting for a person', () => {
    const list = [
      open('c', 'pending', behind('b')),
      open('b', 'pending', behind('a')),
      open('a', 'dead_lettered', { cause: 'dead_letter', on: null }),
      open('d', 'pending', { cause: 'prerequisite_dead', on: 'a' }),
      open('h', 'held', { cause: 'held', on: null }),
    ];
    expect(stillMoving(list)).toEqual([]);
  });

  it('is not, while anything waits behind a delivery that runs, for its turn or for time', () => {
    const list = [
      open('b', 'pending', behind('a')),
      open('a', 'leased', { cause: 'leased', on: null }),
      open('s', 'scheduled', { cause: 'backoff', on: null }),
      open('p', 'pending', { cause: 'prerequisite', on: 'orders/create' }),
    ];
    expect(stillMoving(list).map(({ id }) => id)).toEqual(['b', 'a', 's', 'p']);
  });
});
