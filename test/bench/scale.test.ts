// The load simulation keeps its word: the same numbers each time, and the real rules lose nothing in it.

import { describe, expect, it } from 'vitest';
import { runHotKey } from '../../bench/scale/core-runs.ts';
import { createEventList } from '../../bench/scale/event-list.ts';
import { loadPartitions } from '../../bench/scale/knee.ts';
import { repartition } from '../../bench/scale/repartition.ts';

describe('simulated time', () => {
  it('runs what is due in order of time, and of entry at the same time', () => {
    const list = createEventList();
    const ran: string[] = [];
    for (const [time, name] of [
      [5, 'late'],
      [1, 'first'],
      [1, 'second'],
      [9, 'never'],
    ] as const) {
      list.at(time, () => ran.push(`${name}@${list.now()}`));
    }
    list.run(8);
    expect(ran).toEqual(['first@1', 'second@1', 'late@5']);
    expect(list.now()).toBe(8);
  });
});

describe('the scale model', () => {
  it('gives the same numbers each time', () => {
    expect(loadPartitions(4, 200)).toEqual(loadPartitions(4, 200));
  });

  it('accepts within its bound below the knee, and falls behind beyond it', () => {
    expect(loadPartitions(1, 100)).toMatchObject({ kept: expect.closeTo(1, 1) });
    expect(loadPartitions(1, 100).acceptP99Ms).toBeLessThan(100);
    expect(loadPartitions(1, 2_000).kept).toBeLessThan(0.5);
  });

  it.each([
    [2, 8],
    [8, 2],
  ])('loses nothing when %i partitions become %i', (from, to) => {
    expect(repartition({ from, to, orders: 60 })).toEqual({
      events: 180,
      deliveredOnce: 180,
      outOfOrder: 0,
      duplicatesTaken: 0,
    });
  });

  it('keeps a hot key in order and the others moving', () => {
    const { inOrder, perSecond, othersP99Ms } = runHotKey();
    expect(inOrder).toBe(true);
    // The others are done long before the hot key's last event is.
    expect(othersP99Ms).toBeLessThan((1_000 * 1_000) / perSecond);
  });
});
