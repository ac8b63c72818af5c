// Lines as people see them: who stands first, why nothing goes on there, since when, and how many wait behind.
// Reads memory only.

import type { Delivery } from '../delivery.ts';
import { placeOf } from '../delivery-filter.ts';
import type { WebhookEvent } from '../event.ts';
import { type AccessView, seesDelivery, wholeView } from '../identity/access-view.ts';
import { type KeyState, type Line, orderOf } from './key-state.ts';
import type { Position } from './line.ts';
import type { LineSummary, LinesRequest, Waiting } from './messages.ts';
import { findRecord, type SequencerState } from './state.ts';
import { explain } from './views.ts';

/** Causes that time alone will not end, or not soon: a person may have to act. */
const blocking: ReadonlySet<Waiting['cause']> = new Set([
  'held',
  'dead_letter',
  'prerequisite',
  'prerequisite_dead',
]);

/** Longest blocked first. */
export function listLines(state: SequencerState, request: LinesRequest): readonly LineSummary[] {
  const found: LineSummary[] = [];
  for (const { key, line } of openLines(state)) {
    if (request.target !== null && line.target !== request.target) continue;
    if (request.orderingKey !== null && key.orderingKey !== request.orderingKey) continue;
    const summary = summarize(state, { key, line, view: request.view ?? wholeView });
    if (summary !== null && (summary.isBlocked || !request.blockedOnly)) found.push(summary);
  }
  found.sort((a, b) => a.since - b.since || (a.head.id < b.head.id ? -1 : 1));
  return found
    .filter(({ since, head }) => {
      const { after } = request;
      return after === null || since > after.since || (since === after.since && head.id > after.id);
    })
    .slice(0, request.limit);
}

export function* openLines(state: SequencerState): Generator<{ key: KeyState; line: Line }> {
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const line of key.lines.values()) yield { key, line };
  }
}

/** Null: nothing stands in it that the view holds. What it does not hold is not counted either. */
export function summarize(
  state: SequencerState,
  { key, line, view }: { readonly key: KeyState; readonly line: Line; readonly view: AccessView },
): LineSummary | null {
  const [head, ...behind] = orderOf(key, line);
  if (head === undefined || !isSeen(view, head)) return null;
  const order = [head, ...behind.filter((position) => isSeen(view, position))];
  const found = findRecord(state, head.occupant.id);
  if (found === null) return null;
  const { delivery, record } = found;
  const { cause, on, until } = explain(state, found);
  const isBlocked = blocking.has(cause);
  return {
    orderingKey: key.orderingKey,
    target: line.target,
    isBlocked,
    cause,
    on,
    until,
    since: sinceOf(delivery, record.event, state.now),
    behindCount: order.length - 1,
    head: {
      id: delivery.id,
      route: delivery.routeId,
      operation: delivery.operation,
      source: record.event.source,
      type: record.event.type,
      eventId: record.event.eventId,
      sequence: record.event.sequence,
      reason: reasonOf(delivery),
      message: 'message' in delivery.state ? delivery.state.message : null,
    },
    sequences: sequencesOf(key, line, order),
  };
}

function isSeen(view: AccessView, { record, occupant }: Position): boolean {
  return seesDelivery(view, placeOf({ event: record.event, delivery: occupant }));
}

/** When the head came to stand still, epoch ms. What waited for its time is ready since then, and not since it came. */
function sinceOf({ state, createdAt }: Delivery, event: WebhookEvent, now: number): number {
  if (state.status === 'held' || state.status === 'dead_lettered') return state.at;
  if (state.status === 'running') return state.pollAt <= now ? state.pollAt : state.startedAt;
  if (state.status === 'scheduled' && state.dueAt <= now) return state.dueAt;
  return Math.max(createdAt, event.receivedAt);
}

function reasonOf({ state }: Delivery): string | null {
  if (state.status === 'held') return state.cause;
  if (state.status === 'dead_lettered' || state.status === 'scheduled') return state.reason;
  return null;
}

/** Of each source in the line: the highest number that has passed here, and the lowest that waits. */
function sequencesOf(key: KeyState, line: Line, order: readonly Position[]): LineSummary['sequences'] {
  const waiting = new Map<string, number>();
  const openIds = new Set<string>();
  for (const { record } of order) {
    openIds.add(record.id);
    const { source, sequence } = record.event;
    if (sequence === null) continue;
    waiting.set(source, Math.min(waiting.get(source) ?? sequence, sequence));
  }
  return [...waiting].map(([source, next]) => {
    let passed: number | null = null;
    for (const record of key.records.values()) {
      const { event } = record;
      if (event.source !== source || event.sequence === null || openIds.has(record.id)) continue;
      if (!record.deliveries.some(({ target }) => target === line.target)) continue;
      passed = Math.max(passed ?? event.sequence, event.sequence);
    }
    return { source, passed, next };
  });
}
