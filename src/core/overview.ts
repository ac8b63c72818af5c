// What the deliveries of a window of time come to: in, delivered, held, dead and how long it took, by source and by target. Counts what
// it is given and nothing else: whoever gives it only what a caller sees gets only that. Pure.

import type { DeliveryView } from './sequencer/messages.ts';

export type Flow = {
  readonly receivedCount: number;
  readonly deliveredCount: number;
  readonly waitingCount: number;
  readonly heldCount: number;
  readonly deadCount: number;
  /** Superseded, skipped, resolved: ended without being run. */
  readonly closedCount: number;
  /** From receipt to success, ms; null: nothing was delivered. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Epoch ms; null: none in the window. */
  readonly lastReceivedAt: number | null;
};

/** @param nameOf by what to group, e.g. the delivery's target */
export function flowsBy(
  views: readonly DeliveryView[],
  nameOf: (view: DeliveryView) => string,
): ReadonlyMap<string, Flow> {
  const groups = new Map<string, DeliveryView[]>();
  for (const view of views) {
    const name = nameOf(view);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [view]);
    else group.push(view);
  }
  return new Map([...groups].map(([name, group]) => [name, flowOf(group)]));
}

export function flowOf(views: readonly DeliveryView[]): Flow {
  const counts = { delivered: 0, held: 0, dead: 0, closed: 0, waiting: 0 };
  const latencies: number[] = [];
  let lastReceivedAt: number | null = null;
  for (const { delivery, event } of views) {
    counts[groupOf(delivery.state.status)] += 1;
    lastReceivedAt = Math.max(lastReceivedAt ?? event.receivedAt, event.receivedAt);
    // A replay's event is as old as the first try: how long that took says nothing of the relay.
    if (delivery.state.status === 'succeeded' && delivery.replay === null)
      latencies.push(Math.max(0, delivery.state.at - event.receivedAt));
  }
  return {
    receivedCount: views.length,
    deliveredCount: counts.delivered,
    waitingCount: counts.waiting,
    heldCount: counts.held,
    deadCount: counts.dead,
    closedCount: counts.closed,
    latencyMs: percentilesOf(latencies),
    lastReceivedAt,
  };
}

function groupOf(
  status: DeliveryView['delivery']['state']['status'],
): 'delivered' | 'held' | 'dead' | 'closed' | 'waiting' {
  switch (status) {
    case 'succeeded':
      return 'delivered';
    case 'held':
      return 'held';
    case 'dead_lettered':
      return 'dead';
    case 'superseded':
    case 'skipped':
    case 'resolved':
      return 'closed';
    default:
      return 'waiting';
  }
}

/** By nearest rank: each is a latency that was there. */
export function percentilesOf(values: readonly number[]): Flow['latencyMs'] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
