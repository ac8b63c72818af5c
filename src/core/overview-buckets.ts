// How much came in, was delivered and became a dead letter over time: the counted deliveries of an overview in stretches of one length.
// Counts what it is given and nothing else. Pure.

import type { DeliveryView } from './sequencer/messages.ts';

export type Bucket = {
  /** Its begin, inclusive, epoch ms. */
  readonly from: number;
  readonly receivedCount: number;
  readonly deliveredCount: number;
  readonly deadCount: number;
};

export type Buckets = { readonly lengthMs: number; readonly buckets: readonly Bucket[] };

/** A chart on a phone shows no more. */
const mostBuckets = 60;

const second = 1_000;
const minute = 60 * second;

/** Lengths people count in, ms. */
const lengths = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
];

/** `from` to `to`, epoch ms: what is counted is whole in it. Each change counts where it happened, at its own time. */
export function bucketsOf(
  views: readonly DeliveryView[],
  { from, to }: { readonly from: number; readonly to: number },
): Buckets {
  const lengthMs = lengths.find((length) => (to - from) / length < mostBuckets) ?? 30 * minute;
  const first = Math.floor(from / lengthMs);
  const count = Math.max(1, Math.floor(to / lengthMs) - first + 1);
  const counts = Array.from({ length: count }, () => ({ receivedCount: 0, deliveredCount: 0, deadCount: 0 }));
  const add = (at: number, name: 'receivedCount' | 'deliveredCount' | 'deadCount'): void => {
    const bucket = counts[Math.floor(at / lengthMs) - first];
    if (bucket !== undefined) bucket[name] += 1;
  };
  for (const { event, delivery } of views) {
    add(event.receivedAt, 'receivedCount');
    const { state } = delivery;
    if (state.status === 'succeeded') add(state.at, 'deliveredCount');
    if (state.status === 'dead_lettered') add(state.at, 'deadCount');
  }
  return { lengthMs, buckets: counts.map((each, index) => ({ from: (first + index) * lengthMs, ...each })) };
}
