// The series of an overview: every counted delivery once in each row it belongs to, at its own time, in a bounded number of stretches.
import { describe, expect, it } from 'vitest';
import type { DeliveryState } from '../../src/core/delivery.ts';
import { bucketsOf } from '../../src/core/overview-buckets.ts';
import type { DeliveryView } from '../../src/core/sequencer/messages.ts';
import { makeDelivery, makeEvent, testTime } from '../support/records.ts';

const minute = 60_000;

function view(receivedAt: number, state: DeliveryState = { status: 'pending' }): DeliveryView {
  const delivery = makeDelivery({ state });
  return {
    delivery,
    status: state.status,
    eventRecordId: 'evt_0_1',
    event: makeEvent({ receivedAt }),
    waiting: null,
  };
}

describe('the series of an overview', () => {
  it('counts what came when it came, and what ended when it ended', () => {
    const dead = { status: 'dead_lettered', reason: 'rejected', code: 'c', message: 'm' } as const;
    const views = [
      view(testTime),
      view(testTime, { status: 'succeeded', how: 'succeeded', at: testTime + 3 * minute }),
      view(testTime + minute, { ...dead, at: testTime + 2 * minute }),
    ];
    const { lengthMs, buckets } = bucketsOf(views, { from: testTime, to: testTime + 59 * minute });
    expect([lengthMs, buckets.length]).toEqual([minute, 60]);
    expect(
      buckets
        .slice(0, 4)
        .map(({ receivedCount, deliveredCount, deadCount }) => [receivedCount, deliveredCount, deadCount]),
    ).toEqual([
      ...[
        [2, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
      ],
    ]);
    expect(buckets[1]?.from).toBe(testTime + minute);
  });

  it.each([1, 10_000, 3_600_000, 86_400_000])(
    'has at most 61 stretches over %d ms, and at least one',
    (ms) => {
      const { buckets } = bucketsOf([], { from: testTime, to: testTime + ms });
      expect(buckets.length).toBeGreaterThan(0);
      expect(buckets.length).toBeLessThanOrEqual(61);
      expect(buckets.every(({ receivedCount }) => receivedCount === 0)).toBe(true);
    },
  );

  it('leaves out what ended after its end', () => {
    const late = view(testTime, { status: 'succeeded', how: 'succeeded', at: testTime + 99 * minute });
    const { buckets } = bucketsOf([late], { from: testTime, to: testTime + minute });
    expect(buckets.reduce((sum, { deliveredCount }) => sum + deliveredCount, 0)).toBe(0);
  });
});
