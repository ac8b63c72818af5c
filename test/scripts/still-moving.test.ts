import { describe, expect, it } from 'vitest';
import { stillMoving } from '../../scripts/lib/relay-client.ts';

type Open = Parameters<typeof stillMoving>[0][number];
type Waits = { readonly cause: string; readonly on: string | null; readonly until?: string };

const open = (id: string, status: string, waiting: Waits): Open => ({
  ...{ id, status, event: { orderingKey: 'order/1' } },
  waiting: { until: null, ...waiting },
});
const behind = (on: string): Waits => ({ cause: 'behind_position', on });

describe('whether a relay is quiet', () => {
  it('counts what waits behind a dead letter, however far, as waiting for a person', () => {
    const list = [
      open('c', 'pending', behind('b')),
      open('b', 'pending', behind('a')),
      open('a', 'dead_lettered', { cause: 'dead_letter', on: null }),
      open('d', 'pending', { cause: 'prerequisite_dead', on: 'a' }),
      open('h', 'held', { cause: 'held', on: null }),
      // Placed before what it has to come after, which stands behind a dead letter.
      open('p', 'pending', { cause: 'prerequisite', on: 'orders/create' }),
      open('q', 'pending', behind('p')),
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

  it('is not, while something waits until a time for what has to come before and may still come', () => {
    const until = '2026-01-01T00:00:00.000Z';
    const list = [open('p', 'pending', { cause: 'prerequisite', on: 'orders/create', until })];
    expect(stillMoving(list).map(({ id }) => id)).toEqual(['p']);
  });
});
